import type { ClockState, SharedClock } from '@poplet/store';
import type { Clock } from './edge-api.ts';

/** A clock that moves when another edge of the store moves its own, and takes the others along. */
export function shareClock(clock: Clock, shared: SharedClock): Clock {
  const { state } = shared;
  if (state !== undefined) follow(clock, state);
  shared.onMove((moved) => follow(clock, moved));
  const tell = (): void => {
    shared.set(
      clock.frozen
        ? { kind: 'frozen', atMs: clock.nowMs() }
        : { kind: 'running', offsetMs: clock.offsetMs },
    );
  };
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
      tell();
    },
    set(atMs) {
      clock.set(atMs);
      tell();
    },
    freeze() {
      clock.freeze();
      tell();
    },
    reset() {
      clock.reset();
      tell();
    },
  };
}

function follow(clock: Clock, state: ClockState): void {
  clock.reset();
  if (state.kind === 'running') {
    clock.advance(state.offsetMs);
    return;
  }
  clock.freeze();
  clock.set(state.atMs);
}
