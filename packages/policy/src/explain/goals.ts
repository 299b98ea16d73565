import type { Decision } from '../contracts/decision.ts';
import {
  asGet,
  bySomebodyElse,
  isWide,
  trackingParameters,
  withoutTracking,
} from './other-requests.ts';
import {
  decideAgain,
  decideOther,
  standsIn,
  UNAVAILABLE,
  UNREACHABLE,
  untilStaleMs,
  type OtherRequest,
  type Rehearsal,
} from './rehearsal.ts';
import type { Goal } from './suggestion.ts';

/** What `fresh-shorter` means by a few minutes. */
const SHORT_MS = 5 * 60_000;

/** Whether what was rehearsed is what the goal promises; `before` is the exchange as it is. */
export function isReached(goal: Goal, after: Rehearsal, before: Rehearsal): boolean {
  switch (goal) {
    case 'cached':
      return isHit(after, 0) && handsOutNoCookie(after);
    case 'not-cached':
      return after.settlement !== undefined && after.candidate === undefined;
    case 'validated':
      return (
        decideAgain(after).kind === 'revalidate' &&
        !standsIn(after, { laterByMs: 0, outcome: UNREACHABLE }).isServed
      );
    case 'fresh-longer':
      return isHit(before, 0) && isHit(after, untilStaleMs(before));
    case 'fresh-shorter':
      return isHit(after, 0) && isHit(before, SHORT_MS) && !isHit(after, SHORT_MS);
    case 'stale-while-revalidate':
      return decideAgain(after, untilStaleMs(after)).kind === 'serve-and-refresh';
    case 'stale-on-error':
      return standsIn(after, { laterByMs: untilStaleMs(after), outcome: UNAVAILABLE }).isServed;
    case 'fewer-variants': {
      const wide = before.candidate?.response.rule.names.filter(isWide) ?? [];
      return wide.length > 0 && isShared(after, bySomebodyElse(after.scene, wide));
    }
    case 'fewer-urls':
      return (
        trackingParameters(after.scene.request).length > 0 &&
        isShared(after, withoutTracking(after.scene))
      );
    case 'answers-get':
      return isShared(after, asGet(after.scene));
    default:
      return goal satisfies never;
  }
}

function isHit(rehearsal: Rehearsal, laterByMs: number): boolean {
  return isAnswered(decideAgain(rehearsal, laterByMs));
}

/** Whether another request gets what is stored, and nobody's cookie with it. */
function isShared(rehearsal: Rehearsal, other: OtherRequest): boolean {
  return isAnswered(decideOther(rehearsal, other)) && handsOutNoCookie(rehearsal);
}

function isAnswered(decision: Decision): boolean {
  return decision.kind === 'serve' && decision.outcome === 'hit';
}

function handsOutNoCookie({ candidate }: Rehearsal): boolean {
  return candidate?.response.fields.has('set-cookie') === false;
}
