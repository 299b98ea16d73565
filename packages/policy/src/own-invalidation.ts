import type { Settlement } from './contracts/settlement.ts';

export interface AppliedInvalidation {
  /** Whether a purge reached the response between its request and the invalidation. */
  readonly wasPurged: boolean;
  /** The purge sequence since the invalidation. */
  readonly sequence: number;
}

/**
 * A settlement whose invalidation has been applied. What it stores itself is the new state, not what
 * was invalidated (RFC 9111 §4.4): it counts as fetched after that. Where a purge came while it was on
 * its way, it stays older than that purge, and is not stored.
 */
export function afterInvalidation(
  settlement: Settlement,
  { wasPurged, sequence }: AppliedInvalidation,
): Settlement {
  const { store } = settlement;
  if (store.kind !== 'insert' || wasPurged) return settlement;
  const response = { ...store.response, fetchedSeq: sequence, validatedSeq: sequence };
  return { ...settlement, store: { ...store, response } };
}
