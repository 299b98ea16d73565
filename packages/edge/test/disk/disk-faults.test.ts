// The figures of this folder with smaller counts; `npm run verify` has the full ones.

import { expect, it } from 'vitest';

import { damageBodies } from './damage.ts';
import { fullDisk } from './full-disk.ts';
import { killUnderLoad } from './kill.ts';

const WITHIN_MS = 120_000;

it(
  'killed under load, it loses nothing and serves nothing wrong',
  { timeout: WITHIN_MS },
  async () => {
    const { measured, holds } = await killUnderLoad({ kills: 6, filler: 200 });
    expect(measured).toMatchObject({
      kills: 6,
      wrongBodies: 0,
      committedButLost: 0,
      purgedButServed: 0,
      cutOtherwise: 0,
      refused: 0,
    });
    expect(holds).toBe(true);
  },
);

it('damaged bodies are fetched anew, or cut off', { timeout: WITHIN_MS }, async () => {
  const { measured, holds } = await damageBodies(30);
  expect(measured).toMatchObject({
    beforeTried: 30,
    beforeWrongBodies: 0,
    beforeReported: 30,
    duringTried: 3,
    // Of every second one the origin has no strong validator.
    duringRefetched: 2,
    duringReset: 1,
    duringWrongBodies: 0,
  });
  expect(holds).toBe(true);
});

// Where no file system can be mounted, packages/store/test/disk/full-disk.test.ts has the same with a tier in memory.
it.runIf(process.platform === 'linux')(
  'a full disk fails no request, and is said once',
  { timeout: WITHIN_MS },
  async () => {
    const { measured, holds } = await fullDisk(150);
    expect(measured).toMatchObject({
      requests: 340,
      rightBodies: 340,
      noticesWhileFull: 1,
      noticesAfter: 1,
    });
    expect(holds).toBe(true);
  },
);
