export { isAsking, MAX_RESUMES, type AskingDecision } from './asking.ts';
export { currentAgeSeconds, isFreshAt, ttlSecondsOf } from './age.ts';
export { cacheStatusOf, type CacheStatusInput } from './cache-status.ts';
export { cdnInfoOf } from './cdn-loop.ts';
export * from './contracts/decision.ts';
export * from './contracts/exchange-record.ts';
export * from './contracts/outcome.ts';
export * from './contracts/own-fields.ts';
export * from './contracts/policy.ts';
export * from './contracts/purge-api.ts';
export * from './contracts/purge.ts';
export * from './contracts/request.ts';
export * from './contracts/response-plan.ts';
export * from './contracts/route-rule.ts';
export * from './contracts/settlement.ts';
export * from './contracts/stored-response.ts';
export * from './contracts/upstream-request.ts';
export { decide, type DecideInput } from './decide.ts';
export * from './errors.ts';
export { explain, type ExplainedExchange, type ExplainInput } from './explain/explain.ts';
export * from './explain/explanation.ts';
export { fieldPairs, type FieldPairs } from './explain/field-pairs.ts';
export { applyHeaderPatch, type HeaderPatch } from './explain/header-patch.ts';
export { durationWords } from './explain/lifetimes.ts';
export type { Scene } from './explain/rehearsal.ts';
export { suggest, type Suggestions } from './explain/suggest.ts';
export * from './explain/suggestion.ts';
export * from './explain/treatment.ts';
export { AcceptedCodings, type Coding, type ContentCoding } from './fields/accept-encoding.ts';
export { parseCacheControl, type CacheControl } from './fields/cache-control.ts';
export {
  formatDirectives,
  withDirective,
  withFirstDirective,
  writtenDirective,
  writtenDirectives,
  type WrittenDirective,
} from './fields/directive-list.ts';
export {
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
  type EntityTag,
} from './fields/etag.ts';
export { isFieldValue } from './fields/field-value.ts';
export { parseNoVarySearch, type SearchVariance } from './fields/no-vary-search.ts';
export { isToken } from './fields/list.ts';
export {
  formatContentRange,
  formatUnsatisfiedRange,
  parseRange,
  resolveRanges,
  type ByteSpan,
} from './fields/range.ts';
export { parseVary } from './fields/vary.ts';
export { formatHttpDate, parseHttpDate } from './fields/http-date.ts';
export { incompleteOf, storedBytesOf, type CutOffBody } from './incomplete.ts';
export { factsOf, type FactsInput } from './facts.ts';
export { upstreamRequest, type ForwardInput } from './forward.ts';
export * from './headers.ts';
export { learntHints, type LearntHintsInput } from './early-hints.ts';
export { forwardedInformational, type InformationalHead } from './informational.ts';
export { isInPreferredLanguage, languageKeyOf, languageKeyOfStored } from './language-selection.ts';
export { absoluteUriOf, primaryKeyOf, siteOfKey, uriOfKey } from './key.ts';
export { afterInvalidation, type AppliedInvalidation } from './own-invalidation.ts';
export { rewriteLocation, type OwnAddress } from './location.ts';
export { ALLOWED_METHODS, ownAnswer, type OwnAnswer, type OwnAnswerInput } from './own-answer.ts';
export { isServedAtOnce, withOwnFields } from './own-fields.ts';
export {
  planProblem,
  planStored,
  planUpstream,
  type ProblemPlanInput,
  type StoredPlanInput,
  type UpstreamPlanInput,
} from './plan.ts';
export { rfc9111 } from './profile.ts';
export {
  hasContent,
  readRequest,
  type PseudoFields,
  type ReadRequest,
  type RequestHead,
} from './read-request.ts';
export * from './reasons.ts';
export { REQUEST_DIRECTIVES } from './request-directives.ts';
export { isUnsafe } from './request-kind.ts';
export { answersFor, searchKeyOf, splitSearch } from './search-variance.ts';
export { hasFoldedTags } from './purge-labels.ts';
export { MATCHES_ALL, selectionOf, variantKeyOf, type Selection } from './select.ts';
export { askAgain } from './settle/ask-again.ts';
export type { SettleInput } from './settle/context.ts';
export { settle } from './settle/settle.ts';
export { STORED_BECAUSE } from './storable.ts';
export { STORE_AWAY, whileStoreAway } from './store-away.ts';
export { provenanceOf } from './provenance.ts';
export { STATUS_TEXT } from './status-text.ts';
export { endToEndTrailers, sharedTrailers } from './trailers.ts';
