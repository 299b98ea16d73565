/**
 * The closed list of reasons. Every branch that `decide` and `settle` take leaves one; all words that
 * a person reads about a decision are rendered from here. `{name}` stands for a compared value.
 */
export interface ReasonDefinition {
  /** Clause that makes the rule: `RFC 9111 §4.2`; `Poplet` for a rule of the tool itself. */
  readonly spec: string;
  /** One line that a front-end developer understands. */
  readonly summary: string;
}

export type ReasonValue = string | number | boolean;

/** One step of the chain that led to an outcome, with the values compared. */
export interface Reason {
  readonly code: ReasonCode;
  readonly values?: Readonly<Record<string, ReasonValue>>;
}

export const REASONS = {
  // ── decide: kinds of request ───────────────────────────────────────────────────────────────
  'operator-bypass': { spec: 'Poplet', summary: 'the cache is switched off by the operator' },
  'protocol-upgrade': {
    spec: 'RFC 9110 §7.8',
    summary:
      'the request asks to switch to {protocol}: the upstream decides, and the cache stays out of it',
  },
  'unsafe-method': {
    spec: 'RFC 9111 §4',
    summary: '{method} may change something: it goes to the origin, past the cache',
  },
  'method-not-cached': { spec: 'RFC 9111 §3', summary: '{method} responses are not cached' },
  'request-content': {
    spec: 'RFC 9110 §9.3.1',
    summary: 'a {method} with content has no defined meaning: it is passed on, never shared',
  },
  'request-override': {
    spec: 'Poplet',
    summary:
      '{field} may have the origin answer for another path, host or method than the cache key says: passed on, never shared',
  },
  'path-not-cached': {
    spec: 'Poplet',
    summary:
      'this CDN goes by the ending of the path, and {path} has none that it caches: passed on, never stored',
  },
  'request-field-not-cached': {
    spec: 'Poplet',
    summary: 'this CDN caches nothing for a request with {field}: passed on, never stored',
  },
  'options-asterisk': {
    spec: 'RFC 9110 §9.3.7',
    summary: 'OPTIONS * asks about the server itself: the edge answers',
  },
  'purge-method-off': {
    spec: 'Poplet',
    summary:
      'PURGE is off on this port: purge over the admin API (poplet purge), or turn it on (--purge-method)',
  },
  'purge-method-refused': { spec: 'Poplet', summary: 'this PURGE is not obeyed: {why}' },
  'purged-by-method': { spec: 'Poplet', summary: 'purged by PURGE: {url}' },
  'max-forwards-zero': {
    spec: 'RFC 9110 §7.6.2',
    summary: 'this {method} may be forwarded no further (Max-Forwards: 0): the edge answers',
  },
  'max-forwards-malformed': {
    spec: 'RFC 9110 §7.6.2',
    summary: 'Max-Forwards "{value}" is no number: how far the request may go is not known',
  },
  'forwarding-loop': {
    spec: 'RFC 8586 §2',
    summary:
      'the request has been here before (CDN-Loop: {cdnInfo}): the upstream leads back to this edge',
  },
  'loop-behind': {
    spec: 'RFC 8586 §2',
    summary:
      'the origin answered 508: it, or something behind it, leads back to where this came from',
  },
  'expectation-failed': {
    spec: 'RFC 9110 §10.1.1',
    summary: 'the expectation {expect} is not one the edge can meet',
  },

  // ── decide: selection and freshness ────────────────────────────────────────────────────────
  'nothing-stored': { spec: 'RFC 9111 §4', summary: 'nothing is stored for this URL' },
  'no-variant-matches': {
    spec: 'RFC 9111 §4.1',
    summary: 'stored responses exist, but none for these values of {names}',
  },
  'preferred-variant': {
    spec: 'RFC 9111 §4.1',
    summary: 'of {count} stored responses that match, the client’s {names} prefers this one',
  },
  'content-language-match': {
    spec: 'RFC 9110 §12.5.4',
    summary:
      'stored for another Accept-Language, but in {language}, the language that this client wants most',
  },
  'no-vary-search-match': {
    spec: 'No-Vary-Search §Equivalence',
    summary:
      'stored for the query "{stored}"; under No-Vary-Search ({variance}) "{presented}" is the same',
  },
  'query-order-ignored': {
    spec: 'Poplet',
    summary: 'stored for the query "{stored}"; this CDN takes "{presented}" for the same',
  },
  'stored-in-part': {
    spec: 'RFC 9111 §3.3',
    summary: '{bytes} of {completeBytes} bytes are stored, and the request asks for others',
  },
  'asks-for-chunks': {
    spec: 'Poplet',
    summary: 'this CDN fetches in chunks: asking for bytes {range}',
  },
  'asks-for-missing': {
    spec: 'RFC 9111 §3.3',
    summary: 'asking for bytes {range} only, if nothing has changed ({etag})',
  },
  fresh: {
    spec: 'RFC 9111 §4.2',
    summary: 'fresh: age {ageSeconds} s of {lifetimeSeconds} s ({source})',
  },
  stale: {
    spec: 'RFC 9111 §4.2',
    summary: 'stale: age {ageSeconds} s, lifetime {lifetimeSeconds} s ({source})',
  },
  'soft-purged': { spec: 'Poplet', summary: 'a soft purge {secondsAgo} s ago made it stale' },
  'response-no-cache': {
    spec: 'RFC 9111 §5.2.2.4',
    summary: 'the response says no-cache: it is never reused without asking the origin',
  },
  'request-no-cache': {
    spec: 'RFC 9111 §5.2.1.4',
    summary: 'the client asked for validation ({directive})',
  },
  'request-max-age': {
    spec: 'RFC 9111 §5.2.1.1',
    summary: 'the client wants an age of at most {maxAgeSeconds} s; it is {ageSeconds} s',
  },
  'request-min-fresh': {
    spec: 'RFC 9111 §5.2.1.3',
    summary: 'the client wants {minFreshSeconds} s of freshness left; it has {ttlSeconds} s',
  },
  'request-max-stale': {
    spec: 'RFC 9111 §5.2.1.2',
    summary: 'the client accepts a stale response ({allowance}); it is stale by {staleSeconds} s',
  },
  'request-refuses-stale': {
    spec: 'RFC 9111 §5.2.1.1',
    summary: 'the client does not want a stale response ({directive})',
  },
  'request-immutable-reload': {
    spec: 'RFC 8246 §2.1',
    summary: 'immutable and fresh: a reload need not ask the origin',
  },
  'request-no-store': {
    spec: 'RFC 9111 §5.2.1.5',
    summary: 'the client asked that nothing be stored (no-store)',
  },
  'only-if-cached': {
    spec: 'RFC 9111 §5.2.1.7',
    summary: 'the client wants a stored response or none (only-if-cached)',
  },
  'stale-forbidden-must-revalidate': {
    spec: 'RFC 9111 §5.2.2.2',
    summary: 'must-revalidate: it may not be served stale',
  },
  'stale-forbidden-proxy-revalidate': {
    spec: 'RFC 9111 §5.2.2.8',
    summary: 'proxy-revalidate: shared caches may not serve it stale',
  },
  'stale-forbidden-s-maxage': {
    spec: 'RFC 9111 §5.2.2.10',
    summary:
      's-maxage: it may not be served stale, as with proxy-revalidate; with CDN-Cache-Control it might',
  },
  'stale-forbidden-personal': {
    spec: 'RFC 9111 §4.2.4',
    summary:
      'fetched with Cookie or Authorization and without leave to share it: never served without asking the origin',
  },
  'stale-while-revalidate': {
    spec: 'RFC 5861 §3',
    summary:
      'stale by {staleSeconds} s, within stale-while-revalidate={windowSeconds}: served now, refreshed in the background',
  },
  'stale-while-revalidate-over': {
    spec: 'RFC 5861 §3',
    summary: 'stale by {staleSeconds} s, past stale-while-revalidate={windowSeconds}',
  },
  'background-refresh': {
    spec: 'RFC 5861 §3',
    summary: 'refreshed in the background: clients are served the stale response meanwhile',
  },
  'refresh-held-back': {
    spec: 'Poplet',
    summary:
      'the last refresh in the background failed less than {seconds} s ago: it is not tried again yet',
  },
  validate: { spec: 'RFC 9111 §4.3.1', summary: 'asking the origin with {validators}' },
  'no-validator': {
    spec: 'RFC 9111 §4.3.1',
    summary: 'the stored response has no ETag or Last-Modified to ask with',
  },
  'sibling-validators': {
    spec: 'RFC 9111 §4.3.1',
    summary: 'the ETags of {count} other variants are sent as well: one of them may fit',
  },
  'not-collapsible': { spec: 'Poplet', summary: 'not shared with simultaneous requests: {why}' },

  // ── settle: storing ────────────────────────────────────────────────────────────────────────
  stored: { spec: 'RFC 9111 §3', summary: 'stored for {lifetimeSeconds} s ({source})' },
  'stored-for-validation': {
    spec: 'RFC 9111 §3',
    summary: 'stored, but the origin is asked each time whether it has changed ({source})',
  },
  'stored-set-cookie': {
    spec: 'RFC 9111 §7.3',
    summary:
      'WARNING: Set-Cookie is stored and will be sent to every client; add private or no-store',
  },
  'vary-variant': {
    spec: 'RFC 9111 §4.1',
    summary: 'one stored response for each value of {names} (Vary)',
  },
  'search-variance': {
    spec: 'No-Vary-Search §Variance',
    summary: 'it also answers other queries of this path: No-Vary-Search says {variance}',
  },
  'search-variance-asset': {
    spec: 'Poplet',
    summary: 'it also answers all other queries of this path: it is a file of the deployment',
  },
  'search-variance-named': {
    spec: 'Poplet',
    summary: 'it also answers queries of this path that agree in what it names: {names}',
  },
  'search-variance-malformed': {
    spec: 'No-Vary-Search §Field',
    summary: 'No-Vary-Search is malformed: it is ignored, so that every query is a page of its own',
  },
  'heuristic-lifetime': {
    spec: 'RFC 9111 §4.2.2',
    summary: 'no explicit lifetime: {lifetimeSeconds} s guessed from Last-Modified',
  },
  'stored-here-only': {
    spec: 'Poplet',
    summary: 'stored by this edge alone: {bytes} bytes are over the {limitBytes} that edges share',
  },
  'not-stored-no-store': {
    spec: 'RFC 9111 §5.2.2.5',
    summary: 'not stored: {field} says no-store',
  },
  'not-stored-private': { spec: 'RFC 9111 §5.2.2.7', summary: 'not stored: {field} says private' },
  'not-stored-authorization': {
    spec: 'RFC 9111 §3.5',
    summary:
      'not stored: the request carried Authorization, and the response has no public, s-maxage or must-revalidate',
  },
  'not-stored-set-cookie': {
    spec: 'RFC 9111 §7.3',
    summary:
      'not stored: Set-Cookie without an explicit lifetime would hand one visitor’s cookie to another',
  },
  'not-stored-no-cache': {
    spec: 'Poplet',
    summary: 'not stored: {field} says no-cache, which this CDN takes for no-store',
  },
  'not-stored-cookie-set': {
    spec: 'Poplet',
    summary: 'not stored: the response sets a cookie, and this CDN stores none that does',
  },
  'not-stored-status-not-listed': {
    spec: 'Poplet',
    summary: 'not stored: {status} is none of the statuses that this CDN stores',
  },
  'not-stored-vary': {
    spec: 'Poplet',
    summary: 'not stored: Vary names {names}, by which this CDN does not tell responses apart',
  },
  'not-stored-vary-uncoded': {
    spec: 'Poplet',
    summary:
      'not stored: Vary names Accept-Encoding, and the body has no content coding, as this CDN demands it',
  },
  'stale-failing': {
    spec: 'Poplet',
    summary: 'stale by {staleSeconds} s: served instead of the error, as this CDN does',
  },
  'refusal-overruled': {
    spec: 'Poplet',
    summary:
      'stored for {lifetimeSeconds} s, the least that this CDN stores anything, although the origin forbids it',
  },
  'default-lifetime': {
    spec: 'Poplet',
    summary: 'no explicit lifetime: stored for {lifetimeSeconds} s, the default of this CDN',
  },
  'not-stored-vary-star': {
    spec: 'RFC 9111 §4.1',
    summary:
      'not stored: a Vary with *, or with a field in which the edge says who asks, matches no later request',
  },
  'not-stored-dictionary': {
    spec: 'RFC 9842 §6.2',
    summary:
      'not stored: compressed with the client’s own dictionary, and Vary does not name {missing}; other clients could not read it',
  },
  'not-stored-status': {
    spec: 'RFC 9111 §3',
    summary:
      'not stored: a {status} needs a lifetime that this cache obeys, and nothing gives it one',
  },
  'not-stored-personal': {
    spec: 'RFC 9111 §4.2.2',
    summary:
      'not stored: the request carried Cookie or Authorization, and the response gives no lifetime and no strong ETag to tell one visitor’s page from another’s',
  },
  'not-stored-forbidden-status': {
    spec: 'RFC 6585 §3',
    summary: 'not stored: a {status} must not be stored by a cache',
  },
  'not-stored-no-freshness': {
    spec: 'RFC 9111 §4.2.1',
    summary: 'not stored: no lifetime ({why}) and no validator',
  },
  'not-stored-never-fresh': {
    spec: 'Poplet',
    summary:
      'not stored: no lifetime ({why}), and this CDN stores nothing that it would always ask about',
  },
  'not-stored-partial': {
    spec: 'RFC 9111 §3.3',
    summary: 'not stored: {status} is part of a body',
  },
  'part-stored': {
    spec: 'RFC 9111 §3.3',
    summary: 'stored as a part: {bytes} of {completeBytes} bytes',
  },
  'part-joined': {
    spec: 'RFC 9111 §3.4',
    summary:
      'joined to what is stored of the same version ({etag}): {bytes} of {completeBytes} bytes',
  },
  'part-unfit': {
    spec: 'RFC 9110 §15.3.7.3',
    summary: 'the answer ({status}) does not fit what is stored: asking for the whole',
  },
  'part-gone': {
    spec: 'RFC 9111 §3.4',
    summary: 'the rest of it is no longer stored: asking for the whole',
  },
  'part-known': {
    spec: 'RFC 9111 §3.4',
    summary: 'not stored: these bytes of the same version are stored already',
  },
  'cut-off-stored': {
    spec: 'RFC 9111 §3.3',
    summary: 'the body was cut off: stored as incomplete, {bytes} of {completeBytes} bytes',
  },
  'range-instead': {
    spec: 'RFC 9110 §14.2',
    summary: 'the whole ({bytes} bytes) is too large to be stored: asking for the range alone',
  },
  'not-stored-must-understand': {
    spec: 'RFC 9111 §5.2.2.3',
    summary: 'not stored: must-understand, and the meaning of {status} is unknown here',
  },
  'not-stored-method': { spec: 'RFC 9111 §3', summary: 'not stored: the answer to a {method}' },
  'not-stored-no-explicit-lifetime': {
    spec: 'RFC 9110 §9.3.3',
    summary:
      'not stored: the answer to a {method} needs max-age, s-maxage or Expires to answer later GETs',
  },
  'not-stored-too-large': {
    spec: 'Poplet',
    summary: 'not stored: {bytes} bytes are over the limit of {limitBytes}',
  },
  'not-stored-cut-off': {
    spec: 'RFC 9111 §3.3',
    summary: 'not stored: the body broke off ({why})',
  },
  'not-stored-store-failed': {
    spec: 'Poplet',
    summary: 'not stored: the store failed ({message})',
  },
  'not-stored-purged': { spec: 'Poplet', summary: 'not stored: purged while it was being fetched' },
  'not-stored-large-request': {
    spec: 'Poplet',
    summary:
      'not stored: this {status} may be about the size of the request ({bytes} bytes in {fields} header fields), and not about the page',
  },
  'not-stored-conditional': {
    spec: 'RFC 9110 §15.5.13',
    summary: 'not stored: {status} answers one client’s own condition or range',
  },
  'heuristic-refused-cookie': {
    spec: 'RFC 9111 §4.2.2',
    summary: 'no lifetime is guessed where {what}: it could be personal',
  },

  // ── settle: validation and stale answers ───────────────────────────────────────────────────
  confirmed: {
    spec: 'RFC 9111 §4.3.4',
    summary: 'the origin confirmed it (304); its lifetime is {lifetimeSeconds} s',
  },
  'confirmed-variant': {
    spec: 'RFC 9111 §4.3.4',
    summary: 'the origin confirmed another stored variant ({etag})',
  },
  replaced: { spec: 'RFC 9111 §4.3.3', summary: 'the origin sent a new response ({status})' },
  'head-confirms': {
    spec: 'RFC 9111 §4.3.5',
    summary:
      'the answer to HEAD agrees with what is stored for GET, which takes over its fields: fresh for {lifetimeSeconds} s',
  },
  'head-differs': {
    spec: 'RFC 9111 §4.3.5',
    summary:
      'the answer to HEAD differs from what is stored for GET ({field}): what is stored is stale now',
  },
  'head-proves-nothing': {
    spec: 'Poplet',
    summary:
      'the answer to HEAD has neither ETag nor Last-Modified: what was soft-purged stays stale',
  },
  'unmatched-304': {
    spec: 'RFC 9111 §4.3.4',
    summary: 'the 304 matches nothing stored: asking again without conditions',
  },
  'forwarded-304': {
    spec: 'RFC 9111 §4.3.3',
    summary: 'the 304 answers the client’s own condition and is passed on',
  },
  'upstream-error': { spec: 'RFC 9110 §15.6', summary: 'the origin answered {status}' },
  'upstream-failure': {
    spec: 'RFC 9110 §15.6.3',
    summary: 'no answer from the origin: {message} ({failure})',
  },
  'stale-if-error': {
    spec: 'RFC 5861 §4',
    summary:
      'stale by {staleSeconds} s, within stale-if-error={windowSeconds}: served instead of the error',
  },
  'stale-if-error-over': {
    spec: 'RFC 5861 §4',
    summary: 'stale by {staleSeconds} s, past stale-if-error={windowSeconds}',
  },
  'stale-disconnected': {
    spec: 'RFC 9111 §4.2.4',
    summary: 'the origin cannot be reached: served all the same, stale by {staleSeconds} s',
  },
  'must-revalidate-unreachable': {
    spec: 'RFC 9111 §5.2.2.2',
    summary: 'the origin gives no answer, and what is stored may not be served stale: 504',
  },
  invalidated: {
    spec: 'RFC 9111 §4.4',
    summary: '{method} succeeded: what was stored for {url} is invalid',
  },
  'invalidated-groups': {
    spec: 'RFC 9875 §3',
    summary: 'the answer says that what is stored in the groups {groups} is invalid',
  },
  'invalidated-shared-groups': {
    spec: 'RFC 9875 §2.2.1',
    summary:
      'what was stored here shares the groups {groups} with others: they are invalid as well',
  },
  retried: {
    spec: 'RFC 9110 §9.2.2',
    summary: 'the connection failed before any answer: asked once more',
  },

  // ── the edge ───────────────────────────────────────────────────────────────────────────────
  collapsed: {
    spec: 'RFC 9111 §4',
    summary: 'waited for the same answer that another request was already fetching',
  },
  'collapse-refused': { spec: 'Poplet', summary: 'the awaited answer could not be shared ({why})' },
  'collapse-timeout': {
    spec: 'Poplet',
    summary: 'the awaited answer did not begin within {ms} ms',
  },
  'do-not-collapse': {
    spec: 'Poplet',
    summary: 'an earlier answer here could not be shared: requests do not wait for one another',
  },
  'store-away': {
    spec: 'Poplet',
    summary: 'the remote store cannot be reached: nothing is looked up there, and nothing stored',
  },
  'body-unreachable': {
    spec: 'Poplet',
    summary: 'the stored body could not be read from the remote store',
  },
  'purge-not-shared': {
    spec: 'Poplet',
    summary:
      'purged here alone: the remote store cannot be reached, and other edges are told once it can',
  },
  'body-corrupt': { spec: 'Poplet', summary: 'the stored body failed its check and was dropped' },
  'body-mended': {
    spec: 'RFC 9110 §14.2',
    summary: 'a part of the stored body failed its check; fetched again from byte {startByte}',
  },
  'location-rewritten': {
    spec: 'RFC 9110 §10.2.2',
    summary: 'Location named the upstream’s own address; rewritten to {location}',
  },
  'client-not-modified': {
    spec: 'RFC 9110 §13.1',
    summary: 'the client’s own copy is current ({field}): 304',
  },
  'client-range': {
    spec: 'RFC 9110 §14.2',
    summary: 'the client asked for a part of the body (ranges sent: {count})',
  },
  'client-range-unsatisfiable': {
    spec: 'RFC 9110 §15.5.17',
    summary: 'no requested range lies within {bytes} bytes',
  },
  'client-if-range-changed': {
    spec: 'RFC 9110 §13.1.5',
    summary: 'If-Range names another version: the whole body is sent',
  },
  'coded-on-the-way': {
    spec: 'RFC 9110 §12.5.3',
    summary: 'compressed here as {coding}, while it goes out',
  },
  'coded-as-stored': {
    spec: 'RFC 9110 §12.5.3',
    summary: 'sent as it is stored in {coding}, {bytes} bytes',
  },
  decoded: {
    spec: 'RFC 9110 §12.5.3',
    summary: 'it came compressed as {coding}, which the client does not accept: decompressed here',
  },
  'not-coded-no-transform': {
    spec: 'RFC 9110 §7.7',
    summary: 'not compressed: the {by} says no-transform',
  },
  'not-coded-already': {
    spec: 'RFC 9110 §8.4',
    summary: 'not compressed here: it came as {coding}',
  },
  'not-coded-digest': {
    spec: 'RFC 9110 §7.7',
    summary: 'not compressed: {field} is about the bytes as they are',
  },
  'not-coded-type': {
    spec: 'Poplet',
    summary: 'not compressed: {type} is not worth it',
  },
  'not-coded-too-small': {
    spec: 'Poplet',
    summary: 'not compressed: {bytes} bytes are too few to be worth it ({minBytes} are the least)',
  },
  'not-coded-for-one': {
    spec: 'Poplet',
    summary:
      'not compressed: made for one visitor, whose secrets the length of a compressed body could give away (BREACH)',
  },
  'not-coded-busy': {
    spec: 'Poplet',
    summary: 'not compressed: too many bodies are being compressed just now',
  },
  'not-coded-range': {
    spec: 'RFC 9110 §14.2',
    summary: 'not compressed: a range is cut out of the body as it came',
  },
  'coding-failed': {
    spec: 'RFC 9110 §8.4',
    summary: 'the body could not be turned from {from} into {to}: {message}',
  },
  'unknown-host': { spec: 'RFC 9110 §15.5.20', summary: 'no site is configured for host {host}' },
  'malformed-request': { spec: 'RFC 9112 §2.2', summary: 'the request is malformed: {problem}' },
  'request-timeout': {
    spec: 'RFC 9110 §15.5.9',
    summary:
      'the request was not complete in time ({headersMs} ms for its header section, {requestMs} ms for all of it)',
  },
  'content-too-large': {
    spec: 'RFC 9110 §15.5.14',
    summary: 'the content of the request is over {limitBytes} bytes',
  },
  'target-too-long': {
    spec: 'RFC 9110 §15.5.15',
    summary: 'the request target is over {limitBytes} bytes',
  },
  'fields-too-large': {
    spec: 'RFC 6585 §5',
    summary: 'the request line and header fields are over {limitBytes} bytes',
  },
  'fields-too-many': {
    spec: 'RFC 6585 §5',
    summary: '{count} header fields; at most {limit} are read',
  },
  'edge-closed': {
    spec: 'Poplet',
    summary: 'the edge was ended before the answer was complete',
  },
  'client-gone': {
    spec: 'RFC 9112 §9.5',
    summary: 'the client closed the connection before the answer was complete',
  },
  'client-stalled': {
    spec: 'Poplet',
    summary: 'the client took nothing of the answer for {seconds} s: the connection was closed',
  },
  'too-many-connections': {
    spec: 'RFC 9110 §15.6.4',
    summary: 'more than {limit} connections are open',
  },
  'too-many-exchanges': {
    spec: 'RFC 9110 §15.6.4',
    summary: 'more than {limit} requests are being answered',
  },
  'early-hints': {
    spec: 'RFC 8297 §2',
    summary: '{count} links of the stored response were sent ahead (103)',
  },
  'http2-flood': {
    spec: 'RFC 9113 §10.5',
    summary: 'too many {frame} frames: the connection was ended',
  },
  'http2-broken': {
    spec: 'RFC 9113 §5.4.1',
    summary: 'the HTTP/2 connection was ended for an error: {problem}',
  },
  'plain-http': {
    spec: 'RFC 9110 §15.4.9',
    summary: 'it came in plain HTTP to the port of HTTPS: sent on to {location}',
  },
  'neither-tls-nor-http': {
    spec: 'RFC 9110 §15.5.1',
    summary: 'what came is neither TLS nor HTTP, and this port speaks HTTPS ({problem})',
  },
  'tls-name-unknown': {
    spec: 'RFC 6066 §3',
    summary: 'the TLS handshake asked for {name}, and there is no certificate for that name',
  },
  'tls-handshake-failed': { spec: 'RFC 8446 §6.2', summary: 'the TLS handshake failed: {problem}' },
  'tls-handshake-timeout': {
    spec: 'Poplet',
    summary: 'the TLS handshake was not over within {ms} ms',
  },
  'edge-fault': { spec: 'Poplet', summary: 'a fault of the edge itself: {message}' },
  'answer-cut-off': {
    spec: 'RFC 9112 §8',
    summary: 'the origin’s body ended early: the connection was closed so that the client notices',
  },
} as const satisfies Record<string, ReasonDefinition>;

export type ReasonCode = keyof typeof REASONS;

/** Reasons why stale reuse is forbidden. */
export type StaleForbiddance = Extract<ReasonCode, `stale-forbidden-${string}`>;

/** Names of the values in a summary: `'age' | 'limit'` in `{age} s of {limit} s`. */
type NamesIn<Summary extends string> = Summary extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

type ValueName<Code extends ReasonCode> = NamesIn<(typeof REASONS)[Code]['summary']>;

/** The values that the words of a reason need: all of them, and no others. */
type ValuesOf<Code extends ReasonCode> = [ValueName<Code>] extends [never]
  ? []
  : [values: Readonly<Record<ValueName<Code>, ReasonValue>>];

/** A reason with its compared values. */
export function reason<Code extends ReasonCode>(code: Code, ...[values]: ValuesOf<Code>): Reason {
  return values === undefined ? { code } : { code, values };
}

/** The reason in words, values filled in. */
export function renderReason({ code, values }: Reason): string {
  return REASONS[code].summary.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(values?.[name] ?? '?'),
  );
}

/** One reason in words, and the values behind the words. */
export interface ReasonView {
  readonly code: ReasonCode;
  /** The clause that makes the rule: `RFC 9111 §4.2`. */
  readonly spec: string;
  readonly text: string;
  readonly values: Readonly<Record<string, ReasonValue>>;
}

/** A reason as people and programs read it. */
export function reasonView(found: Reason): ReasonView {
  const { code, values = {} } = found;
  return { code, spec: REASONS[code].spec, text: renderReason(found), values };
}
