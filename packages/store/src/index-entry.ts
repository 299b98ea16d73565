import type { Candidate, StoredResponse } from '@poplet/policy';

import { bodiesBytesOf, heldBytesOf } from './held-bytes.ts';
import type { Recent } from './recency-list.ts';

/** One stored response in the index. Few fields: there may be a million. */
export class IndexEntry implements Recent<IndexEntry> {
  response: StoredResponse;
  /** Rises with each insertion. */
  readonly order: number;
  /** Purge sequence at which it was last found alive. */
  checkedSeq: number;
  /** Virtual instant of the soft purge that reached it. */
  softPurgedAtMs: number | undefined;
  newer: IndexEntry | undefined = undefined;
  older: IndexEntry | undefined = undefined;

  constructor(response: StoredResponse, order: number, checkedSeq: number) {
    this.response = response;
    this.order = order;
    this.checkedSeq = checkedSeq;
    this.softPurgedAtMs = undefined;
  }

  /** Bytes of its bodies and of its header. */
  get bytes(): number {
    return bodiesBytesOf(this.response) + this.response.fields.block.length;
  }

  /** What it takes in memory, in round figures. */
  get heldBytes(): number {
    return bodiesBytesOf(this.response) + heldBytesOf(this.response);
  }

  toCandidate(): Candidate {
    return { response: this.response, softPurgedAtMs: this.softPurgedAtMs };
  }
}

/** Newest first: by the response's Date, then by insertion. */
export function byNewest(a: IndexEntry, b: IndexEntry): number {
  return b.response.facts.dateAtMs - a.response.facts.dateAtMs || b.order - a.order;
}
