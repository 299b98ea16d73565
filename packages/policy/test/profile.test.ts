// What the rfc9111 profile promises beyond what the cases show: what only the edge reads of it.
import { expect, test } from 'vitest';

import { rfc9111 } from '../src/index.ts';

const MIB = 1_048_576;

test('rfc9111', () => {
  expect(rfc9111).toMatchObject({
    name: 'rfc9111',
    storability: {
      maxBodyBytes: 32 * MIB,
      tagFields: [
        { name: 'surrogate-key', separator: 'space' },
        { name: 'cache-tag', separator: 'comma' },
      ],
    },
    fill: { finishWhenAbandoned: true },
    coding: { maxStoredBytes: 16 * MIB, maxDecodedBytes: 256 * MIB },
    downstream: { strip: [] },
  });
});

test('what is stored is compressed harder than what a client waits for', () => {
  const { codings, levels } = rfc9111.coding;
  for (const coding of codings) {
    expect(levels[coding].stream).toBeGreaterThan(0);
    expect(levels[coding].stored).toBeGreaterThan(levels[coding].stream);
  }
});
