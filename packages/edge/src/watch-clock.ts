import type { Clock } from './edge-api.ts';

/** The same clock; `onMoved` is called within each call that moves it. */
export function watchClock(clock: Clock, onMoved: () => void): Clock {
  return {
    realNowMs: () => clock.realNowMs(),
    nowMs: () => clock.nowMs(),
    get offsetMs() {
      return clock.offsetMs;
    },
    get frozen() {
      return clock.frozen;
    },
    advance(ms) {
      clock.advance(ms);
      onMoved();
    },
    set(atMs) {
      clock.set(atMs);
      onMoved();
    },
    freeze() {
      clock.freeze();
      onMoved();
    },
    reset() {
      clock.reset();
      onMoved();
    },
  };
}
