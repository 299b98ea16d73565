import type { StoredResponse } from '@poplet/policy';

/** As many stored responses are counted; of more, those that were served longest ago begin anew. */
const COUNTED = 10_000;

/** How often each stored response was served since it was fetched. */
export class Hits {
  readonly #byResponse = new Map<string, number>();

  /** It is being served: how often that makes. */
  served(response: StoredResponse): number {
    const key = keyOf(response);
    const hits = (this.#byResponse.get(key) ?? 0) + 1;
    this.#byResponse.delete(key);
    this.#byResponse.set(key, hits);
    if (this.#byResponse.size > COUNTED) {
      const [oldest] = this.#byResponse.keys();
      this.#byResponse.delete(oldest as string);
    }
    return hits;
  }

  /** It has been fetched. */
  fetched(response: StoredResponse): void {
    this.#byResponse.delete(keyOf(response));
  }
}

function keyOf({ primaryKey, rule, variantKey }: StoredResponse): string {
  return `${primaryKey}\n${rule.id}\n${variantKey}`;
}
