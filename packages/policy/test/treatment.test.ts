// What a policy makes of one exchange: the times are played through, and written out here.
import { describe, expect, it } from 'vitest';

import { IncomingFields, rfc9111, treatmentOf, type Policy, type Treatment } from '../src/index.ts';
import { presented } from './presented.ts';

const NOON_MS = 1_795_348_800_000;

interface Asked {
  readonly policy?: Policy;
  readonly target?: string;
  readonly request?: readonly string[];
  readonly status?: number;
}

function treated(response: readonly string[], asked: Asked = {}): Treatment {
  const { policy = rfc9111, target = '/page', request = [], status = 200 } = asked;
  return treatmentOf(
    {
      request: presented(request, { target }),
      response: {
        kind: 'response',
        status,
        statusText: 'OK',
        fields: new IncomingFields([...response, 'Content-Length', '10']),
      },
      times: { requestAtMs: NOON_MS, responseAtMs: NOON_MS, nowMs: NOON_MS, seq: 0 },
      deployment: '0',
    },
    policy,
  );
}

const leavesStale: Policy = {
  ...rfc9111,
  name: 'leaves stale',
  stale: { ...rfc9111.stale, sMaxageForbidsStale: false, whenFailing: true },
};

describe('stale windows', () => {
  const staleOf = (cacheControl: string, policy: Policy = rfc9111): Treatment['stale'] =>
    treated(['Cache-Control', cacheControl], { policy }).stale;

  it.each<[cacheControl: string, stale: Treatment['stale']]>([
    ['max-age=60', { whileRevalidateSeconds: 0, onErrorSeconds: 0, unreachableSeconds: null }],
    [
      'max-age=60, stale-while-revalidate=600',
      { whileRevalidateSeconds: 600, onErrorSeconds: 600, unreachableSeconds: null },
    ],
    [
      'max-age=60, stale-while-revalidate=30, stale-if-error=600',
      { whileRevalidateSeconds: 30, onErrorSeconds: 600, unreachableSeconds: 600 },
    ],
    [
      'max-age=60, stale-while-revalidate=600, stale-if-error=30',
      { whileRevalidateSeconds: 600, onErrorSeconds: 600, unreachableSeconds: 600 },
    ],
    [
      's-maxage=60, stale-while-revalidate=600',
      { whileRevalidateSeconds: 0, onErrorSeconds: 0, unreachableSeconds: 0 },
    ],
    [
      'max-age=60, must-revalidate, stale-if-error=600',
      { whileRevalidateSeconds: 0, onErrorSeconds: 0, unreachableSeconds: 0 },
    ],
  ])('%s', (cacheControl, stale) => {
    expect(staleOf(cacheControl)).toEqual(stale);
  });

  it('are another policy’s own', () => {
    expect(staleOf('s-maxage=60, stale-while-revalidate=600', leavesStale)).toEqual({
      whileRevalidateSeconds: 600,
      onErrorSeconds: null,
      unreachableSeconds: null,
    });
  });

  it('count from the end of freshness, whatever age it has when it comes', () => {
    const { stale } = treated(
      ['Cache-Control', 'max-age=60, stale-while-revalidate=10', 'Age', '50'],
      {},
    );
    expect(stale?.whileRevalidateSeconds).toBe(10);
  });

  it('a window without an end', () => {
    const forEver: Policy = {
      ...rfc9111,
      stale: { ...rfc9111.stale, whileRevalidateByDefaultSeconds: Infinity },
    };
    expect(staleOf('max-age=60', forEver)?.whileRevalidateSeconds).toBe(null);
  });

  it('of what is not stored there are none', () => {
    expect(staleOf('no-store, stale-while-revalidate=10')).toBe(null);
  });
});

describe('keys', () => {
  const keyOf = (policy: Policy, response: readonly string[] = []): Treatment['key'] =>
    treated(['Cache-Control', 'max-age=60', ...response], { policy, target: '/page?b=2&a=1' }).key;
  const withQuery = (query: Policy['key']['query']): Policy => ({
    ...rfc9111,
    key: { ...rfc9111.key, query },
  });

  it.each<[what: string, key: Treatment['key'], expected: Treatment['key']]>([
    ['the whole', keyOf(rfc9111), { uri: 'http://shop.test/page?b=2&a=1', query: 'whole' }],
    ['no query', keyOf(withQuery('none')), { uri: 'http://shop.test/page', query: 'ignored' }],
    [
      'in any order',
      keyOf(withQuery('unordered')),
      { uri: 'http://shop.test/page?b=2&a=1', query: 'any-order' },
    ],
    [
      'No-Vary-Search',
      keyOf(rfc9111, ['No-Vary-Search', 'params']),
      { uri: 'http://shop.test/page?b=2&a=1', query: 'ignored' },
    ],
  ])('%s', (_, key, expected) => {
    expect(key).toEqual(expected);
  });

  it('of what is not stored there is none', () => {
    expect(treated(['Cache-Control', 'private']).key).toBe(null);
  });
});

describe('answers', () => {
  const policy: Policy = {
    ...rfc9111,
    downstream: {
      ...rfc9111.downstream,
      strip: ['x-inside'],
      ownFields: {
        isPerRequest: false,
        linesOf: ({ outcome, hits }) => ['X-Outcome', `${outcome} ${hits}`],
      },
    },
  };
  const answers = treated(
    ['Cache-Control', 'max-age=60', 'X-Inside', '1', 'Date', 'Sun, 22 Nov 2026 12:00:00 GMT'],
    { policy },
  );

  it('from the origin and from the cache, after what the policy does to them', () => {
    expect(answers.fromOrigin).toMatchObject({
      status: 200,
      browser: { kind: 'fresh', seconds: 60 },
    });
    expect(answers.fromOrigin?.fields).toContainEqual(['X-Outcome', 'miss 0']);
    expect(answers.fromCache?.fields).toEqual(
      expect.arrayContaining([
        ['Age', '0'],
        ['X-Outcome', 'hit 1'],
      ]),
    );
    const names = [answers.fromOrigin, answers.fromCache].flatMap((answer) =>
      (answer?.fields ?? []).map(([name]) => name),
    );
    expect(names).not.toContain('X-Inside');
  });

  it('from the cache there is none where the origin is asked each time', () => {
    const { verdict, stored, fromOrigin, fromCache } = treated([
      'Cache-Control',
      'no-cache',
      'ETag',
      '"v1"',
    ]);
    expect(verdict.kind).toBe('kept');
    expect(stored).toMatchObject({ alwaysValidate: true });
    expect(fromOrigin).not.toBe(null);
    expect(fromCache).toBe(null);
  });

  it('a path that no cache looks at is passed', () => {
    const { verdict, stored, fromOrigin } = treated(['Cache-Control', 'max-age=60'], {
      policy: {
        ...rfc9111,
        eligibility: { ...rfc9111.eligibility, paths: { extensions: ['css'], files: [] } },
      },
    });
    expect([verdict.kind, stored, fromOrigin?.status]).toEqual(['passed', null, 200]);
  });
});

describe('by what it is cached', () => {
  const text = (policy: Partial<Policy['freshness']>, ...response: readonly string[]): string =>
    treated(response, {
      policy: { ...rfc9111, freshness: { ...rfc9111.freshness, ...policy } },
    }).verdict.text;

  it.each([
    [
      text({ defaultLifetimes: [{ statuses: null, seconds: 3600 }] }),
      'Cached for 1 hour, by the default of this CDN',
    ],
    [
      text({ refusalSeconds: 1 }, 'Cache-Control', 'no-store'),
      'Cached for 1 second, by the least that this CDN stores anything, although the origin forbids it',
    ],
    [
      text(
        { lifetimeFields: ['surrogate-control'] },
        'Surrogate-Control',
        'max-age=120',
        'Cache-Control',
        'max-age=60',
      ),
      'Cached for 2 minutes, by Surrogate-Control: max-age',
    ],
    [
      text(
        { lifetimeBounds: [{ statuses: null, leastSeconds: 0, mostSeconds: 30 }] },
        'Cache-Control',
        'max-age=60',
      ),
      'Cached for 30 seconds, by Cache-Control: max-age=60, within the bounds of this CDN',
    ],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected);
  });
});
