import { StoreError } from '../errors.ts';
import { integrityOf } from '../integrity.ts';
import { bodyBytesOf, SegmentedBody } from '../segmented-body.ts';
import type { BodySource } from '../store.ts';
import type { RecordPlace } from './remote-tier.ts';

/** The body of a record: what several versions of its metadata have in common. */
export class RemoteBody {
  readonly id: string;
  readonly bodyBytes: number;
  /** Of each segment, in order. */
  readonly integrities: readonly string[];
  /** Where its record stands; undefined where only this edge has it. */
  place: RecordPlace | undefined;
  /** Of the metadata that this edge knows, or has asked for. */
  rev: number;
  /** How many changes there were when its record was as it is known here. */
  asOfWrites: number;
  /** Undefined until somebody reads it here. */
  segments: readonly ArrayBuffer[] | undefined;
  /** On their way here. */
  arriving: Promise<readonly ArrayBuffer[]> | undefined;

  constructor(
    body: Pick<RemoteBody, 'id' | 'bodyBytes' | 'integrities' | 'place' | 'rev' | 'asOfWrites'>,
  ) {
    this.id = body.id;
    this.bodyBytes = body.bodyBytes;
    this.integrities = body.integrities;
    this.place = body.place;
    this.rev = body.rev;
    this.asOfWrites = body.asOfWrites;
  }
}

/** The segments as they were stored. Throws StoreError `corrupt` where one is missing or differs. */
export function verified(
  { id, bodyBytes, integrities }: RemoteBody,
  segments: readonly (Uint8Array | undefined)[],
): readonly ArrayBuffer[] {
  const whole = segments.map((bytes, index) => {
    if (bytes === undefined) throw new StoreError('corrupt', `body ${id} is gone in part`);
    if (integrityOf(bytes) !== integrities[index]) {
      throw new StoreError('corrupt', `body ${id} is not what was stored`);
    }
    // It may lie in a larger buffer of the connection.
    return new Uint8Array(bytes).buffer;
  });
  if (bodyBytesOf(whole) !== bodyBytes) {
    throw new StoreError('corrupt', `body ${id} is not as long as it was`);
  }
  return whole;
}

/** A body that has yet to come: all of it, before its first byte is handed out. */
export class ArrivingBody implements BodySource {
  readonly bodyBytes: number;
  readonly #fetch: () => Promise<readonly ArrayBuffer[]>;

  constructor(bodyBytes: number, fetch: () => Promise<readonly ArrayBuffer[]>) {
    this.bodyBytes = bodyBytes;
    this.#fetch = fetch;
  }

  async prepare(): Promise<void> {
    await this.#fetch();
  }

  bytes(): undefined {
    return undefined;
  }

  async *read(startByte: number, endByte: number | undefined): AsyncGenerator<Uint8Array, void> {
    yield* new SegmentedBody(await this.#fetch()).read(startByte, endByte);
  }
}
