import { REQUEST_DIRECTIVES, rfc9111, type Policy } from '@poplet/policy';
import { VISITOR_FIELDS } from './visitor.ts';

/**
 * What the CDNs here have in common where they depart from `rfc9111`: none of them guesses a lifetime, obeys
 * a client's directives, asks whether one variant is another, or does what only newer specifications ask of a cache. What a request says of where
 * its client is goes on under their own names, if at all.
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
  validation: {
    ...rfc9111.validation,
    ignoredRequestDirectives: REQUEST_DIRECTIVES,
    offersVariants: false,
  },
  invalidation: { ...rfc9111.invalidation, groups: 'ignored' },
  fill: { ...rfc9111.fill, strip: [...rfc9111.fill.strip, ...VISITOR_FIELDS] },
  downstream: { ...rfc9111.downstream, earlyHints: 'forwarded' },
};
