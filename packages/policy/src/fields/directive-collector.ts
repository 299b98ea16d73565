import type { CacheControl, DeltaValue } from './cache-control.ts';

/** Directives that carry a number of seconds. */
export type AmountName =
  | 'max-age'
  | 's-maxage'
  | 'min-fresh'
  | 'max-stale'
  | 'stale-while-revalidate'
  | 'stale-if-error';

/** Directives that are either said outright or name fields. */
export type QualifiableName = 'no-cache' | 'private';

/** As many malformed directives are kept, each cut to so many characters, for explanations. */
const MALFORMED_KEPT = 16;
const MALFORMED_CHARACTERS = 80;

/**
 * Adds up the directives of one field. Where they repeat or contradict one another, the most
 * restrictive reading wins, so that their order never matters.
 */
export class DirectiveCollector {
  readonly #flags = new Set<string>();
  readonly #amounts = new Map<AmountName, number | 'invalid'>();
  readonly #fields = new Map<QualifiableName, Set<string>>();
  readonly #malformed: string[] = [];
  #lifetimesDistrusted = false;

  /** A directive that holds, in its unqualified form. */
  addFlag(name: string): void {
    this.#flags.add(name);
  }

  /** A directive with seconds; `'invalid'` when its argument is missing or malformed. */
  addAmount(name: AmountName, value: number | 'invalid'): void {
    const known = this.#amounts.get(name);
    this.#amounts.set(name, known === undefined ? value : mostRestrictive(name, known, value));
  }

  /** The qualified form of no-cache or private. Field names are compared in lower case. */
  addFields(name: QualifiableName, fields: readonly string[]): void {
    const known = this.#fields.get(name) ?? new Set();
    for (const field of fields) known.add(field.toLowerCase());
    this.#fields.set(name, known);
  }

  /** A directive that was dropped, or read fail-safe. */
  addMalformed(text: string): void {
    if (this.#malformed.length < MALFORMED_KEPT) {
      this.#malformed.push(text.slice(0, MALFORMED_CHARACTERS));
    }
  }

  /** Says that a lifetime was meant which could not be read: none of those that could counts. */
  distrustLifetimes(): void {
    this.#lifetimesDistrusted = true;
  }

  /** What all of it adds up to. */
  result(): CacheControl {
    return {
      present: true,
      noStore: this.#flags.has('no-store'),
      noCache: this.#flags.has('no-cache'),
      noCacheFields: this.#names('no-cache'),
      private: this.#flags.has('private'),
      privateFields: this.#names('private'),
      public: this.#flags.has('public'),
      mustRevalidate: this.#flags.has('must-revalidate'),
      proxyRevalidate: this.#flags.has('proxy-revalidate'),
      mustUnderstand: this.#flags.has('must-understand'),
      noTransform: this.#flags.has('no-transform'),
      immutable: this.#flags.has('immutable'),
      onlyIfCached: this.#flags.has('only-if-cached'),
      maxAgeSeconds: this.#maxAge(),
      sMaxageSeconds: this.#sMaxage(),
      minFreshSeconds: this.#amounts.get('min-fresh') ?? null,
      maxStaleSeconds: this.#amounts.get('max-stale') ?? null,
      staleWhileRevalidateSeconds: this.#window('stale-while-revalidate'),
      staleIfErrorSeconds: this.#window('stale-if-error'),
      malformed: this.#malformed,
    };
  }

  #names(name: QualifiableName): readonly string[] {
    return [...(this.#fields.get(name) ?? [])];
  }

  // RFC 9111 §4.2.1: caches are encouraged to consider invalid freshness information stale.
  #maxAge(): DeltaValue {
    return this.#lifetimesDistrusted ? 'invalid' : (this.#amounts.get('max-age') ?? null);
  }

  // Not made up where it is absent: s-maxage also permits what would be forbidden (RFC 9111 §3.5).
  #sMaxage(): DeltaValue {
    const value = this.#amounts.get('s-maxage') ?? null;
    return this.#lifetimesDistrusted && value !== null ? 'invalid' : value;
  }

  // RFC 5861 §3, §4: both permit stale responses, so an invalid window permits none.
  #window(name: 'stale-while-revalidate' | 'stale-if-error'): number | null {
    const value = this.#amounts.get(name);
    return value === undefined || value === 'invalid' ? null : value;
  }
}

/**
 * RFC 9111 §4.2.1: of repeated values, either the first is used or the response considered stale, and
 * the most restrictive of conflicting directives is honoured. The lowest value does both: it is never
 * fresher than the first, and does not depend on the order in which an intermediary joined lines.
 */
function mostRestrictive(
  name: AmountName,
  a: number | 'invalid',
  b: number | 'invalid',
): number | 'invalid' {
  if (a === 'invalid' || b === 'invalid') return 'invalid';
  // RFC 9111 §5.2.1.3: min-fresh alone asks for more the higher it is.
  return name === 'min-fresh' ? Math.max(a, b) : Math.min(a, b);
}
