import { isFreshAt } from '../age.ts';
import type { Settlement } from '../contracts/settlement.ts';
import type { StoredFacts } from '../contracts/stored-response.ts';

/** Whether requests that waited may reuse a response that has just arrived (RFC 9111 §4). */
export function sharingOf(facts: StoredFacts): Settlement['sharing'] {
  const isReusable =
    !facts.alwaysValidate && isFreshAt(facts, Math.floor(facts.initialAgeMs / 1000));
  return isReusable ? 'shareable' : 'unknown';
}
