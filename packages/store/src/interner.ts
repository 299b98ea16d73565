/** Makes equal values one value, for up to `limit` of them: what comes after is kept as it came. */
export class Interner<T> {
  readonly #known = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  of(key: string, value: T): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size < this.#limit) this.#known.set(key, value);
    return value;
  }
}

const BEYOND_LATIN1 = /[^\0-\u00FF]/;

/**
 * The same text in memory of its own. A string that was cut out of another keeps the other alive, and
 * one that was joined keeps all its parts; both can be many times its size.
 */
export function flatCopy(text: string): string {
  return BEYOND_LATIN1.test(text) ? text : Buffer.from(text, 'latin1').toString('latin1');
}
