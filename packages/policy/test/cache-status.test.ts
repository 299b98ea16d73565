import { describe, expect, test } from 'vitest';

import { cacheStatusOf, reason, rfc9111 } from '../src/index.ts';
import type { CacheStatusInput } from '../src/index.ts';

function said(changes: Partial<CacheStatusInput>): string {
  return cacheStatusOf({
    policy: rfc9111,
    outcome: 'miss',
    reasons: [reason('nothing-stored')],
    ttlSeconds: null,
    stored: false,
    collapsed: false,
    upstreamStatus: null,
    primaryKey: '',
    ...changes,
  });
}

describe('Cache-Status', () => {
  test('a request that waited for another’s answer is a collapsed miss', () => {
    expect(said({ outcome: 'hit', collapsed: true, ttlSeconds: 60 })).toBe(
      'poplet;fwd=uri-miss;ttl=60;collapsed;detail=nothing-stored',
    );
  });

  test('a failure to answer went forward all the same', () => {
    const reasons = [
      reason('nothing-stored'),
      reason('upstream-failure', { failure: 'reset', message: 'closed' }),
    ];
    expect(said({ outcome: 'error', reasons })).toBe('poplet;fwd=uri-miss;detail=upstream-failure');
  });

  test('where no reason says why, it was a bypass', () => {
    expect(said({ reasons: [], upstreamStatus: 200 })).toBe('poplet;fwd=bypass;fwd-status=200');
  });

  test('a key that cannot be a String is left out', () => {
    expect(said({ outcome: 'hit', primaryKey: 'default http://edge.test/ä' })).toBe(
      'poplet;hit;detail=nothing-stored',
    );
  });
});
