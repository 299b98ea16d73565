import { StoreError } from '../errors.ts';
import { integrityOf } from '../integrity.ts';
import { messageOf } from '../message-of.ts';
import type { BodySegment } from '../tiered-body.ts';
import { SharedReads } from '../shared-reads.ts';
import type { SegmentName, SegmentStore } from '../tier.ts';
import { keysOf, type KeyvLink } from './keyv-link.ts';
import type { Slots } from './slots.ts';

/** Where a segment is, and who needs it. */
interface Held {
  readonly slot: number;
  readonly lengthBytes: number;
  /** Records that have a share in it. */
  shares: number;
  pins: number;
  /** A write of which nothing was heard may arrive there yet: its slot is not used again before a restart. */
  isTainted?: boolean;
  /** Settled when it is in place; undefined where it is known to be damaged. */
  written: Promise<void> | undefined;
}

/** Segments as texts under the numbers of their slots: only records say what is where. */
export class KeyvSegments implements SegmentStore {
  readonly #link: KeyvLink;
  readonly #slots: Slots;
  readonly #held = new Map<string, Held>();
  readonly #reads = new SharedReads((segment) => this.#read(segment));
  #toRemove: Held[] = [];
  #removing: Promise<void> | undefined;
  #isClosed = false;

  constructor(link: KeyvLink, slots: Slots) {
    this.#link = link;
    this.#slots = slots;
  }

  /** A record of an earlier session has a share in them. */
  restore(segments: readonly BodySegment[], slots: readonly number[]): void {
    for (const [index, { integrity, lengthBytes }] of segments.entries()) {
      let held = this.#held.get(integrity);
      if (held === undefined) {
        const slot = slots[index] as number;
        held = { slot, lengthBytes, shares: 0, pins: 0, written: Promise.resolve() };
        this.#held.set(integrity, held);
      }
      held.shares++;
    }
  }

  get slotsInUse(): ReadonlySet<number> {
    return new Set([...this.#held.values()].map(({ slot }) => slot));
  }

  slotOf(integrity: string): number {
    const held = this.#held.get(integrity);
    if (held === undefined) throw new Error(`segment ${integrity} is not in place`);
    return held.slot;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const integrity = integrityOf(bytes);
    for (;;) {
      const held = this.#held.get(integrity);
      if (held === undefined) {
        const slot = await this.#slots.take();
        // Somebody else may have been faster.
        if (this.#held.has(integrity)) this.#slots.free(slot);
        else this.#hold(integrity, { slot, lengthBytes: bytes.length });
        continue;
      }
      held.pins++;
      held.written ??= this.#link.set(keyOf(held), textOf(bytes));
      try {
        await held.written;
        return integrity;
      } catch (error) {
        held.written = undefined;
        held.isTainted = error instanceof StoreError;
        this.unpin(integrity);
        throw error;
      }
    }
  }

  #hold(integrity: string, where: Pick<Held, 'slot' | 'lengthBytes'>): void {
    this.#held.set(integrity, { ...where, shares: 0, pins: 0, written: undefined });
  }

  read(segment: SegmentName): Promise<Uint8Array> {
    return this.#reads.read(segment);
  }

  async #read({ integrity, lengthBytes }: SegmentName): Promise<Uint8Array> {
    const held = this.#held.get(integrity);
    if (held === undefined) throw new StoreError('corrupt', 'a segment is no longer there');
    try {
      const text = await this.#link.get(keyOf(held));
      const bytes = Buffer.from(text ?? '', 'base64');
      if (bytes.length === lengthBytes && integrityOf(bytes) === integrity) return bytes;
      throw new Error(text === undefined ? 'it is gone' : 'it is not what was stored');
    } catch (error) {
      if (error instanceof StoreError) throw error;
      // Written anew, it would be taken to be there already.
      held.written = undefined;
      const message = `a segment cannot be read: ${messageOf(error)}`;
      throw new StoreError('corrupt', message, { cause: error });
    }
  }

  pin(integrity: string): void {
    const held = this.#held.get(integrity);
    if (held !== undefined) held.pins++;
  }

  unpin(integrity: string): void {
    const held = this.#held.get(integrity);
    if (held === undefined) return;
    held.pins--;
    this.#removeIfFree(integrity, held);
  }

  share(integrities: Iterable<string>): void {
    for (const integrity of integrities) {
      const held = this.#held.get(integrity);
      if (held !== undefined) held.shares++;
    }
  }

  unshare(integrities: Iterable<string>): void {
    for (const integrity of integrities) {
      const held = this.#held.get(integrity);
      if (held === undefined) continue;
      held.shares--;
      this.#removeIfFree(integrity, held);
    }
  }

  #removeIfFree(integrity: string, held: Held): void {
    if (held.pins > 0 || held.shares > 0 || this.#isClosed) return;
    this.#held.delete(integrity);
    this.#toRemove.push(held);
    this.#removing ??= this.#removeAll();
  }

  async #removeAll(): Promise<void> {
    // What is freed together goes together.
    await Promise.resolve();
    while (this.#toRemove.length > 0) {
      const removed = this.#toRemove;
      this.#toRemove = [];
      const keys = removed.flatMap((held) =>
        keysOf(keyOf(held), this.#link.piecesOf(base64Length(held.lengthBytes))),
      );
      // What stays is written over one day: nobody looks for it.
      await this.#link.deleteMany(keys).catch(() => {});
      for (const { slot, isTainted } of removed) if (isTainted !== true) this.#slots.free(slot);
    }
    this.#removing = undefined;
  }

  /** Nothing is in place any more; whoever reads finds that out. */
  lose(): void {
    this.#held.clear();
    this.#toRemove = [];
  }

  async settled(): Promise<void> {
    while (this.#removing !== undefined) await this.#removing;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settled();
  }
}

function keyOf({ slot }: Held): string {
  return `segment:${slot}`;
}

/** Binary is not text to every database, and Keyv's way of writing it costs more. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function base64Length(lengthBytes: number): number {
  return 4 * Math.ceil(lengthBytes / 3);
}
