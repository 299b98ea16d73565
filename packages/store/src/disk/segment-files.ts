import { renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import * as cacache from 'cacache';
// The public `put` also writes an entry of cacache's own index for each content.
import writeContent from 'cacache/lib/content/write.js';

import { StoreError } from '../errors.ts';
import { INTEGRITY_ALGORITHM, integrityOf } from '../integrity.ts';
import { messageOf } from '../message-of.ts';
import { SharedReads } from '../shared-reads.ts';
import type { SegmentName, SegmentStore } from '../tier.ts';

/** Removed, or looked at, at one time. */
const AT_ONCE = 8;

/** Segments as contents of a cacache folder. Whoever has a share in one is for `isShared` to say. */
export class SegmentFiles implements SegmentStore {
  readonly #folder: string;
  readonly #isShared: (integrity: string) => boolean;
  readonly #pins = new Map<string, number>();
  readonly #reads = new SharedReads((segment) => this.#read(segment));
  readonly #removals = new Map<string, Promise<void>>();
  readonly #toRemove = new Set<string>();
  #remover: Promise<void> | undefined;
  #hasFailedToRemove = false;
  #isClosed = false;

  constructor(folder: string, isShared: (integrity: string) => boolean) {
    this.#folder = folder;
    this.#isShared = isShared;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const integrity = integrityOf(bytes);
    this.pin(integrity);
    try {
      await this.#removals.get(integrity);
      await writeContent(this.#folder, bytes, { algorithms: [INTEGRITY_ALGORITHM] });
    } catch (error) {
      this.unpin(integrity);
      throw error;
    }
    return integrity;
  }

  read(segment: SegmentName): Promise<Uint8Array> {
    return this.#reads.read(segment);
  }

  async #read({ integrity, lengthBytes }: SegmentName): Promise<Uint8Array> {
    try {
      const bytes = await cacache.get.byDigest(this.#folder, integrity);
      if (bytes.length === lengthBytes) return bytes;
      throw new Error(`${bytes.length} bytes where ${lengthBytes} belong`);
    } catch (error) {
      // Written anew, it would be taken to be there already.
      await cacache.rm.content(this.#folder, integrity).catch(() => {});
      const message = `a segment cannot be read: ${messageOf(error)}`;
      throw new StoreError('corrupt', message, { cause: error });
    }
  }

  pin(integrity: string): void {
    this.#pins.set(integrity, (this.#pins.get(integrity) ?? 0) + 1);
  }

  unpin(integrity: string): void {
    const pins = (this.#pins.get(integrity) ?? 0) - 1;
    if (pins > 0) {
      this.#pins.set(integrity, pins);
      return;
    }
    this.#pins.delete(integrity);
    if (!this.#isClosed && !this.#isShared(integrity)) this.remove([integrity]);
  }

  /** Removes them, soon, unless somebody pins or shares them by then. */
  remove(integrities: Iterable<string>): void {
    for (const integrity of integrities) this.#toRemove.add(integrity);
    this.#remover ??= this.#removeAll();
  }

  async #removeAll(): Promise<void> {
    while (this.#toRemove.size > 0) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.#removeOneByOne()));
    }
    // Before anybody else runs: who comes after this begins anew.
    this.#remover = undefined;
  }

  async #removeOneByOne(): Promise<void> {
    for (const integrity of this.#toRemove) {
      this.#toRemove.delete(integrity);
      if (this.#isFree(integrity)) await this.#removeOne(integrity);
    }
  }

  #isFree(integrity: string): boolean {
    return !this.#isClosed && !this.#pins.has(integrity) && !this.#isShared(integrity);
  }

  #removeOne(integrity: string): Promise<void> {
    const removal = cacache.rm
      .content(this.#folder, integrity)
      .catch(() => {
        this.#hasFailedToRemove = true;
      })
      .then(() => void this.#removals.delete(integrity));
    this.#removals.set(integrity, removal);
    return removal;
  }

  /** Whether contents may be there that nobody has a share in: for `reclaim`. */
  get hasOrphans(): boolean {
    return this.#hasFailedToRemove || [...this.#pins.keys()].some((one) => !this.#isShared(one));
  }

  /** Removes what an earlier process left behind: what nobody has a share in, and half-written files. */
  async reclaim(): Promise<void> {
    const halfWritten = this.#setAsideHalfWritten();
    await rm(halfWritten, { recursive: true, force: true });
    const contents = path.join(this.#folder, 'content-v2', INTEGRITY_ALGORITHM);
    for (const first of await namesIn(contents)) {
      for (const second of await namesIn(path.join(contents, first))) {
        if (this.#isClosed) return;
        const rest = await namesIn(path.join(contents, first, second));
        const orphans = rest
          .map((name) => Buffer.from(first + second + name, 'hex').toString('base64'))
          .map((digest) => `${INTEGRITY_ALGORITHM}-${digest}`)
          .filter((integrity) => this.#isFree(integrity));
        if (orphans.length > 0) this.remove(orphans);
      }
    }
    await this.settled();
  }

  /** At once, so that nothing of this process is among them. */
  #setAsideHalfWritten(): string {
    const aside = path.join(this.#folder, 'half-written');
    try {
      renameSync(path.join(this.#folder, 'tmp'), aside);
    } catch {
      // There are none, or some that were set aside before are still there: these go first.
    }
    return aside;
  }

  async settled(): Promise<void> {
    while (this.#remover !== undefined) await this.#remover;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settled();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
