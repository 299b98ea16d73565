import { REQUEST_DIRECTIVES, rfc9111, type Policy } from '@poplet/policy';

/**
 * What the CDNs here have in common where they depart from `rfc9111`: none of them guesses a lifetime, obeys
 * a client's directives, or does what only newer specifications ask of a cache.
 */
export const plainCdn: Policy = {
  ...rfc9111,
  key: {
    ...rfc9111.key,
    noVarySearch: false,
    contentLanguageSelects: false,
    overrideFields: [],
  },
  storability: { ...rfc9111.storability, postAnswers: false },
  freshness: { ...rfc9111.freshness, heuristicFraction: 0 },
  validation: { ...rfc9111.validation, ignoredRequestDirectives: REQUEST_DIRECTIVES },
  invalidation: { ...rfc9111.invalidation, groups: 'ignored' },
  downstream: { ...rfc9111.downstream, earlyHints: 'forwarded' },
};
