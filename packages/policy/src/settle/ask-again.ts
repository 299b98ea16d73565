import type { FetchDecision } from '../contracts/decision.ts';
import type { Answer, Settlement } from '../contracts/settlement.ts';
import type { Candidate } from '../contracts/stored-response.ts';
import type { Reason } from '../reasons.ts';
import { NOTHING_DONE, selectedBy, standInOf, type Context } from './context.ts';

/** The same question in another way; without conditions where a 304 fits nothing stored (RFC 9111 §4.3.4). */
export function askAgain(
  decision: Context['decision'],
  why: Reason,
  ask: FetchDecision['ask'] = { kind: 'fill' },
): Settlement {
  const fallback = standInOf(decision);
  const others = selectedBy(decision).filter((one) => one !== fallback);
  return resumed({ fallback, others, ask, reasons: [...decision.reasons, why] });
}

/** What came forbids keeping these: they go at once, stand in for nothing, and are asked for anew. */
export function withdraw(
  decision: Context['decision'],
  withdrawn: readonly Candidate[],
  { why, ask = { kind: 'fill' } }: { readonly why: Reason; readonly ask?: FetchDecision['ask'] },
): Settlement {
  const responses = withdrawn.map(({ response }) => response);
  const others = selectedBy(decision).filter((one) => !withdrawn.includes(one));
  const reasons = [...decision.reasons, why];
  return {
    ...resumed({ fallback: undefined, others, ask, reasons }),
    store: { kind: 'remove', responses },
  };
}

/** What is known of a fetch that no other request waits for. */
type OwnFetch = Omit<FetchDecision, 'kind' | 'collapsible'>;

function resumed(next: OwnFetch): Settlement {
  const answer: Answer = { kind: 'again', decision: fetching(next) };
  return { ...NOTHING_DONE, outcome: 'miss', answer, reasons: [] };
}

export function fetching(asked: OwnFetch): FetchDecision {
  return { kind: 'fetch', collapsible: false, ...asked };
}
