import type { AskingDecision } from '../asking.ts';
import type { PassDecision } from '../contracts/decision.ts';
import type { Policy } from '../contracts/policy.ts';
import type { PresentedRequest } from '../contracts/request.ts';
import type {
  ExchangeTimes,
  Settlement,
  UpstreamOutcome,
  UpstreamResponse,
} from '../contracts/settlement.ts';
import type { Candidate } from '../contracts/stored-response.ts';

export interface SettleInput {
  readonly request: PresentedRequest;
  readonly primaryKey: string;
  readonly decision: AskingDecision;
  readonly outcome: UpstreamOutcome;
  readonly policy: Policy;
  readonly times: ExchangeTimes;
}

/** A settle step once it is known that the upstream answered a request the cache takes part in. */
export interface Context extends SettleInput {
  readonly decision: Exclude<AskingDecision, PassDecision>;
  readonly outcome: UpstreamResponse;
}

/** Every stored response that the request selects: what a new one supersedes. */
export function selectedBy(decision: Context['decision']): readonly Candidate[] {
  const { others } = decision;
  const candidate = decision.kind === 'fetch' ? decision.fallback : decision.candidate;
  return candidate === undefined ? others : [candidate, ...others];
}

/** The stored response that a decision was about: to be confirmed, or to stand in. */
export function standInOf(decision: AskingDecision): Candidate | undefined {
  if (decision.kind === 'revalidate') return decision.candidate;
  return decision.kind === 'fetch' ? decision.fallback : undefined;
}

/** What most settlements leave as it was: the store, and what requests that wait are told. */
export const NOTHING_DONE: Pick<Settlement, 'store' | 'invalidate' | 'sharing'> = {
  store: { kind: 'none' },
  invalidate: [],
  sharing: 'unknown',
};
