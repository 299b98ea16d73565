import type { Fact } from './vendor.ts';

/** The profile does otherwise. */
export function notEmulated(because: string): Pick<Fact, 'caseIds' | 'withoutCase'> {
  return { caseIds: [], withoutCase: { kind: 'not-emulated', because } };
}

/** The purge API does so, as the tests with that vendor's own client show: `sdks/test/<name>.test.ts`. */
export function inSdks(name: string): Pick<Fact, 'caseIds' | 'withoutCase'> {
  return noCase(`purges over an API are none of the case format; sdks/test/${name}.test.ts has it`);
}

/** The purge API does so, as a test by a clock of its own shows. */
export function inRates(): Pick<Fact, 'caseIds' | 'withoutCase'> {
  return noCase(
    'rates are none of the case format; packages/vendors/test/purge/rates.test.ts has them',
  );
}

/** The profile does so, and no case can tell. */
export function noCase(because: string): Pick<Fact, 'caseIds' | 'withoutCase'> {
  return { caseIds: [], withoutCase: { kind: 'no-case', because } };
}
