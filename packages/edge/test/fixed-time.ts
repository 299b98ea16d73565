import type { TimeSource } from '../src/clock.ts';

/** Real time that a test moves by hand. */
export interface FixedTime extends TimeSource {
  nowMs: number;
}

export function fixedTime(iso: string): FixedTime {
  return {
    nowMs: Date.parse(iso),
    realNowMs() {
      return this.nowMs;
    },
  };
}
