import {
  StoredFields,
  type FieldLines,
  type SearchVariance,
  type SelectionRule,
  type StoredCoding,
  type StoredFacts,
  type StoredPart,
  type StoredResponse,
} from '@poplet/policy';

import { flatCopy, Interner } from './interner.ts';

const NO_STRINGS: readonly string[] = [];
const NO_CODINGS: readonly StoredCoding[] = [];
const SHARED_VALUES = 1024;
const SHARED_TEXT_LENGTH = 256;

/** Values that many responses have in common. */
export class SharedValues {
  readonly #rules = new Interner<SelectionRule>(SHARED_VALUES);
  readonly #variances = new Interner<SearchVariance>(SHARED_VALUES);
  readonly #texts = new Interner<string>(SHARED_VALUES);

  rule(rule: SelectionRule): SelectionRule {
    return rule.id.length > SHARED_TEXT_LENGTH ? rule : this.#rules.of(rule.id, rule);
  }

  variance(variance: SearchVariance | null): SearchVariance | null {
    if (variance === null || variance.id.length > SHARED_TEXT_LENGTH) return variance;
    return this.#variances.of(variance.id, variance);
  }

  text(text: string): string {
    const copy = flatCopy(text);
    return text.length > SHARED_TEXT_LENGTH ? copy : this.#texts.of(copy, copy);
  }
}

let versions = 0;

/**
 * A stored response, and the only link to its body: whoever holds it can still say which body it
 * belonged to. Spreading it copies the metadata and leaves the body behind.
 */
export class IndexedResponse implements StoredResponse {
  readonly primaryKey: string;
  readonly rule: SelectionRule;
  readonly variantKey: string;
  readonly variance: SearchVariance | null;
  readonly status: number;
  readonly statusText: string;
  readonly fields: StoredFields;
  readonly trailers: FieldLines;
  readonly bodyBytes: number;
  readonly part: StoredPart | null;
  readonly codings: readonly StoredCoding[];
  readonly requestAtMs: number;
  readonly responseAtMs: number;
  readonly residentSinceMs: number;
  readonly fetchedSeq: number;
  readonly validatedSeq: number;
  readonly tags: readonly string[];
  readonly groups: readonly string[];
  readonly facts: StoredFacts;
  readonly #body: object;
  readonly #version: number;

  /**
   * `bodyBytes` of the response must be the length of this body. Texts are kept as they are: see `compacted`.
   * `version`: of one that was the same in all; absent, it is like none before.
   */
  constructor(response: StoredResponse, body: object, version: number = (versions += 1)) {
    this.primaryKey = response.primaryKey;
    this.rule = response.rule;
    this.variantKey = response.variantKey;
    this.variance = response.variance;
    this.status = response.status;
    this.statusText = response.statusText;
    this.fields = response.fields;
    this.trailers = response.trailers;
    this.bodyBytes = response.bodyBytes;
    this.part = response.part;
    this.codings = response.codings ?? NO_CODINGS;
    this.requestAtMs = response.requestAtMs;
    this.responseAtMs = response.responseAtMs;
    this.residentSinceMs = response.residentSinceMs;
    this.fetchedSeq = response.fetchedSeq;
    this.validatedSeq = response.validatedSeq;
    this.tags = response.tags;
    this.groups = response.groups;
    this.facts = response.facts;
    this.#body = body;
    this.#version = version;
  }

  /** Undefined for a response that no index holds or held. */
  static bodyOf(response: StoredResponse): object | undefined {
    return #body in response ? response.#body : undefined;
  }

  /** Undefined for a response that no index holds or held. */
  static versionOf(response: StoredResponse): number | undefined {
    return #version in response ? response.#version : undefined;
  }
}

/** A response whose texts are copies: nothing is kept alive by them. */
export function compacted(response: StoredResponse, shared: SharedValues): StoredResponse {
  return {
    ...response,
    primaryKey: flatCopy(response.primaryKey),
    rule: shared.rule(response.rule),
    variantKey: shared.text(response.variantKey),
    variance: shared.variance(response.variance),
    statusText: shared.text(response.statusText),
    fields: new StoredFields(flatCopy(response.fields.block)),
    trailers: orNone(response.trailers),
    tags: orNone(response.tags),
    groups: orNone(response.groups),
    facts: compactFacts(response.facts),
  };
}

// The tag was cut out of a header block, and would keep all of it.
function compactFacts(facts: StoredFacts): StoredFacts {
  const { etag } = facts;
  if (etag === null) return facts;
  return { ...facts, etag: { weak: etag.weak, opaque: flatCopy(etag.opaque) } };
}

function orNone(strings: readonly string[]): readonly string[] {
  return strings.length === 0 ? NO_STRINGS : strings.map((text) => flatCopy(text));
}
