import type { KeyPolicy } from './contracts/policy.ts';
import { NO_VARIATION, parseVariation, type Variation } from './fields/variation.ts';
import type { FieldReader } from './headers.ts';

/** What a response says beside Vary that it depends on. */
export function variationOf(response: FieldReader, { variation }: KeyPolicy): Variation {
  return variation === null ? NO_VARIATION : parseVariation(response.lines(variation.name));
}
