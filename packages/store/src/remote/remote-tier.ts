import type { Purge } from '@poplet/policy';

import type { RememberedPurge } from '../purge-ledger.ts';
import type { PlainResponse } from '../stored-record.ts';

/**
 * What several edges share. Every member rejects with StoreError `unreachable` when no answer came in
 * time; what was asked may still happen then.
 */
export interface RemoteTier {
  readonly kind: string;
  /** What holds now, and what happened since `known`. */
  confirm(known: KnownState): Promise<RemoteState>;
  /** The records in some places, the oldest first, and how many changes there were by then. */
  load(places: readonly string[]): Promise<LoadedRecords>;
  /**
   * Puts a record in its place and makes its segments last. `behind`: there were purges that `known`
   * does not know of, and nothing happened. `lost`: its segments are gone.
   */
  commit(known: KnownState, record: RemoteRecord): Promise<CommitReply>;
  /** Puts a record around the same body. Undefined where another edge has changed or dropped it meanwhile. */
  update(known: KnownState, change: RecordChange): Promise<number | undefined>;
  /** Forgets a record; without an id, whichever stands there. */
  drop(place: RecordPlace, id: string | undefined): Promise<void>;
  /** One number for all of them; undefined where `known` is not the present epoch. */
  purge(known: KnownState, purges: readonly Purge[], nowMs: number): Promise<number | undefined>;
  setClock(state: string): Promise<void>;
  /** Readable when it resolves, for a while: until a record that names it is committed. */
  writeSegment(id: string, index: number, bytes: Uint8Array): Promise<void>;
  /** All segments of a body, undefined where one is missing. */
  readSegments(id: string, count: number): Promise<readonly (Uint8Array | undefined)[]>;
  close(): Promise<void>;
}

/** What an edge knows. */
export interface KnownState {
  /** Empty before the first answer. */
  readonly epoch: string;
  /** Purge sequence. */
  readonly sequence: number;
  /** Changes to records. */
  readonly writes: number;
}

export interface RemoteState extends KnownState {
  readonly forgottenSeq: number;
  /** By rising sequence. */
  readonly purges: readonly RememberedPurge[];
  /** What other edges changed; undefined where anything may have changed. */
  readonly changed: readonly PlaceChange[] | undefined;
  /** As some edge set it. */
  readonly clock: string | undefined;
}

interface PlaceChange {
  readonly place: string;
  /** How many changes there were with this one. */
  readonly writes: number;
}

/** Where a record stands: what is loaded together, and which it is among them. */
export interface RecordPlace {
  readonly place: string;
  readonly variant: string;
}

export interface RemoteRecord extends RecordPlace {
  /** Of the body: no other has or had it. */
  readonly id: string;
  readonly response: PlainResponse;
  /** Of each segment of the body, in order. */
  readonly integrities: readonly string[];
}

export interface LoadedRecord extends Pick<RemoteRecord, 'id' | 'response' | 'integrities'> {
  /** Rises with each change of the metadata. */
  readonly rev: number;
}

export interface LoadedRecords extends KnownState {
  readonly records: readonly LoadedRecord[];
}

export interface RecordChange {
  readonly from: RecordPlace;
  /** Of what it changes. */
  readonly rev: number;
  readonly to: RemoteRecord;
}

export type CommitReply =
  | { readonly kind: 'done'; readonly writes: number }
  | { readonly kind: 'behind' }
  | { readonly kind: 'lost' };
