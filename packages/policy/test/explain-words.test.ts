// What people read: verdicts and patches, written out.
import { describe, expect, it } from 'vitest';

import {
  IncomingFields,
  applyHeaderPatch,
  decide,
  durationWords,
  explain,
  rfc9111,
  settle,
  type Candidate,
  type ExchangeTimes,
  type Explanation,
  type Goal,
  type UpstreamOutcome,
} from '../src/index.ts';
import { presented } from './presented.ts';

/** Sun, 22 Nov 2026 12:00:00 GMT */
const NOON_MS = 1_795_348_800_000;
const TIMES: ExchangeTimes = {
  requestAtMs: NOON_MS,
  responseAtMs: NOON_MS,
  nowMs: NOON_MS,
  seq: 0,
};

interface Asked {
  readonly method?: string;
  readonly target?: string;
  /** Whether the upstream was asked, although the method is not GET. */
  readonly isSent?: boolean;
  readonly request?: readonly string[];
  readonly status?: number;
  readonly response?: readonly string[];
  readonly failure?: 'refused';
  readonly stored?: Candidate;
  readonly nowMs?: number;
  readonly isStoreAway?: boolean;
}

const EDGE = { bypass: false, doNotCollapse: false, refreshHeldBack: false };

function explained(asked: Asked): Explanation {
  const { method = 'GET', target = '/', status = 200, stored, nowMs = NOON_MS } = asked;
  const request = presented(asked.request ?? [], { method, authority: 'edge.test', target });
  const found = { selected: stored === undefined ? [] : [stored], siblings: [], inLanguage: [] };
  const outcome: UpstreamOutcome =
    asked.failure === undefined
      ? {
          kind: 'response',
          status,
          statusText: '',
          fields: new IncomingFields(asked.response ?? []),
        }
      : { kind: 'failure', failure: asked.failure, message: 'nothing listens there' };
  const decision = decide({ request, found, policy: rfc9111, edge: EDGE, nowMs });
  const isSent =
    (asked.isSent ?? method === 'GET') && decision.kind !== 'serve' && decision.kind !== 'reject';
  return explain({
    request,
    primaryKey: `default http://edge.test${target}`,
    found,
    policy: rfc9111,
    edge: EDGE,
    ...(asked.isStoreAway === undefined ? {} : { isStoreAway: asked.isStoreAway }),
    nowMs,
    decision,
    exchange: isSent ? { outcome, times: { ...TIMES, nowMs }, notes: [] } : undefined,
  });
}

/** The patches of a goal, as a diff. */
function diffs(asked: Asked, goal: Goal): readonly (readonly string[])[] {
  return explained(asked)
    .suggestions.filter((one) => one.goal === goal)
    .map(({ patches }) =>
      patches.flatMap(({ on, replaces, set }) => [
        ...replaces.map(([name, value]) => `${on} - ${name}: ${value}`),
        ...set.map(([name, value]) => `${on} + ${name}: ${value}`),
      ]),
    );
}

describe('to have it cached', () => {
  it.each<[what: string, asked: Asked, expected: readonly (readonly string[])[]]>([
    [
      'private: for the CDN alone first',
      { response: ['Cache-Control', 'private, max-age=60'] },
      [
        ['response + CDN-Cache-Control: max-age=300'],
        ['response - Cache-Control: private, max-age=60', 'response + Cache-Control: max-age=60'],
      ],
    ],
    [
      'no lifetime',
      {},
      [['response + CDN-Cache-Control: max-age=300'], ['response + Cache-Control: max-age=300']],
    ],
    [
      'unknown directives stay, and so does their order',
      { response: ['cache-control', 'no-store, x-a="b, c", no-transform'] },
      [
        ['response + CDN-Cache-Control: max-age=300'],
        [
          'response - cache-control: no-store, x-a="b, c", no-transform',
          'response + cache-control: max-age=300, x-a="b, c", no-transform',
        ],
      ],
    ],
    [
      'what Cache-Control says of stale answers, and of fields, is said to the CDN too',
      {
        response: [
          'Cache-Control',
          'no-cache, private="x-user", stale-if-error=60, must-revalidate',
        ],
      },
      [
        [
          'response + CDN-Cache-Control: max-age=300, private="x-user", stale-if-error=60, must-revalidate',
        ],
        [
          'response - Cache-Control: no-cache, private="x-user", stale-if-error=60, must-revalidate',
          'response + Cache-Control: max-age=300, private="x-user", stale-if-error=60, must-revalidate',
        ],
      ],
    ],
    [
      'a targeted field that governs is the one to change',
      { response: ['CDN-Cache-Control', 'no-store, x-tier=(1 2)', 'Cache-Control', 'max-age=60'] },
      [
        [
          'response - CDN-Cache-Control: no-store, x-tier=(1 2)',
          'response + CDN-Cache-Control: max-age=300, x-tier=(1 2)',
        ],
      ],
    ],
    [
      'Set-Cookie goes',
      { response: ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Cache-Control', 'max-age=60'] },
      [['response - Set-Cookie: a=1', 'response - Set-Cookie: b=2']],
    ],
    [
      'Vary: *',
      { response: ['Vary', 'Accept, *', 'Cache-Control', 'max-age=60'] },
      [['response - Vary: Accept, *', 'response + Vary: Accept']],
    ],
    [
      'a dictionary that Vary does not name',
      {
        response: [
          'Content-Encoding',
          'dcb',
          'Vary',
          'Accept-Encoding',
          'Cache-Control',
          'max-age=60',
        ],
      },
      [
        [
          'response - Vary: Accept-Encoding',
          'response + Vary: accept-encoding, available-dictionary',
        ],
      ],
    ],
    [
      'Authorization needs leave',
      { request: ['Authorization', 'Basic YTpi'], response: ['Cache-Control', 'max-age=60'] },
      [
        ['response + CDN-Cache-Control: public, max-age=300'],
        ['response - Cache-Control: max-age=60', 'response + Cache-Control: public, max-age=60'],
      ],
    ],
    [
      'the request’s own no-store',
      { request: ['Cache-Control', 'no-store, x=1'], response: ['Cache-Control', 'max-age=60'] },
      [['request - Cache-Control: no-store, x=1', 'request + Cache-Control: x=1']],
    ],
    [
      'both sides',
      { request: ['Pragma', 'no-cache'], response: ['Cache-Control', 'max-age=60', 'Vary', '*'] },
      [['request - Pragma: no-cache', 'response - Vary: *']],
    ],
    [
      'a lifetime above the age it arrives with',
      { response: ['Cache-Control', 's-maxage=60', 'Age', '4000'] },
      [
        ['response + CDN-Cache-Control: max-age=86400'],
        ['response - Cache-Control: s-maxage=60', 'response + Cache-Control: s-maxage=86400'],
      ],
    ],
    [
      'lifetimes that cannot be read',
      { response: ['Cache-Control', 'public; max-age=60, max-age=soon'] },
      [
        ['response + CDN-Cache-Control: max-age=300'],
        [
          'response - Cache-Control: public; max-age=60, max-age=soon',
          'response + Cache-Control: max-age=300',
        ],
      ],
    ],
  ])('%s', (_, asked, expected) => {
    expect(diffs(asked, 'cached')).toEqual(expected);
  });

  it.each<[asked: Asked, code: string]>([
    [{ method: 'DELETE' }, 'unsafe-method'],
    [{ method: 'OPTIONS' }, 'method-not-cached'],
    [{ status: 429, response: ['Cache-Control', 'max-age=60'] }, 'not-stored-forbidden-status'],
    [{ response: ['Content-Length', '99999999', 'ETag', '"v1"'] }, 'not-stored-too-large'],
    [{ request: ['Cache-Control', 'only-if-cached'] }, 'only-if-cached'],
    [{ status: 508, response: ['Cache-Control', 'no-store'] }, 'loop-behind'],
  ])('no header can: %j', (asked, code) => {
    expect(explained(asked)).toMatchObject({ suggestions: [], obstacle: { code } });
  });

  it('nor of what is there in part', () => {
    const asked = {
      status: 206,
      response: ['Content-Range', 'bytes 0-4/10', 'Cache-Control', 'max-age=60', 'ETag', '"v1"'],
    };
    expect(explained(asked)).toMatchObject({
      verdict: {
        kind: 'kept',
        text: 'Kept in part (5 of 10 bytes): the origin is asked for the rest',
      },
      obstacle: { code: 'stored-in-part', values: { bytes: 5, completeBytes: 10 } },
      next: { isHit: false, reasons: [{ code: 'stored-in-part' }, { code: 'asks-for-missing' }] },
    });
    expect(diffs(asked, 'cached')).toEqual([]);
  });

  it('a part for those who have the others', () => {
    const fields = ['Cache-Control', 'max-age=60', 'ETag', '"v1"', 'Content-Range', 'bytes 0-4/10'];
    const request = ['Range', 'bytes=0-4', 'If-Range', '"v1"'];
    expect(diffs({ status: 206, request, response: fields }, 'cached')).toEqual([
      ['request - If-Range: "v1"'],
    ]);
  });

  it('with a request that takes only what is stored, what is stored is a hit all the same', () => {
    const fresh = storedFrom(['Cache-Control', 'max-age=60']);
    const asked = { request: ['Cache-Control', 'only-if-cached'], stored: fresh };
    expect(explained(asked)).toMatchObject({ verdict: { kind: 'hit' }, obstacle: null });
    expect(diffs(asked, 'cached')).toEqual([]);
  });
});

describe('for others', () => {
  it.each<[what: string, asked: Asked, goal: Goal, expected: readonly (readonly string[])[]]>([
    [
      'the answer to a POST, which was not sent',
      { method: 'POST' },
      'answers-get',
      [
        ['response + Content-Location: /', 'response + CDN-Cache-Control: max-age=300'],
        ['response + Content-Location: /', 'response + Cache-Control: max-age=300'],
      ],
    ],
    [
      'the answer to a PATCH, where every lifetime has to be readable',
      {
        method: 'PATCH',
        isSent: true,
        response: ['Content-Location', '/', 'CDN-Cache-Control', 'max-age="60", s-maxage=30'],
      },
      'answers-get',
      [
        [
          'response - CDN-Cache-Control: max-age="60", s-maxage=30',
          'response + CDN-Cache-Control: s-maxage=300',
        ],
      ],
    ],
    [
      'an answer that says it stands for another URL',
      { method: 'POST', isSent: true, response: ['Content-Location', '/orders/1'] },
      'answers-get',
      [],
    ],
    [
      'Vary without what differs from visitor to visitor',
      { response: ['Cache-Control', 'max-age=60', 'Vary', 'Accept-Encoding, user-agent, Cookie'] },
      'fewer-variants',
      [
        [
          'response - Vary: Accept-Encoding, user-agent, Cookie',
          'response + Vary: Accept-Encoding',
        ],
      ],
    ],
    [
      'no Vary',
      { response: ['Cache-Control', 'max-age=60', 'Vary', 'User-Agent'] },
      'fewer-variants',
      [['response - Vary: User-Agent']],
    ],
    [
      'not with a cookie of one of them',
      { response: ['Cache-Control', 'max-age=60', 'Vary', 'User-Agent', 'Set-Cookie', 'a=1'] },
      'fewer-variants',
      [],
    ],
    [
      'where a link came from',
      { target: '/?id=1&utm_source=x&fbclid=y', response: ['Cache-Control', 'max-age=60'] },
      'fewer-urls',
      [['response + No-Vary-Search: params=("utm_source" "fbclid")']],
    ],
    [
      'beside what the field says already',
      {
        target: '/?gclid=1',
        response: ['Cache-Control', 'max-age=60', 'No-Vary-Search', 'key-order, params=("a%26b")'],
      },
      'fewer-urls',
      [
        [
          'response - No-Vary-Search: key-order, params=("a%26b")',
          'response + No-Vary-Search: key-order, params=("a%26b" "gclid")',
        ],
      ],
    ],
    [
      'where all count but some',
      {
        target: '/?gclid=1',
        response: [
          'Cache-Control',
          'max-age=60',
          'No-Vary-Search',
          'params, except=("id" "gclid")',
        ],
      },
      'fewer-urls',
      [
        [
          'response - No-Vary-Search: params, except=("id" "gclid")',
          'response + No-Vary-Search: params, except=("id")',
        ],
      ],
    ],
  ])('%s', (_, asked, goal, expected) => {
    expect(diffs(asked, goal)).toEqual(expected);
  });
});

describe('where it is cached', () => {
  const PUBLIC: Asked = { response: ['Cache-Control', 'public, max-age=600, x=1', 'ETag', '"v1"'] };

  it.each<[goal: Goal, asked: Asked, expected: readonly string[]]>([
    [
      'not-cached',
      PUBLIC,
      [
        'response - Cache-Control: public, max-age=600, x=1',
        'response + Cache-Control: private, max-age=600, x=1',
      ],
    ],
    [
      'validated',
      PUBLIC,
      [
        'response - Cache-Control: public, max-age=600, x=1',
        'response + Cache-Control: public, x=1, no-cache',
      ],
    ],
    ['fresh-longer', PUBLIC, ['response + CDN-Cache-Control: max-age=3600']],
    [
      'stale-on-error',
      PUBLIC,
      [
        'response - Cache-Control: public, max-age=600, x=1',
        'response + Cache-Control: public, max-age=600, x=1, stale-if-error=86400',
      ],
    ],
    [
      'stale-while-revalidate',
      { response: ['Cache-Control', 's-maxage=60, stale-while-revalidate=600'] },
      ['response + CDN-Cache-Control: max-age=60, stale-while-revalidate=600'],
    ],
    [
      'fresh-shorter',
      { status: 404, response: ['Cache-Control', 'public, max-age=31536000, immutable'] },
      [
        'response - Cache-Control: public, max-age=31536000, immutable',
        'response + Cache-Control: public, max-age=60',
      ],
    ],
  ])('%s', (goal, asked, expected) => {
    expect(diffs(asked, goal)[0]).toEqual(expected);
  });

  it('nobody is to keep it', () => {
    expect(diffs(PUBLIC, 'not-cached')[1]).toEqual([
      'response - Cache-Control: public, max-age=600, x=1',
      'response + Cache-Control: x=1, no-store',
    ]);
  });
});

describe('a warning stands with each patch that could make one visitor’s page everybody’s', () => {
  it.each<[asked: Asked, warning: RegExp]>([
    [{}, /^none$/u],
    [{ request: ['Cookie', 'sid=1'] }, /^the request carried Cookie: everybody would get/u],
    [{ request: ['Authorization', 'x'] }, /^the request carried Authorization: /u],
    [{ response: ['Cache-Control', 'private'] }, /^the response said private: /u],
    [{ response: ['Set-Cookie', 'a=1'] }, /^the response set a cookie: /u],
    [{ method: 'POST' }, /^whoever asks with GET would get what this POST was answered/u],
    [
      { method: 'POST', request: ['Cookie', 'sid=1'] },
      /^the request carried Cookie: everybody would get/u,
    ],
    [{ status: 503 }, /^this is an error \(503\)/u],
  ])('%j', (asked, warning) => {
    const warnings = explained(asked)
      .suggestions.filter(({ goal }) => goal === 'cached' || goal === 'answers-get')
      .map((one) => one.warning);
    expect(warnings.length).toBeGreaterThan(0);
    for (const one of warnings) expect(one ?? 'none').toMatch(warning);
  });
});

/** What is stored of a response with these fields, as `explain` saw it. */
function storedFrom(response: readonly string[]): Candidate {
  const request = presented([], { authority: 'edge.test' });
  const { store } = settle({
    request,
    primaryKey: 'default http://edge.test/',
    decision: {
      kind: 'fetch',
      fallback: undefined,
      others: [],
      ask: { kind: 'fill' },
      collapsible: true,
      reasons: [],
    },
    outcome: {
      kind: 'response',
      status: 200,
      statusText: '',
      fields: new IncomingFields(response),
    },
    policy: rfc9111,
    times: TIMES,
  });
  if (store.kind !== 'insert') throw new Error('it was not stored');
  return { response: store.response, softPurgedAtMs: undefined };
}

describe('the verdict', () => {
  const FRESH = ['Date', 'Sun, 22 Nov 2026 12:00:00 GMT', 'Cache-Control', 'max-age=600'];
  const at = (seconds: number): number => NOON_MS + seconds * 1000;

  it.each<[asked: Asked, kind: string, text: string]>([
    [{ response: FRESH }, 'cached', 'Cached for 10 minutes, by Cache-Control: max-age=600'],
    [
      { response: [...FRESH, 'Age', '60'] },
      'cached',
      'Cached for another 9 minutes, by Cache-Control: max-age=600 (it is 1 minute old)',
    ],
    [
      { stored: storedFrom(FRESH), nowMs: at(60) },
      'hit',
      'In the cache: fresh for another 9 minutes, by Cache-Control: max-age=600 (it is 1 minute old)',
    ],
    [
      { response: ['CDN-Cache-Control', 'max-age=60', 'Cache-Control', 'no-store'] },
      'cached',
      'Cached for 1 minute, by CDN-Cache-Control: max-age=60',
    ],
    [
      { response: ['Expires', 'Sun, 22 Nov 2026 13:00:00 GMT'] },
      'cached',
      'Cached for 1 hour, by Expires: Sun, 22 Nov 2026 13:00:00 GMT',
    ],
    [
      { response: ['Last-Modified', 'Sun, 22 Nov 2026 02:00:00 GMT'] },
      'cached',
      'Cached for 1 hour, by a guess from Last-Modified',
    ],
    [
      { request: ['Cache-Control', 'no-cache'], response: FRESH },
      'cached-for-others',
      'Cached for 10 minutes, by Cache-Control: max-age=600; but the client asked for validation (no-cache)',
    ],
    [
      { response: ['Cache-Control', 'no-cache', 'ETag', '"v1"'] },
      'kept',
      'Kept, but the origin is asked each time: no-cache',
    ],
    [
      { response: ['Cache-Control', 'max-age=0', 'ETag', '"v1"'] },
      'kept',
      'Kept, but the origin is asked each time: it has no lifetime',
    ],
    [
      { response: ['Cache-Control', 'max-age=60', 'Age', '90'] },
      'kept',
      'Kept, but the origin is asked each time: its age of 1 minute 30 seconds is past its lifetime of 1 minute',
    ],
    [
      { response: ['Cache-Control', 'no-store'] },
      'not-cached',
      'Not cached: cache-control says no-store',
    ],
    [
      { method: 'DELETE' },
      'passed',
      'Not cached: DELETE may change something: it goes to the origin, past the cache',
    ],
    [
      { request: ['Cache-Control', 'only-if-cached'] },
      'rejected',
      'Answered 504: the client wants a stored response or none (only-if-cached)',
    ],
    [{ failure: 'refused' }, 'failed', 'No answer: nothing listens there (refused)'],
    [
      { failure: 'refused', stored: storedFrom(FRESH), nowMs: at(601) },
      'stale',
      'Served stale: the origin cannot be reached: served all the same, stale by 1 s',
    ],
    [
      {
        stored: storedFrom([...FRESH, 'Cache-Control', 'stale-while-revalidate=60']),
        nowMs: at(601),
        response: FRESH,
      },
      'stale',
      'Served stale while it is refreshed: stale by 1 s, within stale-while-revalidate=60: served now, refreshed in the background',
    ],
    [
      {
        stored: storedFrom([...FRESH, 'ETag', '"v1"']),
        nowMs: at(601),
        status: 304,
        response: ['ETag', '"v1"'],
      },
      'cached',
      'Cached again for 10 minutes, by Cache-Control: max-age=600',
    ],
  ])('%# $2', (asked, kind, text) => {
    expect(explained(asked).verdict).toEqual({ kind, text });
  });
});

describe('what comes next', () => {
  const ETAGGED = ['Cache-Control', 'max-age=600', 'ETag', '"v1"', 'Vary', 'Accept'];

  it('of a response that is stored', () => {
    expect(explained({ response: ETAGGED })).toMatchObject({
      outcome: 'miss',
      steps: [
        { stage: 'request', code: 'nothing-stored', spec: 'RFC 9111 §4' },
        {
          stage: 'response',
          code: 'stored',
          spec: 'RFC 9111 §3',
          values: { lifetimeSeconds: 600, source: 'max-age' },
        },
        { stage: 'response', code: 'vary-variant', values: { names: 'accept' } },
      ],
      upstream: { kind: 'response', status: 200 },
      stored: {
        key: 'default http://edge.test/',
        variesOn: ['accept'],
        lifetimeSeconds: 600,
        ttlSeconds: 600,
        etag: '"v1"',
      },
      next: { isHit: true, reasons: [{ code: 'fresh' }] },
      whenStale: {
        inSeconds: 600,
        request: 'validated',
        onError: {
          isServed: false,
          reasons: [{ code: 'upstream-error' }, { code: 'not-stored-status' }],
        },
        unreachable: {
          isServed: true,
          reasons: [{ code: 'upstream-failure' }, { code: 'stale-disconnected' }],
        },
      },
      downstream: { status: 200, browser: { kind: 'fresh', seconds: 600 } },
    });
  });

  it('the client’s own copy, its Cache-Status, and what the browser makes of it', () => {
    const { steps, downstream } = explained({
      request: ['If-None-Match', '"v1"'],
      response: ETAGGED,
    });
    expect(steps.at(-1)).toMatchObject({ stage: 'answer', code: 'client-not-modified' });
    expect(downstream?.status).toBe(304);
    expect(downstream?.fields).toContainEqual([
      'Cache-Status',
      expect.stringMatching(/^poplet;fwd=uri-miss;fwd-status=200;ttl=600;stored;/u),
    ]);
  });

  it.each<[response: readonly string[], kind: string, seconds: number]>([
    [['Cache-Control', 'private, max-age=60'], 'fresh', 60],
    [['Cache-Control', 's-maxage=60'], 'guessed', 0],
    [['Cache-Control', 'no-cache, max-age=60'], 'validated', 0],
    [['Cache-Control', 'max-age=0'], 'validated', 0],
    [['Cache-Control', 'max-age=60, no-store'], 'not-kept', 0],
    [['Cache-Control', 'max-age=60', 'Age', '20'], 'fresh', 40],
    [
      ['Expires', 'Sun, 22 Nov 2026 12:01:00 GMT', 'Date', 'Sun, 22 Nov 2026 12:00:00 GMT'],
      'fresh',
      60,
    ],
    [['Expires', '0'], 'validated', 0],
    [[], 'guessed', 0],
  ])('browsers, told %j', (response, kind, seconds) => {
    expect(explained({ response }).downstream?.browser).toMatchObject({ kind, seconds });
  });
});

describe('a header patch', () => {
  const LINES = ['A', '1', 'B', '2', 'a', '3'];

  it('sets a field where its first line stood, and removes the others', () => {
    const patch = { set: [['a', '4']] as const, remove: ['b'] };
    expect(applyHeaderPatch(LINES, patch)).toEqual(['a', '4']);
  });

  it('adds at the end what was not there', () => {
    const patch = { set: [['C', '5']] as const, remove: [] };
    expect(applyHeaderPatch(LINES, patch)).toEqual([...LINES, 'C', '5']);
  });
});

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [90, '1 minute 30 seconds'],
  [3600, '1 hour'],
  [3601, 'about 1 hour'],
  [86_400 + 3 * 3600, '1 day 3 hours'],
  [31_536_000, '1 year'],
])('%i s are %s', (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});

describe('the store', () => {
  const asked: Asked = { response: ['Cache-Control', 'max-age=60'] };

  it.each([
    [undefined, 'Cached for 1 minute, by Cache-Control: max-age=60', true],
    [false, 'Cached for 1 minute, by Cache-Control: max-age=60', true],
    [
      true,
      'Not cached: the remote store cannot be reached: nothing is looked up there, and nothing stored',
      false,
    ],
  ])('away: %s', (isStoreAway, text, isHit) => {
    const { verdict, next, outcome } = explained({
      ...asked,
      ...(isStoreAway === undefined ? {} : { isStoreAway }),
    });
    expect([verdict.text, next?.isHit, outcome]).toEqual([text, isHit, isHit ? 'miss' : 'bypass']);
  });

  it('away says nothing of what is not sent', () => {
    const { verdict } = explained({ method: 'POST', isStoreAway: true });
    expect(verdict.text).toBe(
      'Not cached: POST may change something: it goes to the origin, past the cache',
    );
  });
});
