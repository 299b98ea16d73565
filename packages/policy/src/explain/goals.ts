import {
  decideAgain,
  standsIn,
  UNAVAILABLE,
  UNREACHABLE,
  untilStaleMs,
  type Rehearsal,
} from './rehearsal.ts';
import type { Goal } from './suggestion.ts';

/** What `fresh-shorter` means by a few minutes. */
const SHORT_MS = 5 * 60_000;

/** Whether what was rehearsed is what the goal promises; `before` is the exchange as it is. */
export function isReached(goal: Goal, after: Rehearsal, before: Rehearsal): boolean {
  switch (goal) {
    case 'cached':
      return isHit(after, 0) && after.candidate?.response.fields.has('set-cookie') === false;
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
    default:
      return goal satisfies never;
  }
}

function isHit(rehearsal: Rehearsal, laterByMs: number): boolean {
  const decision = decideAgain(rehearsal, laterByMs);
  return decision.kind === 'serve' && decision.outcome === 'hit';
}
