// The figures of passing-body.ts with 200 MB; `npm run verify` passes 2 GB.

import { expect, it } from 'vitest';

import { measurePassage, type Passage } from './passing-body.ts';

const BYTES = 200_000_000;

it.for<Pick<Passage, 'framing' | 'cacheControl'>>([
  // Too long to store, as its head says.
  { framing: 'length', cacheControl: 'max-age=60' },
  // The store gives up on the way.
  { framing: 'chunked', cacheControl: 'max-age=60' },
  { framing: 'chunked', cacheControl: 'no-store' },
])('passes 200 MB, $framing, $cacheControl', { timeout: 60_000 }, async (passage) => {
  const { holds, measured } = await measurePassage({ bytes: BYTES, ...passage });
  expect(measured).toMatchObject({
    receivedBytes: BYTES,
    complete: true,
    framing: passage.framing,
    storedEntries: 0,
    sentIntoStallBytes: 0,
  });
  expect(measured['peakResidentMegabytes']).toBeLessThan(200);
  expect(holds).toBe(true);
});
