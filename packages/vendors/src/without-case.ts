import type { Fact } from './vendor.ts';

/** The profile does otherwise. */
export function notEmulated(because: string): Pick<Fact, 'caseIds' | 'withoutCase'> {
  return { caseIds: [], withoutCase: { kind: 'not-emulated', because } };
}

/** The profile does so, and no case can tell. */
export function noCase(because: string): Pick<Fact, 'caseIds' | 'withoutCase'> {
  return { caseIds: [], withoutCase: { kind: 'no-case', because } };
}
