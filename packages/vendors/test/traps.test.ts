// The traps of the reference: one exchange each, and what every CDN makes of it.
import { runPure } from '@poplet/conformance';
import { SocketBench } from '@poplet/conformance/sockets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { trapCasesOf, traps, VENDOR_NAMES } from '../cases/traps/index.ts';
import { VENDORS } from '../src/index.ts';
import { policiesOf } from './policies.ts';

const names = VENDORS.flatMap(({ profiles }) => profiles.map(({ policy }) => policy.name));
const cases = trapCasesOf(names);
const policies = policiesOf(cases);

test('there are fifteen, counted as the reference counts them', () => {
  expect(traps.map(({ number }) => number)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  ]);
});

test('every CDN that there is a profile for is one of those that the traps are about', () => {
  expect(VENDOR_NAMES).toEqual(expect.arrayContaining(VENDORS.map(({ name }) => name)));
});

describe('no trap leaves out a CDN', () => {
  test.each(traps.map(({ number, title }) => [number, title] as const))('%d: %s', (number) => {
    const told = cases.filter(({ spec }) => spec.includes(`Trap ${number}`));
    const without = VENDORS.filter(({ profiles }) =>
      told.every(({ profile = '' }) =>
        profiles.every(({ policy }) => policy.name !== profile.replace(/:.*$/su, '')),
      ),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});

describe('traps, against the pure functions', () => {
  test.each(cases.map((found) => [found.title, found] as const))('%s', (_, found) => {
    expect(runPure(found, policies)).toEqual([]);
  });
});

describe('traps, over real sockets', () => {
  let bench: SocketBench;

  beforeAll(async () => {
    bench = await SocketBench.open({ profiles: policies });
  });

  afterAll(async () => {
    await bench.close();
  });

  test.each(cases.map((found) => [found.title, found] as const))('%s', async (_, found) => {
    expect(await bench.run(found)).toEqual([]);
  });
});
