// Whole decisions as they are handed to the edge: what is asked, on whose behalf, and every reason.
import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { describe, expect, test } from 'vitest';

import { StoredFields, decide, rfc9111 } from '../src/index.ts';
import type {
  Candidate,
  Decision,
  EdgeState,
  Found,
  Policy,
  PresentedRequest,
  StoredFacts,
  StoredResponse,
} from '../src/index.ts';
import { presented } from './presented.ts';

/** Sun, 22 Nov 2026 12:00:00 GMT */
const NOON_MS = 1_795_348_800_000;
const AN_HOUR_BEFORE = 'Sun, 22 Nov 2026 11:00:00 GMT';

/** Fresh for a minute from noon on. */
const FACTS: StoredFacts = {
  ...FRESH_FOR_A_MINUTE,
  etag: { weak: false, opaque: '"v1"' },
  dateAtMs: NOON_MS,
};

interface Stored extends Partial<Omit<StoredResponse, 'facts'>> {
  readonly facts?: Partial<StoredFacts>;
  readonly softPurgedAtMs?: number;
}

function stored({ facts, softPurgedAtMs, ...changes }: Stored = {}): Candidate {
  const response: StoredResponse = {
    primaryKey: 'default http://edge.test/',
    rule: { id: 'all', names: [] },
    variantKey: '',
    variance: null,
    status: 200,
    statusText: 'OK',
    fields: new StoredFields(''),
    trailers: [],
    bodyBytes: 10,
    part: null,
    requestAtMs: NOON_MS,
    responseAtMs: NOON_MS,
    residentSinceMs: NOON_MS,
    fetchedSeq: 0,
    validatedSeq: 0,
    tags: [],
    groups: [],
    facts: { ...FACTS, ...facts },
    ...changes,
  };
  return { response, softPurgedAtMs };
}

const LAST_MODIFIED = {
  fields: new StoredFields(`Last-Modified: ${AN_HOUR_BEFORE}\r\n`),
  facts: { lastModifiedAtMs: NOON_MS - 3_600_000 },
};

/** The first four of ten bytes. */
const PART = { bodyBytes: 4, part: { completeBytes: 10, spans: [{ startByte: 0, endByte: 4 }] } };

interface Asked {
  readonly fields?: readonly string[];
  readonly request?: Partial<PresentedRequest>;
  readonly found?: Partial<Found>;
  readonly edge?: Partial<EdgeState>;
  readonly policy?: Policy;
  /** After noon. */
  readonly atSeconds?: number;
}

function decided({ fields = [], request, found, edge, policy, atSeconds = 0 }: Asked): Decision {
  return decide({
    request: presented(fields, {
      authority: 'edge.test',
      clientAddress: '203.0.113.9',
      ...request,
    }),
    found: { selected: [], siblings: [], inLanguage: [], ...found },
    policy: policy ?? rfc9111,
    edge: { bypass: false, doNotCollapse: false, refreshHeldBack: false, ...edge },
    nowMs: NOON_MS + atSeconds * 1000,
  });
}

/** The reason of a response that a minute made stale. */
function stale(ageSeconds: number) {
  return {
    code: 'stale',
    values: { ageSeconds, lifetimeSeconds: 60, source: 'max-age' },
  };
}

describe('without the store', () => {
  test('a range is asked for in chunks by itself alone, and nothing stands in for it', () => {
    const policy = { ...rfc9111, fill: { ...rfc9111.fill, rangeBytes: 4 } };
    expect(decided({ fields: ['Range', 'bytes=5-6'], policy })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'chunk', span: { startByte: 4, endByte: 8 } },
      collapsible: false,
      reasons: [{ code: 'nothing-stored' }, { code: 'asks-for-chunks', values: { range: '4-7' } }],
    });
  });

  test('a safe method names no group, whatever is stored', () => {
    const selected = [stored({ groups: ['a'] })];
    expect(decided({ request: { method: 'OPTIONS' }, found: { selected } })).toEqual({
      kind: 'pass',
      outcome: 'ineligible',
      groups: [],
      mayStore: true,
      reasons: [{ code: 'method-not-cached', values: { method: 'OPTIONS' } }],
    });
  });

  test('an unsafe method names the groups of all that is stored', () => {
    const found = {
      selected: [stored({ groups: ['a'] })],
      siblings: [stored({ groups: ['b', 'a'] })],
    };
    expect(decided({ request: { method: 'POST' }, found, edge: { bypass: true } })).toEqual({
      kind: 'pass',
      outcome: 'pass',
      groups: ['a', 'b'],
      mayStore: false,
      reasons: [{ code: 'operator-bypass' }],
    });
  });

  test('nothing stored is fetched for all', () => {
    expect(decided({})).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'fill' },
      collapsible: true,
      reasons: [{ code: 'nothing-stored' }],
    });
  });

  test.each([
    [['Cache-Control', 'no-store'], { code: 'request-no-store' }],
    [['If-Match', '"v1"'], { code: 'not-collapsible', values: { why: 'it carries If-Match' } }],
  ])('with %j it is fetched for one client, as asked', (fields, why) => {
    expect(decided({ fields })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'as-is' },
      collapsible: false,
      reasons: [{ code: 'nothing-stored' }, why],
    });
  });

  test.each(['no-cache', 'max-age=0'])('a client that says %s waits for nobody', (directive) => {
    expect(decided({ fields: ['Cache-Control', directive] })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'fill' },
      collapsible: false,
      reasons: [{ code: 'nothing-stored' }],
    });
  });

  test('where directives do not count, max-age=0 is no reason to go alone', () => {
    const policy = {
      ...rfc9111,
      validation: { ...rfc9111.validation, ignoredRequestDirectives: ['max-age'] as const },
    };
    expect(decided({ fields: ['Cache-Control', 'max-age=0'], policy })).toMatchObject({
      collapsible: true,
    });
  });
});

describe('what is stored in part', () => {
  const incomplete = { code: 'stored-in-part', values: { bytes: 4, completeBytes: 10 } };

  test('is completed for all; what else is selected gives way', () => {
    const candidate = stored(PART);
    const other = stored({ ...PART, facts: { dateAtMs: NOON_MS - 1000 } });
    expect(decided({ found: { selected: [candidate, other] } })).toEqual({
      kind: 'complete',
      candidate,
      others: [other],
      ask: { kind: 'part', span: { startByte: 4, endByte: 10 }, etag: '"v1"' },
      collapsible: true,
      reasons: [incomplete, { code: 'asks-for-missing', values: { range: '4-9', etag: '"v1"' } }],
    });
  });

  test('is completed for one client where nobody is to wait', () => {
    const candidate = stored(PART);
    expect(decided({ found: { selected: [candidate] }, edge: { doNotCollapse: true } })).toEqual({
      kind: 'complete',
      candidate,
      others: [],
      ask: { kind: 'part', span: { startByte: 4, endByte: 10 }, etag: '"v1"' },
      collapsible: false,
      reasons: [
        incomplete,
        { code: 'do-not-collapse' },
        { code: 'asks-for-missing', values: { range: '4-9', etag: '"v1"' } },
      ],
    });
  });

  test('is of no use where the exchange is for one client', () => {
    const selected = [stored(PART)];
    expect(decided({ fields: ['Cache-Control', 'no-store'], found: { selected } })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: selected,
      ask: { kind: 'as-is' },
      collapsible: false,
      reasons: [incomplete, { code: 'request-no-store' }],
    });
  });

  // RFC 9111 §3.4: parts are joined by a strong validator only.
  test.each([
    ['the whole, for all', [], 'fill', false, true],
    ['the whole, for one client where nobody is to wait', [], 'fill', true, false],
    ['a range, for one client', ['Range', 'bytes=5-6'], 'as-is', false, false],
  ])('and cannot be joined makes way for %s', (_, fields, kind, doNotCollapse, collapsible) => {
    const selected = [stored({ ...PART, facts: { etag: null } })];
    expect(decided({ fields, found: { selected }, edge: { doNotCollapse } })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: selected,
      ask: { kind },
      collapsible,
      reasons: doNotCollapse ? [incomplete, { code: 'do-not-collapse' }] : [incomplete],
    });
  });

  test('for an equivalent query, names both queries', () => {
    const variance = {
      id: 'params=("b")',
      named: 'ignored',
      names: new Set(['b']),
      orderCounts: true,
    } as const;
    const selected = [stored({ ...PART, variance })];
    expect(decided({ request: { target: '/?b=1' }, found: { selected } })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: selected,
      ask: { kind: 'fill' },
      collapsible: true,
      reasons: [
        {
          code: 'no-vary-search-match',
          values: { presented: 'b=1', stored: '', variance: 'params=("b")' },
        },
        incomplete,
      ],
    });
  });
});

describe('other variants', () => {
  const rule = { id: 'vary:a,accept-language', names: ['a', 'accept-language'] };

  test('without a strong entity tag are named, and no help', () => {
    const siblings = [stored({ rule, facts: { etag: { weak: true, opaque: '"v1"' } } })];
    expect(decided({ found: { siblings } })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'fill' },
      collapsible: true,
      reasons: [{ code: 'no-variant-matches', values: { names: 'a, accept-language' } }],
    });
  });

  test('in the preferred language are not served where a part of one is stored', () => {
    const german = stored({
      ...PART,
      rule,
      fields: new StoredFields('Content-Language: de\r\n'),
      facts: { etag: null },
    });
    const found = { siblings: [german], inLanguage: [german] };
    expect(decided({ found })).toEqual({
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'fill' },
      collapsible: true,
      reasons: [{ code: 'no-variant-matches', values: { names: 'a, accept-language' } }],
    });
  });

  test('have their entity tags offered when nothing matches', () => {
    const siblings = [
      stored({ rule }),
      stored({ rule, facts: { etag: { weak: false, opaque: '"v2"' } } }),
    ];
    expect(decided({ found: { siblings } })).toEqual({
      kind: 'revalidate',
      candidate: undefined,
      others: [],
      offered: siblings,
      ask: { kind: 'validate', etags: ['"v1"', '"v2"'], modifiedSince: null },
      collapsible: true,
      reasons: [
        { code: 'no-variant-matches', values: { names: 'a, accept-language' } },
        { code: 'sibling-validators', values: { count: 2 } },
      ],
    });
  });

  // RFC 9110 §13.1.3: beside entity tags a date says nothing.
  test('have theirs offered beside that of the response that matches, without its date', () => {
    const candidate = stored({ ...LAST_MODIFIED, rule });
    const sibling = stored({ rule, facts: { etag: { weak: false, opaque: '"v2"' } } });
    const found = { selected: [candidate], siblings: [sibling] };
    expect(decided({ found, atSeconds: 60 })).toEqual({
      kind: 'revalidate',
      candidate,
      others: [],
      offered: [candidate, sibling],
      ask: { kind: 'validate', etags: ['"v1"', '"v2"'], modifiedSince: null },
      collapsible: true,
      reasons: [
        stale(60),
        { code: 'validate', values: { validators: 'If-None-Match: "v1", "v2"' } },
      ],
    });
  });
});

describe('what the upstream is asked of a stale response', () => {
  const both = `If-None-Match: "v1" and If-Modified-Since: ${AN_HOUR_BEFORE}`;

  test.each([
    [FACTS.etag, ['"v1"'], both],
    [null, [], `If-Modified-Since: ${AN_HOUR_BEFORE}`],
  ])('with the entity tag %j and a date', (etag, etags, validators) => {
    const candidate = stored({ ...LAST_MODIFIED, facts: { ...LAST_MODIFIED.facts, etag } });
    const other = stored({ facts: { dateAtMs: NOON_MS - 1000 } });
    expect(decided({ found: { selected: [candidate, other] }, atSeconds: 61 })).toEqual({
      kind: 'revalidate',
      candidate,
      others: [other],
      offered: [candidate],
      ask: { kind: 'validate', etags, modifiedSince: AN_HOUR_BEFORE },
      collapsible: true,
      reasons: [stale(61), { code: 'validate', values: { validators } }],
    });
  });

  test('without a validator: the whole, with what is stored to fall back on', () => {
    const candidate = stored({ facts: { etag: null } });
    expect(decided({ found: { selected: [candidate] }, atSeconds: 60 })).toEqual({
      kind: 'fetch',
      fallback: candidate,
      others: [],
      ask: { kind: 'fill' },
      collapsible: true,
      reasons: [stale(60), { code: 'no-validator' }],
    });
  });

  test('for one client: what it asked, with what is stored to fall back on', () => {
    const candidate = stored();
    const fields = ['Cache-Control', 'no-store'];
    expect(decided({ fields, found: { selected: [candidate] }, atSeconds: 60 })).toEqual({
      kind: 'fetch',
      fallback: candidate,
      others: [],
      ask: { kind: 'as-is' },
      collapsible: false,
      reasons: [stale(60), { code: 'request-no-store' }],
    });
  });

  test('where nobody is to wait', () => {
    const candidate = stored();
    const found = { selected: [candidate] };
    expect(decided({ found, edge: { doNotCollapse: true }, atSeconds: 60 })).toEqual({
      kind: 'revalidate',
      candidate,
      others: [],
      offered: [candidate],
      ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
      collapsible: false,
      reasons: [
        stale(60),
        { code: 'do-not-collapse' },
        { code: 'validate', values: { validators: 'If-None-Match: "v1"' } },
      ],
    });
  });

  // RFC 9111 §4: requests share a response only if each may reuse it.
  test.each([
    [{ alwaysValidate: true }, { code: 'response-no-cache' }],
    [
      { lifetimeSeconds: 0 },
      { code: 'stale', values: { ageSeconds: 0, lifetimeSeconds: 0, source: 'max-age' } },
    ],
    [{ alwaysValidate: true, lifetimeSeconds: 0 }, { code: 'response-no-cache' }],
  ])('nobody waits for what he may not reuse: %j', (facts, why) => {
    const candidate = stored({ facts });
    expect(decided({ found: { selected: [candidate] } })).toEqual({
      kind: 'revalidate',
      candidate,
      others: [],
      offered: [candidate],
      ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
      collapsible: false,
      reasons: [why, { code: 'validate', values: { validators: 'If-None-Match: "v1"' } }],
    });
  });
});

describe('what a client demands of a fresh response', () => {
  const fresh = {
    code: 'fresh',
    values: { ageSeconds: 10, lifetimeSeconds: 60, source: 'max-age' },
  };

  test.each([
    ['no-cache', false, { code: 'request-no-cache', values: { directive: 'no-cache' } }],
    ['max-age=0', false, { code: 'request-no-cache', values: { directive: 'max-age=0' } }],
    ['max-age=9', true, { code: 'request-max-age', values: { maxAgeSeconds: 9, ageSeconds: 10 } }],
    [
      'min-fresh=51',
      true,
      { code: 'request-min-fresh', values: { minFreshSeconds: 51, ttlSeconds: 50 } },
    ],
  ])('%s', (directive, collapsible, why) => {
    const candidate = stored();
    const fields = ['Cache-Control', directive];
    expect(decided({ fields, found: { selected: [candidate] }, atSeconds: 10 })).toEqual({
      kind: 'revalidate',
      candidate,
      others: [],
      offered: [candidate],
      ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
      collapsible,
      reasons: [fresh, why, { code: 'validate', values: { validators: 'If-None-Match: "v1"' } }],
    });
  });

  test.each(['max-age=10', 'min-fresh=50', 'min-fresh=x'])('%s is content with it', (directive) => {
    const candidate = stored();
    const fields = ['Cache-Control', directive];
    expect(decided({ fields, found: { selected: [candidate] }, atSeconds: 10 })).toEqual({
      kind: 'serve',
      outcome: 'hit',
      candidate,
      reasons: [fresh],
    });
  });
});

describe('a stale response at once', () => {
  test('with max-stale, served and not refreshed', () => {
    const candidate = stored();
    const fields = ['Cache-Control', 'max-stale=5'];
    expect(decided({ fields, found: { selected: [candidate] }, atSeconds: 65 })).toEqual({
      kind: 'serve',
      outcome: 'stale',
      candidate,
      reasons: [
        stale(65),
        { code: 'request-max-stale', values: { allowance: 'max-stale=5', staleSeconds: 5 } },
      ],
    });
  });

  // RFC 9111 §5.2.1.1: at an age of 0 s too.
  test('not with max-age=0 beside max-stale', () => {
    const selected = [stored({ facts: { lifetimeSeconds: 0 } })];
    const fields = ['Cache-Control', 'max-age=0, max-stale'];
    expect(decided({ fields, found: { selected } })).toMatchObject({
      kind: 'revalidate',
      collapsible: false,
    });
  });

  test.each([0, null])('not within a window of %j s', (staleWhileRevalidateSeconds) => {
    for (const atSeconds of [60, 61]) {
      const candidate = stored({ facts: { staleWhileRevalidateSeconds } });
      expect(decided({ found: { selected: [candidate] }, atSeconds })).toEqual({
        kind: 'revalidate',
        candidate,
        others: [],
        offered: [candidate],
        ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
        collapsible: true,
        reasons: [
          stale(atSeconds),
          { code: 'validate', values: { validators: 'If-None-Match: "v1"' } },
        ],
      });
    }
  });

  test.each([
    ['no-cache', 'no-cache', false],
    ['max-age=600', 'max-age', true],
    ['min-fresh=1', 'min-fresh', true],
  ])('not to a client that says %s', (written, directive, collapsible) => {
    const candidate = stored({ facts: { staleWhileRevalidateSeconds: 30 } });
    const fields = ['Cache-Control', written];
    expect(decided({ fields, found: { selected: [candidate] }, atSeconds: 61 })).toEqual({
      kind: 'revalidate',
      candidate,
      others: [],
      offered: [candidate],
      ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
      collapsible,
      reasons: [
        stale(61),
        { code: 'request-refuses-stale', values: { directive } },
        { code: 'validate', values: { validators: 'If-None-Match: "v1"' } },
      ],
    });
  });

  test('is refreshed by a request of no client', () => {
    const candidate = stored({
      rule: { id: 'vary:a,b', names: ['a', 'b'] },
      facts: { staleWhileRevalidateSeconds: 30 },
    });
    const fields = ['A', '1', 'B', '2', 'Cookie', 'c=1', 'Range', 'bytes=1-2', 'Connection', 'B'];
    const decision = decided({ fields, found: { selected: [candidate] }, atSeconds: 61 });
    expect(decision).toEqual({
      kind: 'serve-and-refresh',
      candidate,
      refresh: {
        kind: 'revalidate',
        candidate,
        others: [],
        offered: [candidate],
        ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
        collapsible: true,
        reasons: [],
      },
      refreshRequest: expect.objectContaining({ method: 'GET', clientAddress: undefined }),
      reasons: [
        stale(61),
        { code: 'stale-while-revalidate', values: { staleSeconds: 1, windowSeconds: 30 } },
      ],
    });
    const refreshed = decision.kind === 'serve-and-refresh' ? decision.refreshRequest : undefined;
    expect(refreshed?.fields.toLines()).toEqual(['a', '1']);
  });

  // RFC 9111 §3.3: a 304 confirms a part for the range that it answered.
  test('is refreshed for the range that it answers, where it is a part', () => {
    const candidate = stored({ ...PART, facts: { staleWhileRevalidateSeconds: 30 } });
    const fields = ['Cookie', 'c=1', 'Range', 'bytes=1-2'];
    const decision = decided({ fields, found: { selected: [candidate] }, atSeconds: 61 });
    const refreshed = decision.kind === 'serve-and-refresh' ? decision.refreshRequest : undefined;
    expect(refreshed?.fields.toLines()).toEqual(['range', 'bytes=1-2']);
  });

  test('is refreshed with the whole where it has no validator', () => {
    const candidate = stored({ facts: { etag: null, staleWhileRevalidateSeconds: 30 } });
    expect(decided({ found: { selected: [candidate] }, atSeconds: 90 })).toMatchObject({
      kind: 'serve-and-refresh',
      refresh: {
        kind: 'fetch',
        fallback: candidate,
        others: [],
        ask: { kind: 'fill' },
        collapsible: true,
        reasons: [],
      },
    });
  });
});
