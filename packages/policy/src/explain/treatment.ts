import { isAsking } from '../asking.ts';
import type { Decision } from '../contracts/decision.ts';
import type { Policy } from '../contracts/policy.ts';
import type { PresentedRequest } from '../contracts/request.ts';
import type { ExchangeTimes, UpstreamOutcome, UpstreamResponse } from '../contracts/settlement.ts';
import type { Candidate } from '../contracts/stored-response.ts';
import { primaryKeyOf, uriOfKey, withoutQuery } from '../key.ts';
import { answersFor } from '../search-variance.ts';
import { answerOf } from './answer.ts';
import { answerView } from './browser.ts';
import { accountOf, settlementOf, type ExplainInput } from './explain.ts';
import type { FieldPairs } from './field-pairs.ts';
import type { BrowserView, ExplainedStep, StoredView, Verdict } from './explanation.ts';
import {
  decideAgain,
  NOTHING,
  QUIET_EDGE,
  rehearse,
  standsIn,
  UNAVAILABLE,
  UNREACHABLE,
  untilStaleMs,
  type Rehearsal,
} from './rehearsal.ts';

/** One request and what the origin server answers to it, whatever cache stands between. */
export interface TreatedExchange {
  readonly request: PresentedRequest;
  readonly response: UpstreamResponse;
  readonly times: ExchangeTimes;
  /** The current deployment's id. */
  readonly deployment: string;
}

/** What a cache makes of one exchange, when nothing is stored before. Plain data: it is JSON as it stands. */
export interface Treatment {
  /** Name of the policy. */
  readonly profile: string;
  readonly verdict: Verdict;
  readonly steps: readonly ExplainedStep[];
  /** Null: nothing is stored. */
  readonly stored: StoredView | null;
  readonly key: KeyView | null;
  readonly stale: StaleWindowsView | null;
  /** What the client is answered for whom the origin server was asked; null: nothing could be planned. */
  readonly fromOrigin: AnswerView | null;
  /** What the next one is, at once, where it is served what is stored; null: it is not. */
  readonly fromCache: AnswerView | null;
}

/** Under what it is stored. */
export interface KeyView {
  readonly uri: string;
  /** What the query is to the key. */
  readonly query: 'whole' | 'any-order' | 'ignored';
}

/** How long after freshness has ended what is stored is served all the same, played through. Seconds; null: for as long as it is stored. */
export interface StaleWindowsView {
  /** While it is refreshed. */
  readonly whileRevalidateSeconds: number | null;
  /** Where the origin server answers 503. */
  readonly onErrorSeconds: number | null;
  /** Where it cannot be reached. */
  readonly unreachableSeconds: number | null;
}

/** The head of an answer. */
export interface AnswerView {
  readonly status: number;
  readonly fields: FieldPairs;
  /** What a browser makes of it. */
  readonly browser: BrowserView;
}

/** What a policy makes of an exchange: nothing of it is guessed, all of it is what `decide` and `settle` answer. */
export function treatmentOf(exchange: TreatedExchange, policy: Policy): Treatment {
  const { request, response, times, deployment } = exchange;
  const primaryKey = primaryKeyOf(request, policy, deployment);
  const rehearsal = rehearse({ request, response, primaryKey, policy, times });
  const { decision, settlement, candidate } = rehearsal;
  const first: ExplainInput = {
    request,
    primaryKey,
    found: NOTHING,
    policy,
    edge: QUIET_EDGE,
    nowMs: times.nowMs,
    decision,
    exchange: settlement === undefined ? undefined : { outcome: response, times, notes: [] },
  };
  const { verdict, steps, stored } = accountOf(first);
  return {
    profile: policy.name,
    verdict,
    steps,
    stored,
    key: candidate === undefined ? null : keyView(exchange, policy, candidate),
    stale: candidate === undefined ? null : staleWindowsView(rehearsal),
    fromOrigin: viewOf(first),
    fromCache: candidate === undefined ? null : laterView(first, rehearsal, candidate),
  };
}

function viewOf(input: ExplainInput): AnswerView | null {
  const plan = answerOf(input, settlementOf(input));
  return plan === undefined ? null : answerView(plan);
}

/** What the same request is answered a moment later. */
function laterView(
  first: ExplainInput,
  rehearsal: Rehearsal,
  candidate: Candidate,
): AnswerView | null {
  const decision: Decision = decideAgain(rehearsal);
  if (isAsking(decision)) return null;
  const found = { ...NOTHING, selected: [candidate] };
  return viewOf({ ...first, found, decision, exchange: undefined });
}

/** What stands behind the path of the requests that show what the query is to the key. */
const [PLAIN, OTHER, ORDERED, SWAPPED] = ['', '?x=1', '?a=1&b=2', '?b=2&a=1'] as const;

function keyView(
  { request, deployment }: TreatedExchange,
  policy: Policy,
  { response: { primaryKey, variance } }: Candidate,
): KeyView {
  const path = withoutQuery(request.target);
  const keyWith = (query: string): string =>
    primaryKeyOf({ ...request, target: path + query }, policy, deployment);
  const isOne = (stored: string, asked: string): boolean =>
    answersFor({ primaryKey: keyWith(stored), variance }, keyWith(asked));
  const isIgnored = isOne(PLAIN, OTHER);
  return {
    uri: uriOfKey(primaryKey),
    query: isIgnored ? 'ignored' : isOne(ORDERED, SWAPPED) ? 'any-order' : 'whole',
  };
}

function staleWindowsView(rehearsal: Rehearsal): StaleWindowsView {
  return {
    whileRevalidateSeconds: windowOf(
      rehearsal,
      (laterByMs) => decideAgain(rehearsal, laterByMs).kind === 'serve-and-refresh',
    ),
    onErrorSeconds: windowOf(rehearsal, stoodInFor(rehearsal, UNAVAILABLE)),
    unreachableSeconds: windowOf(rehearsal, stoodInFor(rehearsal, UNREACHABLE)),
  };
}

function stoodInFor(
  rehearsal: Rehearsal,
  outcome: UpstreamOutcome,
): (laterByMs: number) => boolean {
  return (laterByMs) => standsIn(rehearsal, { laterByMs, outcome }).isServed;
}

/** How long it is served, from the end of freshness on: to the end of one of the windows that the response has, if it is. */
function windowOf(rehearsal: Rehearsal, isServed: (laterByMs: number) => boolean): number | null {
  const { staleWhileRevalidateSeconds: first, staleIfErrorSeconds: second } = (
    rehearsal.candidate as Candidate
  ).response.facts;
  // A second after freshness has ended.
  const fromMs = untilStaleMs(rehearsal) - 1000;
  const windows = [first ?? 0, second ?? 0].toSorted((one, other) => one - other);
  const isServedAfter = (seconds: number): boolean => isServed(fromMs + seconds * 1000);
  if (isServedAfter((windows[1] as number) + 1)) return null;
  return windows.findLast((seconds) => seconds > 0 && isServedAfter(seconds)) ?? 0;
}
