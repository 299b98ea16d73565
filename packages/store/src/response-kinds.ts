import type {
  FieldLines,
  SearchVariance,
  SelectionRule,
  StoredCoding,
  StoredFacts,
  StoredPart,
  StoredResponse,
} from '@poplet/policy';

/** Facts that many responses of a site have in common. */
type CommonFacts = Omit<StoredFacts, 'initialAgeMs' | 'etag' | 'lastModifiedAtMs' | 'dateAtMs'>;

/** What many stored responses have in common, and an index of a million of them has once. */
export interface ResponseKind {
  readonly rule: SelectionRule;
  readonly variantKey: string;
  readonly variance: SearchVariance | null;
  readonly status: number;
  readonly statusText: string;
  readonly trailers: FieldLines;
  readonly part: StoredPart | null;
  readonly codings: readonly StoredCoding[];
  readonly groups: readonly string[];
  readonly fetchedSeq: number;
  readonly validatedSeq: number;
  readonly facts: CommonFacts;
  /** Whether the entity tag is weak; null: there is none. */
  readonly isEtagWeak: boolean | null;
  /** Instants of such responses are counted from here: real ones, and the virtual one. */
  readonly realBaseMs: number;
  readonly virtualBaseMs: number;
}

/** Some twelve days: the bases of instants are multiples of it, so that it is small what is counted from them. Whole seconds. */
const BASE_STEP_MS = 1_000_000_000;

/** Longer texts are likely to be one response's own. */
const MAX_SHARED_LENGTH = 256;

/** The kinds of an index. Bounded: when there are too many, what comes after is compared with none before. */
export class ResponseKinds {
  readonly #known = new Map<string, ResponseKind>();
  readonly #limit: number;

  constructor(limit = 4096) {
    this.#limit = limit;
  }

  of(response: StoredResponse): ResponseKind {
    const kind = kindOf(response);
    if (!isLikelyShared(kind)) return kind;
    const { staleWhileRevalidateSeconds, staleIfErrorSeconds } = kind.facts;
    // JSON has null for a window without an end, too.
    const isEndless = [staleWhileRevalidateSeconds === Infinity, staleIfErrorSeconds === Infinity];
    const key = JSON.stringify([kind.rule.id, ...isEndless, { ...kind, rule: null }]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#limit) this.#known.clear();
    this.#known.set(key, kind);
    return kind;
  }
}

function kindOf(response: StoredResponse): ResponseKind {
  const { initialAgeMs: _, etag, lastModifiedAtMs: __, dateAtMs: ___, ...facts } = response.facts;
  return {
    rule: response.rule,
    variantKey: response.variantKey,
    variance: response.variance,
    status: response.status,
    statusText: response.statusText,
    trailers: response.trailers,
    part: response.part,
    codings: response.codings ?? [],
    groups: response.groups,
    fetchedSeq: response.fetchedSeq,
    validatedSeq: response.validatedSeq,
    facts,
    isEtagWeak: etag === null ? null : etag.weak,
    realBaseMs: baseOf(response.responseAtMs),
    virtualBaseMs: baseOf(response.residentSinceMs),
  };
}

function baseOf(atMs: number): number {
  return Math.round(atMs / BASE_STEP_MS) * BASE_STEP_MS;
}

function isLikelyShared(kind: ResponseKind): boolean {
  return (
    kind.variance === null &&
    kind.part === null &&
    kind.trailers.length === 0 &&
    kind.groups.length === 0 &&
    kind.codings.length === 0 &&
    kind.rule.id.length + kind.variantKey.length + kind.statusText.length <= MAX_SHARED_LENGTH
  );
}
