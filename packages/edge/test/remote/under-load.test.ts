// The figures of this folder with smaller counts; `npm run verify` has the full ones, and their times.

import { expect, it } from 'vitest';

import { killOnDatabase } from '../disk/kill.ts';
import { databaseOutages, outagesUnderLoad } from './outage.ts';
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

it(
  'fails no request when a PostgreSQL that it has to itself is killed, or stops, under load',
  { timeout: WITHIN_MS },
  async () => {
    const { measured } = await databaseOutages(2);
    expect(measured).toMatchObject({ failedRequests: 0, wrongBodies: 0, purgedButServed: 0 });
    expect(measured).toMatchObject({ purgesOwed: 0, saidToBeAway: '2' });
    expect(measured['hits']).toBeGreaterThan(0);
  },
);

it(
  'killed under load, it loses nothing of what is in a PostgreSQL, and serves nothing wrong',
  { timeout: WITHIN_MS },
  async () => {
    const { measured, holds } = await killOnDatabase({ kills: 4, filler: 200 });
    expect(measured).toMatchObject({ wrongBodies: 0, committedButLost: 0, purgedButServed: 0 });
    expect(measured).toMatchObject({ kills: 4, cutOtherwise: 0, refused: 0 });
    expect(holds).toBe(true);
  },
);

it('tells the other edge of every purge', { timeout: WITHIN_MS }, async () => {
  const { measured } = await purgePropagation(10);
  expect(measured).toMatchObject({ purges: 10, problems: 0, lastVersion: 11 });
});
