// The figures of collapse.ts with fewer requests; `npm run verify` has the full count.

import { expect, it } from 'vitest';

import { oneKey, privateAnswers, privateAnswersBounded, threeVariants } from './collapse.ts';

it('asks the origin once for 1,000 concurrent requests', async () => {
  const { holds, measured } = await oneKey(1000);
  expect(measured).toMatchObject({
    originRequests: 1,
    rightAnswers: 1000,
    distinctBodies: 1,
    collapsed: 999,
    storedEntries: 1,
  });
  expect(holds).toBe(true);
});

it('asks the origin once for each of 3 Vary values', async () => {
  const { holds, measured } = await threeVariants(1000);
  expect(measured).toMatchObject({
    originRequests: 3,
    rightAnswers: 1000,
    distinctBodies: 3,
    collapsed: 997,
    storedEntries: 3,
  });
  expect(holds).toBe(true);
});

it('lets no client share or wait for a private answer', async () => {
  const { holds, measured } = await privateAnswers(1000);
  expect(measured).toMatchObject({
    originRequests: 1000,
    rightAnswers: 1000,
    distinctBodies: 1000,
    collapsed: 0,
    storedEntries: 0,
    mostBodiesHeld: 1000,
  });
  expect(holds).toBe(true);
});

it('fills its pool with private answers, and queues the rest', async () => {
  const { holds, measured } = await privateAnswersBounded(1500);
  expect(measured).toMatchObject({
    originRequests: 1500,
    rightAnswers: 1500,
    distinctBodies: 1500,
    collapsed: 0,
    storedEntries: 0,
    mostBodiesHeld: 1024,
  });
  expect(holds).toBe(true);
});
