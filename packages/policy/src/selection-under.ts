import type { Policy } from './contracts/policy.ts';
import type { SelectionRule } from './contracts/stored-response.ts';
import type { FieldReader } from './headers.ts';
import { reason, type Reason } from './reasons.ts';
import { MATCHES_ALL, ruleOf, selectionRuleOf } from './select.ts';

/** How later requests select a response, or why none may. */
export type Selection =
  | { readonly rule: SelectionRule; readonly refusal: null }
  | { readonly rule: null; readonly refusal: Reason };

/** What Vary and the fields of the key make of a response under a policy. */
export function selectionUnder(
  response: FieldReader,
  { key, storability: { vary } }: Policy,
): Selection {
  const given = selectionRuleOf(response);
  // RFC 9111 §4.1: a Vary with "*" fails to match every later request.
  if (given === '*' && vary.star === 'refused') return refused(reason('not-stored-vary-star'));
  const { names } = given === '*' ? MATCHES_ALL : given;
  const { fields } = vary;
  const others = fields === null ? [] : names.filter((name) => !fields.includes(name));
  if (others.length > 0 && vary.others === 'refused')
    return refused(reason('not-stored-vary', { names: others.join(', ') }));
  const counted = names.filter((name) => !others.includes(name));
  return { rule: ruleOf([...counted, ...key.fields]), refusal: null };
}

function refused(why: Reason): Selection {
  return { rule: null, refusal: why };
}
