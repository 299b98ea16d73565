// The figures of passing-body.ts with 200 MB, through an edge that runs from its sources. Stripping
// their types takes memory, so that growth is asserted here; `npm run verify` passes 2 GB through
// `poplet` as it is published, and asserts the whole.

import { expect, it } from 'vitest';

import { measurePassage, type Passage } from './passing-body.ts';

const BYTES = 200_000_000;

/** Of what the origin process sends. */
const SHA256 = '467b1b66d796578814f8c61ddf88df3591a514f82313a05d81a9aa23541cd4e6';

/** 34 MB of a body that may be stored, twice over for what is not collected at once; a young generation of three times 16 MB; and socket buffers. */
const MOST_GROWTH_MEGABYTES = 150;

it.for<Pick<Passage, 'framing' | 'cacheControl'>>([
  // Too long to store, as its head says.
  { framing: 'length', cacheControl: 'max-age=60' },
  // The store gives up on the way.
  { framing: 'chunked', cacheControl: 'max-age=60' },
  { framing: 'chunked', cacheControl: 'no-store' },
])('passes 200 MB, $framing, $cacheControl', async (passage) => {
  const { measured } = await measurePassage({ bytes: BYTES, ...passage });
  expect(measured).toMatchObject({
    receivedBytes: BYTES,
    sha256: SHA256,
    complete: true,
    framing: passage.framing,
    storedEntries: 0,
    sentIntoStallBytes: 0,
  });
  const growth =
    Number(measured['peakResidentMegabytes']) - Number(measured['idleResidentMegabytes']);
  expect(growth).toBeLessThan(MOST_GROWTH_MEGABYTES);
});
