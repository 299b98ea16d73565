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

test('rfc9111 does nothing that only a CDN does', () => {
  expect(rfc9111).toMatchObject({
    key: { query: 'whole', fields: [], assetFields: [], madeOf: {}, variation: null },
    eligibility: { paths: null, withoutFields: [] },
    storability: {
      statuses: null,
      setCookie: 'stored',
      authorization: 'with-leave',
      noCache: 'validated',
      neverFresh: 'validated',
      vary: { fields: null, others: 'ignored', star: 'refused' },
    },
    freshness: {
      targetedFields: ['cdn-cache-control'],
      secondsFields: [],
      mutingFields: [],
      overridingFields: [],
      lifetimeFields: [],
      directiveGrammar: 'rfc9111',
      standardFields: 'obeyed',
      expires: 'without-lifetime',
      untargetedLifetimes: 'all',
      ignoredDirectives: [],
      lifetimeBounds: [],
      defaultLifetimes: [],
    },
    validation: { ignoredRequestDirectives: [], pragma: 'no-cache' },
    fill: { stripPrefixes: [], acceptEncoding: null, ownFields: null },
  });
});

test('what is stored is compressed harder than what a client waits for', () => {
  const { codings, levels } = rfc9111.coding;
  for (const coding of codings) {
    expect(levels[coding].stream).toBeGreaterThan(0);
    expect(levels[coding].stored).toBeGreaterThan(levels[coding].stream);
  }
});
