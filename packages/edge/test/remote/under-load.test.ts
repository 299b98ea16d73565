// The figures of this folder with smaller counts; `npm run verify` has the full ones, and their times.

import { expect, it } from 'vitest';

import { outagesUnderLoad } from './outage.ts';
import { purgePropagation } from './propagation.ts';

const WITHIN_MS = 120_000;

it(
  'fails no request when Redis is killed, or stops, under load',
  { timeout: WITHIN_MS },
  async () => {
    const { measured } = await outagesUnderLoad(2);
    expect(measured).toMatchObject({ failedRequests: 0, wrongBodies: 0, saidToBeAway: '2 and 2' });
    expect(measured['hits']).toBeGreaterThan(0);
  },
);

it('tells the other edge of every purge', { timeout: WITHIN_MS }, async () => {
  const { measured } = await purgePropagation(10);
  expect(measured).toMatchObject({ purges: 10, problems: 0, lastVersion: 11 });
});
