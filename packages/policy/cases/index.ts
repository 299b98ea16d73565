import { collectCases } from '@poplet/conformance';

import { cacheStatusCases } from './cache-status.cases.ts';
import { conditionalCases } from './conditional.cases.ts';
import { forwardingCases } from './forwarding.cases.ts';
import { freshnessCases } from './freshness.cases.ts';
import { headCases } from './head.cases.ts';
import { immutableCases } from './immutable.cases.ts';
import { invalidationCases } from './invalidation.cases.ts';
import { methodCases } from './methods.cases.ts';
import { purgeCases } from './purge.cases.ts';
import { rangeCases } from './range.cases.ts';
import { requestDirectiveCases } from './request-directives.cases.ts';
import { staleCases } from './stale.cases.ts';
import { storabilityCases } from './storability.cases.ts';
import { transferCases } from './transfer.cases.ts';
import { validationCases } from './validation.cases.ts';
import { varyCases } from './vary.cases.ts';

/** Every case of the `rfc9111` profile, dependencies first. */
export const policyCases = collectCases([
  storabilityCases,
  freshnessCases,
  requestDirectiveCases,
  staleCases,
  validationCases,
  conditionalCases,
  rangeCases,
  headCases,
  varyCases,
  invalidationCases,
  methodCases,
  immutableCases,
  cacheStatusCases,
  forwardingCases,
  purgeCases,
  transferCases,
]);
