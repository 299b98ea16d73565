import type { StoredResponse } from '@poplet/policy';
import type { BodySource } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';

/** The body of a stored response; undefined when it was evicted or purged since `lookup`: look again. */
export function open(response: StoredResponse, { store }: EdgeContext): BodySource | undefined {
  return store.open(response);
}
