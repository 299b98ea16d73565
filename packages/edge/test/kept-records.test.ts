import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeptRecords, type KeptRecord } from '../src/kept-records.ts';
import { exchange } from './exchange.ts';

test('a queue, through growing and going round', () => {
  // Positive: so many come. Negative: so many of the oldest go.
  const steps = fc.array(fc.integer({ min: -150, max: 200 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(steps, fc.nat({ max: 400 }), (changes, limit) => {
      const kept = new KeptRecords();
      const model: { readonly kept: KeptRecord; readonly size: number }[] = [];
      let number = 0;
      for (const change of changes) {
        for (let left = change; left > 0; left -= 1) {
          number += 1;
          const recorded = exchange({ status: number });
          const times = { receivedAtMs: number * 1000.5, durationMs: number / 4 };
          model.push({ kept: { recorded, ...times }, size: number });
          kept.push(recorded, times.receivedAtMs, times.durationMs, number);
        }
        for (let left = change; left < 0 && model.length > 0; left += 1)
          expect(kept.shift()).toBe(model.shift()?.size);
        const latest = limit === 0 ? [] : model.slice(-limit);
        expect(kept.latest(limit)).toEqual(latest.map((one) => one.kept));
      }
      expect(kept.latest(Infinity)).toHaveLength(model.length);
      expect(kept.latest(-1)).toEqual([]);
    }),
  );
});
