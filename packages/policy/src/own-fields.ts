import type { ExchangeFacts } from './contracts/own-fields.ts';
import type { Policy } from './contracts/policy.ts';
import type { ResponsePlan } from './contracts/response-plan.ts';
import { withoutFields } from './headers.ts';

/**
 * The plan with what this cache says of the exchange beside Cache-Status; lines of the same name that came
 * from the origin server go. The same plan where the policy says nothing.
 */
export function withOwnFields(
  plan: ResponsePlan,
  facts: ExchangeFacts,
  { downstream: { ownFields } }: Policy,
): ResponsePlan {
  if (ownFields === null) return plan;
  const own = ownFields.linesOf(facts);
  const names = new Set<string>();
  for (let index = 0; index < own.length; index += 2)
    names.add((own[index] as string).toLowerCase());
  return { ...plan, lines: [...withoutFields(plan.lines, names), ...own] };
}
