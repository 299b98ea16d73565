import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { MATCHES_ALL, StoredFields, type StoredResponse } from '@poplet/policy';

/** A page as an edge would have stored it, fresh for a day. */
export function fillerResponse(page: number): StoredResponse {
  const atMs = Date.now();
  return {
    primaryKey: `default http://filler.test/page/${page}`,
    rule: MATCHES_ALL,
    variantKey: '',
    variance: null,
    status: 200,
    statusText: 'OK',
    fields: StoredFields.fromLines([
      'Content-Type',
      'text/plain; charset=utf-8',
      'Cache-Control',
      'max-age=86400',
      'ETag',
      `"page-${page}"`,
      'Surrogate-Key',
      `pages page-${page % 100}`,
    ]),
    trailers: [],
    bodyBytes: 0,
    part: null,
    requestAtMs: atMs,
    responseAtMs: atMs,
    residentSinceMs: atMs,
    fetchedSeq: 0,
    validatedSeq: 0,
    tags: ['pages', `page-${page % 100}`],
    groups: [],
    facts: {
      ...FRESH_FOR_A_MINUTE,
      lifetimeSeconds: 86_400,
      etag: { weak: false, opaque: `"page-${page}"` },
      dateAtMs: atMs,
    },
  };
}
