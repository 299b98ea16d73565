import type { KeyPolicy } from './contracts/policy.ts';
import { parseVariation, type Variation } from './fields/variation.ts';
import type { FieldReader } from './headers.ts';

/** What a response says beside Vary that it depends on, and where a request says its country. */
export interface SaidVariation extends Variation {
  readonly countryField: string;
}

/** Null where the policy knows no such field. */
export function variationOf(response: FieldReader, { variation }: KeyPolicy): SaidVariation | null {
  if (variation === null) return null;
  const { name, countryField } = variation;
  return { ...parseVariation(response.lines(name)), countryField };
}
