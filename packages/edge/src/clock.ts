import type { Clock } from './edge-api.ts';

/** Where real time comes from. Tests hand in their own. */
export interface TimeSource {
  /** Real instant, in milliseconds since the epoch. */
  realNowMs(): number;
}

const SYSTEM: TimeSource = { realNowMs: () => Date.now() };

/** An HTTP-date has four digits for the year (RFC 9110 §5.6.7): the end of 9999, in ms. */
const LATEST_MS = 253_402_300_799_999;

type State =
  | { readonly kind: 'running'; readonly offsetMs: number }
  | { readonly kind: 'frozen'; readonly atMs: number };

/**
 * Makes the edge's clock. This module is the only one of the edge that reads the time.
 *
 * Virtual time is real time plus an offset, or one instant while frozen; a negative `advance` goes
 * back. `advance` and `set` leave a frozen clock frozen, at the new instant, and a running one
 * running; `reset` thaws it. Instants are whole milliseconds. `advance` and `set` throw a
 * `RangeError`, and change nothing, when virtual time would leave the years 1970 to 9999.
 */
export function createClock(source: TimeSource = SYSTEM): Clock {
  let state: State = { kind: 'running', offsetMs: 0 };

  function nowMs(): number {
    return state.kind === 'frozen' ? state.atMs : source.realNowMs() + state.offsetMs;
  }

  function moveTo(atMs: number, realNowMs: number): void {
    if (!(atMs >= 0 && atMs <= LATEST_MS)) {
      throw new RangeError('virtual time must stay within the years 1970 to 9999');
    }
    const wholeMs = Math.round(atMs);
    state =
      state.kind === 'frozen'
        ? { kind: 'frozen', atMs: wholeMs }
        : { kind: 'running', offsetMs: wholeMs - realNowMs };
  }

  return {
    realNowMs: () => source.realNowMs(),
    nowMs,
    get offsetMs() {
      return state.kind === 'frozen' ? state.atMs - source.realNowMs() : state.offsetMs;
    },
    get frozen() {
      return state.kind === 'frozen';
    },
    advance(ms) {
      const realNowMs = source.realNowMs();
      moveTo((state.kind === 'frozen' ? state.atMs : realNowMs + state.offsetMs) + ms, realNowMs);
    },
    set(atMs) {
      moveTo(atMs, source.realNowMs());
    },
    freeze() {
      state = { kind: 'frozen', atMs: nowMs() };
    },
    reset() {
      state = { kind: 'running', offsetMs: 0 };
    },
  };
}

/** Real milliseconds since some fixed point: for durations and timeouts, which are never virtual. */
export function monotonicMs(): number {
  return performance.now();
}
