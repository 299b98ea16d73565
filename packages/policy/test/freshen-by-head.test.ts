import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { expect, test } from 'vitest';

import { freshenByHead, type HeadAnswer } from '../src/freshen-by-head.ts';
import { IncomingFields, MATCHES_ALL, StoredFields, rfc9111 } from '../src/index.ts';
import type { StoredResponse } from '../src/index.ts';
import { presented } from './presented.ts';

const ANSWER: HeadAnswer = {
  request: presented([], { method: 'HEAD' }),
  primaryKey: 'default http://shop.test/',
  response: {
    kind: 'response',
    status: 200,
    statusText: 'OK',
    fields: new IncomingFields(['ETag', '"v2"']),
  },
  selected: [],
  policy: rfc9111,
  times: { requestAtMs: 1000, responseAtMs: 2000, nowMs: 3000, seq: 4 },
};

test('where nothing is stored, nothing is to be freshened', () => {
  expect(freshenByHead(ANSWER)).toEqual({ store: { kind: 'none' }, reasons: [] });
});

test('what differs is outdated, and nothing else happens to it', () => {
  const old = {
    status: 200,
    fields: StoredFields.fromLines(['ETag', '"v1"']),
    facts: { isPersonal: false, lifetimeSeconds: 60, lifetimeSource: 'max-age' },
    validatedSeq: 1,
  } as StoredResponse;
  const selected = [{ response: old, softPurgedAtMs: undefined }];
  const { store, reasons } = freshenByHead({ ...ANSWER, selected });
  const facts = { isPersonal: false, lifetimeSeconds: 0, lifetimeSource: 'head' };
  const outdated = [{ old, updated: { ...old, validatedSeq: 4, facts } }];
  expect(store).toEqual({ kind: 'freshen', confirmed: [], outdated, withdrawn: [] });
  expect(reasons.map(({ code }) => code)).toEqual(['head-differs']);
});

test.each([
  ['ETag', '"v1"'],
  ['Last-Modified', 'Sun, 22 Nov 2026 12:00:00 GMT'],
])('what was purged softly is confirmed by its %s', (name, value) => {
  const old = {
    primaryKey: ANSWER.primaryKey,
    rule: MATCHES_ALL,
    variantKey: '',
    variance: null,
    status: 200,
    fields: StoredFields.fromLines([name, value, 'Cache-Control', 'max-age=60']),
    bodyBytes: 10,
    part: null,
    facts: { ...FRESH_FOR_A_MINUTE, lastModifiedAtMs: Date.UTC(2026, 10, 22, 12) },
  } as StoredResponse;
  const fields = new IncomingFields([name, value]);
  const selected = [{ response: old, softPurgedAtMs: 1 }];
  const { store } = freshenByHead({
    ...ANSWER,
    response: { ...ANSWER.response, fields },
    selected,
  });
  expect(store).toMatchObject({ kind: 'freshen', confirmed: [{ old }] });
});
