/**
 * What became of one exchange, from the cache's point of view. Closed: `Cache-Status` and every
 * vendor's word are renderings of it.
 *
 * | outcome | meaning |
 * |---|---|
 * | hit | answered from a fresh stored response (or from a flight another request had begun) |
 * | miss | nothing usable was stored; fetched; the response may be stored |
 * | expired | a stored response was stale; the upstream sent a new one |
 * | revalidated | a stored response was confirmed by a 304 |
 * | updating | a stale response was served while a refresh runs in the background |
 * | stale | a stale response was served because policy allows it (error, max-stale) |
 * | bypass | the cache was asked, and the request or the response refused to be stored |
 * | ineligible | the request is of a kind that no cache looks at (method, upgrade) |
 * | pass | the operator, or a mark left by an earlier response, sent the request past the cache |
 * | error | no answer could be had from the upstream, or the edge itself refused |
 */
export type Outcome =
  | 'hit'
  | 'miss'
  | 'expired'
  | 'revalidated'
  | 'updating'
  | 'stale'
  | 'bypass'
  | 'ineligible'
  | 'pass'
  | 'error';
