// The figures of upstream-faults.ts with fewer requests; `npm run verify` has the full count.

import { expect, it } from 'vitest';

import { everyFault, flapping, staleConnections, unreachable } from './upstream-faults.ts';

const WITHIN_MS = 120_000;

it('no fault of an upstream passes for a whole answer', { timeout: WITHIN_MS }, async () => {
  const { holds, measured } = await everyFault(2);
  // Each once where nothing is stored and where an error may be stood in for, and twice around a refresh.
  expect(measured).toMatchObject({ exchanges: Number(measured['faults']) * 2 * 4, wrong: 0 });
  expect(measured).toMatchObject({ left: 0, openConnections: 0, faultsOfTheEdge: 0 });
  expect(holds).toBe(true);
});

it(
  'an upstream that cannot be reached is a 502 or stood in for',
  { timeout: WITHIN_MS },
  async () => {
    const { holds, measured } = await unreachable(3);
    expect(measured).toEqual({ ways: 5, refused: 15, stale: 12, wrong: 0 });
    expect(holds).toBe(true);
  },
);

it('an upstream that comes and goes leaves nothing behind', { timeout: WITHIN_MS }, async () => {
  const { holds, measured } = await flapping(10);
  expect(measured).toMatchObject({ wrong: 0, wholeAfterwards: 100, left: 0, faultsOfTheEdge: 0 });
  expect(holds).toBe(true);
});

it('connections that close just then cost no request', { timeout: WITHIN_MS }, async () => {
  const { holds, measured } = await staleConnections(500);
  expect(measured).toMatchObject({ right: 500 });
  expect(holds).toBe(true);
});
