import type { Settlement } from './contracts/settlement.ts';
import { reason, type Reason, type ReasonCode } from './reasons.ts';
import { NOTHING_DONE } from './settle/context.ts';
import { STORED_BECAUSE } from './storable.ts';

/** One value, so that it is said once, wherever it was noticed. */
export const STORE_AWAY: Reason = reason('store-away');

/** What is true only of what is stored. */
const PROMISES: ReadonlySet<ReasonCode> = new Set([
  ...STORED_BECAUSE,
  'stored-set-cookie',
  'vary-variant',
  'search-variance',
  'part-stored',
]);

/** The same settlement where the store cannot be reached: what would have been stored is passed on. */
export function whileStoreAway(settlement: Settlement): Settlement {
  const { answer, store, reasons } = settlement;
  if (store.kind !== 'insert' || answer.kind !== 'upstream') return settlement;
  const left = reasons.filter(({ code }) => !PROMISES.has(code));
  return {
    ...settlement,
    ...NOTHING_DONE,
    invalidate: settlement.invalidate,
    outcome: 'bypass',
    reasons: [...left, STORE_AWAY],
  };
}
