import type { StoredResponse } from '@poplet/policy';

import { IndexedResponse } from './indexed-response.ts';

/** What stands for the body of a response that an index holds or held: of no other, and the same under newer metadata. */
export function bodyIdOf(response: StoredResponse): object | undefined {
  return IndexedResponse.bodyOf(response);
}

/** What stands for all that an index holds or held of a response: another number as soon as anything of it is another. */
export function versionOf(response: StoredResponse): number | undefined {
  return IndexedResponse.versionOf(response);
}
