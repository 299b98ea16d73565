import type { ClockState, SharedClock } from '@poplet/store';
import type { Clock } from './edge-api.ts';
import { watchClock } from './watch-clock.ts';

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
  return watchClock(clock, tell);
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
