import * as fc from 'fast-check';

import { compare } from '../src/oracle.ts';
import { randomExchange } from '../src/random-exchange.ts';

export interface Agreement {
  /** How often each verdict was given on this side. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** How often each excuse was needed. */
  readonly excused: Readonly<Record<string, number>>;
  readonly excusedShare: number;
}

/** Excused were 13.8 % of 100,000 exchanges; more than this is no chance. */
export const EXCUSED_SHARE_AT_MOST = 0.17;

/** Judges so many random exchanges by both. Throws at the first difference that no clause excuses. */
export function oracleAgreement(count: number, seed: number): Agreement {
  const verdicts = new Map<string, number>();
  const excused = new Map<string, number>();
  fc.assert(
    fc.property(randomExchange, (exchange) => {
      const { ours, theirs, excuse, danger } = compare(exchange);
      increment(verdicts, ours);
      if (danger !== undefined) throw new Error(`ours: ${ours}, though ${danger}`);
      if (ours === theirs) return;
      if (excuse === undefined) throw new Error(`ours: ${ours}, theirs: ${theirs}`);
      increment(excused, excuse);
    }),
    { numRuns: count, seed },
  );
  const total = excused.values().reduce((sum, times) => sum + times, 0);
  return {
    verdicts: Object.fromEntries(verdicts),
    excused: Object.fromEntries(excused),
    excusedShare: total / count,
  };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
