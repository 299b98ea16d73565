import { collectCases, dependingOn } from '@poplet/conformance';

import { authorizationCases } from './authorization.cases.ts';
import { cacheStatusCases } from './cache-status.cases.ts';
import { cdnLoopCases } from './cdn-loop.cases.ts';
import { codingTableCases } from './coding-table.cases.ts';
import { codingCases } from './coding.cases.ts';
import { conditionalCases } from './conditional.cases.ts';
import { fieldCases } from './fields.cases.ts';
import { deceptionCases } from './deception.cases.ts';
import { dictionaryCases } from './dictionary.cases.ts';
import { forwardingCases } from './forwarding.cases.ts';
import { freshnessCases } from './freshness.cases.ts';
import { groupCases } from './groups.cases.ts';
import { headCases } from './head.cases.ts';
import { immutableCases } from './immutable.cases.ts';
import { invalidationCases } from './invalidation.cases.ts';
import { messageCases } from './messages.cases.ts';
import { methodCases } from './methods.cases.ts';
import { noVarySearchCases } from './no-vary-search.cases.ts';
import { policyChunkCases } from './policy-chunks.cases.ts';
import { policyFieldCases } from './policy-fields.cases.ts';
import { policySilenceCases } from './policy-silence.cases.ts';
import { policyVariationCases } from './policy-variation.cases.ts';
import { poisoningCases } from './poisoning.cases.ts';
import { postContentLocationCases } from './post-content-location.cases.ts';
import { ownAnswerCases } from './own-answer.cases.ts';
import { partialCases } from './partial.cases.ts';
import { preferenceCases } from './preference.cases.ts';
import { purgeCases } from './purge.cases.ts';
import { qualifiedCases } from './qualified.cases.ts';
import { rangeCases } from './range.cases.ts';
import { requestDirectiveCases } from './request-directives.cases.ts';
import { requestTargetCases } from './request-target.cases.ts';
import { staleCases } from './stale.cases.ts';
import { storabilityCases } from './storability.cases.ts';
import { structuredCases } from './structured.cases.ts';
import { transferCases } from './transfer.cases.ts';
import { validationCases } from './validation.cases.ts';
import { varyCases } from './vary.cases.ts';
import { wordCases } from './words.cases.ts';
import { wireRequestCases } from './wire-requests.cases.ts';
import { wireResponseCases } from './wire-responses.cases.ts';

/** Whatever else fails: is anything stored and found again, and does a validator come back? */
const STORES = ['storability-max-age'];
const VALIDATES = ['storability-max-age', 'validation-etag'];

/** Every case of the `rfc9111` profile, dependencies first. */
export const policyCases = collectCases([
  storabilityCases,
  forwardingCases,
  methodCases,
  requestTargetCases,
  ownAnswerCases,
  cdnLoopCases,
  partialCases,
  transferCases,
  wireRequestCases,
  wireResponseCases,
  dependingOn(STORES, fieldCases),
  dependingOn(STORES, messageCases),
  dependingOn(STORES, validationCases),
  dependingOn(STORES, conditionalCases),
  dependingOn(STORES, rangeCases),
  dependingOn(STORES, codingCases),
  dependingOn(STORES, codingTableCases),
  dependingOn(STORES, headCases),
  dependingOn(STORES, varyCases),
  dependingOn(STORES, wordCases),
  dependingOn(STORES, noVarySearchCases),
  dependingOn(STORES, preferenceCases),
  dependingOn(STORES, dictionaryCases),
  dependingOn(STORES, invalidationCases),
  dependingOn(STORES, groupCases),
  dependingOn(STORES, postContentLocationCases),
  dependingOn(STORES, poisoningCases),
  dependingOn(STORES, deceptionCases),
  dependingOn(STORES, purgeCases),
  dependingOn(STORES, structuredCases),
  dependingOn(VALIDATES, policyFieldCases),
  dependingOn(VALIDATES, policySilenceCases),
  dependingOn(VALIDATES, policyChunkCases),
  dependingOn(VALIDATES, policyVariationCases),
  dependingOn(VALIDATES, authorizationCases),
  dependingOn(VALIDATES, qualifiedCases),
  dependingOn(VALIDATES, freshnessCases),
  dependingOn(VALIDATES, requestDirectiveCases),
  dependingOn(VALIDATES, staleCases),
  dependingOn(VALIDATES, immutableCases),
  dependingOn(VALIDATES, cacheStatusCases),
]);

export { policyRequirements } from './requirements/index.ts';
