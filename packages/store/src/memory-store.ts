import type { Coding, Purge, StoredCoding, StoredResponse } from '@poplet/policy';

import {
  IndexedStore,
  type CodedContent,
  type EndedBody,
  type StoreLimits,
} from './indexed-store.ts';
import { MemoryCodings } from './memory-codings.ts';
import { PurgeLedger } from './purge-ledger.ts';
import { bodyBytesOf, SegmentedBody } from './segmented-body.ts';
import type { BodySource, LocalStore } from './store.ts';

const MIB = 1024 * 1024;

/** Segments of a body; most bodies are one, without an array around it. */
type MemoryBody = ArrayBuffer | readonly ArrayBuffer[];

/** Limits of a store in memory: `maxBytes` is 512 MiB by default, `maxEntries` 1 000 000. */
export type MemoryStoreOptions = StoreLimits;

/** Everything in this process; gone when it ends. */
export function createMemoryStore(options: MemoryStoreOptions = {}): LocalStore {
  return new MemoryStore(options);
}

class MemoryStore extends IndexedStore<MemoryBody> {
  protected readonly kind = 'memory';
  readonly #codings = new MemoryCodings<MemoryBody & object>();

  constructor({ maxBytes = 512 * MIB, maxEntries = 1_000_000, ...others }: MemoryStoreOptions) {
    super({ limits: { ...others, maxBytes, maxEntries }, ledger: new PurgeLedger() });
  }

  protected keep({ response, trailers, rest }: EndedBody<never>): boolean {
    const [only] = rest;
    const body = only !== undefined && rest.length === 1 ? only : rest;
    const record = this.recordOf({ ...response, trailers, bodyBytes: bodyBytesOf(rest) }, body);
    return this.place(record, { as: response, checkedSeq: record.fetchedSeq });
  }

  protected spillOf(): undefined {
    return undefined;
  }

  protected sourceOf(body: MemoryBody): BodySource {
    return new SegmentedBody(body instanceof ArrayBuffer ? [body] : body);
  }

  protected codingsOf(body: MemoryBody): readonly StoredCoding[] {
    return this.#codings.of(body);
  }

  protected codingSourceOf(
    body: MemoryBody,
    _response: StoredResponse,
    coding: Coding,
  ): BodySource | undefined {
    return this.#codings.open(body, coding);
  }

  protected keepCoding(body: MemoryBody, _response: StoredResponse, coded: CodedContent): boolean {
    this.#codings.add(body, coded);
    return true;
  }

  purge(purges: readonly Purge[], nowMs: number): number {
    return this.purgeHere(purges, nowMs);
  }

  onChanged(listener: (primaryKey: string | undefined) => void): void {
    this.tellOfChanges(listener);
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.index.clear();
    return Promise.resolve();
  }
}
