import type { Decision } from '../contracts/decision.ts';
import type { UpstreamOutcome } from '../contracts/settlement.ts';
import { reasonView } from '../reasons.ts';
import type { StandIn, WhenStaleView } from './explanation.ts';
import {
  decideAgain,
  standsIn,
  UNAVAILABLE,
  UNREACHABLE,
  untilStaleMs,
  type Rehearsal,
} from './rehearsal.ts';

const WORDS: Readonly<Record<Decision['kind'], WhenStaleView['request']>> = {
  serve: 'served',
  'serve-and-refresh': 'served-and-refreshed',
  revalidate: 'validated',
  complete: 'fetched',
  fetch: 'fetched',
  // What is stored is only ever looked for by requests that a cache looks at.
  pass: 'fetched',
  tunnel: 'fetched',
  reject: 'rejected',
};

/** What becomes of the same request once what is stored is stale: played through, not guessed. */
export function whenStale(rehearsal: Rehearsal): WhenStaleView {
  const laterByMs = untilStaleMs(rehearsal);
  const decision = decideAgain(rehearsal, laterByMs);
  const standIn = (outcome: UpstreamOutcome): StandIn => {
    const { isServed, reasons } = standsIn(rehearsal, { laterByMs, outcome });
    return { isServed, reasons: reasons.map(reasonView) };
  };
  return {
    inSeconds: Math.max(0, Math.ceil(laterByMs / 1000) - 1),
    request: WORDS[decision.kind],
    reasons: decision.reasons.map(reasonView),
    onError: standIn(UNAVAILABLE),
    unreachable: standIn(UNREACHABLE),
  };
}
