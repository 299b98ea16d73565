import { StoredFields, type SearchVariance, type SelectionRule } from '@poplet/policy';

import { bodiesBytesOf, heldBytesOf } from './held-bytes.ts';
import { IndexedResponse } from './indexed-response.ts';
import { packEtag, packTags, unpackEtag, unpackTags } from './packed-text.ts';
import type { Purgeable } from './purge-scope.ts';
import type { Recent } from './recency-list.ts';
import type { ResponseKind } from './response-kinds.ts';

/** Within it, V8 keeps numbers in their field, without a box around them. */
const SMALL = 2 ** 30;

/** In place of an instant: the response has numbers that cannot be packed. */
const NOT_PACKED = -SMALL;

const NOTHING = {};

/** Its place in the index. */
export interface Insertion {
  /** Rises with each. */
  readonly order: number;
  /** Purge sequence at which it was found alive. */
  readonly checkedSeq: number;
}

/**
 * One stored response in the index, packed: there may be a million. What it has in common with others is
 * theirs too, instants are small numbers counted from a base, and its entity tag and tags are places in
 * its header. The response itself is made of that when somebody asks for it.
 */
export class IndexEntry implements Recent<IndexEntry>, Purgeable {
  readonly primaryKey: string;
  readonly order: number;
  /** Purge sequence at which it was last found alive. */
  checkedSeq: number;
  /** Virtual instant of the soft purge that reached it. */
  softPurgedAtMs: number | undefined = undefined;
  newer: IndexEntry | undefined = undefined;
  older: IndexEntry | undefined = undefined;
  /** The response as it was last made, while it is warm; always where it cannot be packed. */
  #whole: IndexedResponse | undefined = undefined;
  #kind!: ResponseKind;
  #block = '';
  #body!: object;
  #version = 0;
  #bodyBytes = 0;
  #requestAt = 0;
  #responseAt = 0;
  #residentSince = 0;
  #initialAge = 0;
  #dateAt = 0;
  /** In seconds. */
  #lastModifiedAt: number | null = null;
  #etag: number | string | null = null;
  #tags: number | readonly string[] = 0;

  /** It is warm. */
  constructor(response: IndexedResponse, kind: ResponseKind, { order, checkedSeq }: Insertion) {
    this.primaryKey = response.primaryKey;
    this.order = order;
    this.checkedSeq = checkedSeq;
    this.take(response, kind);
  }

  /** Takes a record of the response, and keeps it. No private method, for which each object would pay. */
  take(response: IndexedResponse, kind: ResponseKind): void {
    const { facts, fields, tags } = response;
    const { realBaseMs, virtualBaseMs } = kind;
    this.#whole = response;
    this.#kind = kind;
    this.#block = fields.block;
    this.#body = IndexedResponse.bodyOf(response) as object;
    this.#version = IndexedResponse.versionOf(response) as number;
    this.#etag = facts.etag === null ? null : packEtag(facts.etag.opaque, fields.block);
    this.#tags = packTags(tags, fields.block);
    const { lastModifiedAtMs, initialAgeMs } = facts;
    const requestAt = response.requestAtMs - realBaseMs;
    const responseAt = response.responseAtMs - realBaseMs;
    const residentSince = response.residentSinceMs - virtualBaseMs;
    const dateAt = facts.dateAtMs - realBaseMs;
    const lastModifiedAt = lastModifiedAtMs === null ? 0 : (lastModifiedAtMs - realBaseMs) / 1000;
    if (
      !isSmall(response.bodyBytes) ||
      !isSmall(requestAt) ||
      !isSmall(responseAt) ||
      !isSmall(residentSince) ||
      !isSmall(initialAgeMs) ||
      !isSmall(dateAt) ||
      !isSmall(lastModifiedAt)
    ) {
      this.#requestAt = NOT_PACKED;
      return;
    }
    // Without `| 0`, what was worked out with fractions in mind would be kept in a box.
    this.#bodyBytes = response.bodyBytes | 0;
    this.#requestAt = requestAt | 0;
    this.#responseAt = responseAt | 0;
    this.#residentSince = residentSince | 0;
    this.#initialAge = initialAgeMs | 0;
    this.#dateAt = dateAt | 0;
    this.#lastModifiedAt = lastModifiedAtMs === null ? null : lastModifiedAt | 0;
  }

  get isWarm(): boolean {
    return this.#whole !== undefined;
  }

  /** Keeps the response that it is made into. */
  warm(): void {
    this.#whole = this.response;
  }

  /** Lets go of it, if it can be made again. */
  cool(): void {
    if (this.#requestAt !== NOT_PACKED) this.#whole = undefined;
  }

  /** It has left the index: what still knows it keeps neither body nor header alive. */
  bury(): void {
    this.#whole = undefined;
    this.#body = NOTHING;
    this.#block = '';
  }

  /** The same one while it is warm. */
  get response(): IndexedResponse {
    if (this.#whole !== undefined) return this.#whole;
    const kind = this.#kind;
    const { facts, isEtagWeak, realBaseMs } = kind;
    const block = this.#block;
    const etag = this.#etag;
    const lastModifiedAt = this.#lastModifiedAt;
    return new IndexedResponse(
      {
        primaryKey: this.primaryKey,
        rule: kind.rule,
        variantKey: kind.variantKey,
        variance: kind.variance,
        status: kind.status,
        statusText: kind.statusText,
        fields: new StoredFields(block),
        trailers: kind.trailers,
        bodyBytes: this.#bodyBytes,
        part: kind.part,
        codings: kind.codings,
        requestAtMs: this.#requestAt + realBaseMs,
        responseAtMs: this.#responseAt + realBaseMs,
        residentSinceMs: this.#residentSince + kind.virtualBaseMs,
        fetchedSeq: kind.fetchedSeq,
        validatedSeq: kind.validatedSeq,
        tags: this.tags,
        groups: kind.groups,
        facts: {
          lifetimeSeconds: facts.lifetimeSeconds,
          lifetimeSource: facts.lifetimeSource,
          initialAgeMs: this.#initialAge,
          alwaysValidate: facts.alwaysValidate,
          staleForbiddenBy: facts.staleForbiddenBy,
          staleWhileRevalidateSeconds: facts.staleWhileRevalidateSeconds,
          staleIfErrorSeconds: facts.staleIfErrorSeconds,
          immutable: facts.immutable,
          provenance: facts.provenance,
          isPersonal: facts.isPersonal,
          etag:
            etag === null || isEtagWeak === null
              ? null
              : { weak: isEtagWeak, opaque: unpackEtag(etag, block) },
          lastModifiedAtMs: lastModifiedAt === null ? null : lastModifiedAt * 1000 + realBaseMs,
          isLastModifiedStrong: facts.isLastModifiedStrong,
          dateAtMs: this.#dateAt + realBaseMs,
        },
      },
      this.#body,
      this.#version,
    );
  }

  /** As `IndexedResponse.bodyOf` its response. */
  get body(): object {
    return this.#body;
  }

  get rule(): SelectionRule {
    return this.#kind.rule;
  }

  get variantKey(): string {
    return this.#kind.variantKey;
  }

  get variance(): SearchVariance | null {
    return this.#kind.variance;
  }

  get fetchedSeq(): number {
    return this.#kind.fetchedSeq;
  }

  get validatedSeq(): number {
    return this.#kind.validatedSeq;
  }

  get tags(): readonly string[] {
    return unpackTags(this.#tags, this.#block);
  }

  get groups(): readonly string[] {
    return this.#kind.groups;
  }

  get fields(): StoredFields {
    return new StoredFields(this.#block);
  }

  get dateAtMs(): number {
    return this.#whole?.facts.dateAtMs ?? this.#dateAt + this.#kind.realBaseMs;
  }

  get sizes(): EntrySizes {
    const { response } = this;
    const bodiesBytes = bodiesBytesOf(response);
    return {
      bytes: bodiesBytes + this.#block.length,
      heldBytes: bodiesBytes + heldBytesOf(response),
    };
  }
}

/** What an entry takes. */
export interface EntrySizes {
  /** Bytes of its bodies and of its header. */
  readonly bytes: number;
  /** What it takes in memory, in round figures. */
  readonly heldBytes: number;
}

function isSmall(number: number): boolean {
  return Number.isInteger(number) && Math.abs(number) < SMALL;
}

/** Newest first: by the response's Date, then by insertion. */
export function byNewest(a: IndexEntry, b: IndexEntry): number {
  return b.dateAtMs - a.dateAtMs || b.order - a.order;
}
