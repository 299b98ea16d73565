import type { Keyv } from 'keyv';

import { StoreError } from '../errors.ts';
import { inTime } from '../in-time.ts';
import { messageOf } from '../message-of.ts';

/** Under way at one time. */
const MAX_AT_ONCE = 16;
/** Keys that are read or deleted in one step. */
const KEYS_AT_ONCE = 200;

export interface KeyvLinkOptions {
  readonly keyv: Keyv<string>;
  /** Characters that a value may have. */
  readonly pieceLength: number;
  /** Whether many keys are read and deleted in one step that fails as a whole. */
  readonly isSetWise: boolean;
  /** Real milliseconds in which the database must answer. */
  readonly timeoutMs: number;
}

/**
 * Texts in ASCII by key, on whatever Keyv has an adapter for. Nobody waits for longer than stated: a
 * database that does not answer is away, and is asked nothing but `probe` until `isBack`. Longer texts
 * are stored in pieces, the first one last; who reads them must be able to tell one that is not whole.
 */
export class KeyvLink {
  /** Told once, until `isBack`. */
  onAway: (why: string) => void = () => {};
  readonly #options: KeyvLinkOptions;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #awayBecause: string | undefined;
  #answering: Promise<boolean> | undefined;

  constructor(options: KeyvLinkOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#awayBecause !== undefined;
  }

  away(): StoreError {
    return new StoreError('unreachable', `the store is away: ${this.#awayBecause ?? 'closed'}`);
  }

  /** From now on nothing is asked of the database. */
  lose(why: string): void {
    if (this.isAway) return;
    this.#awayBecause = why;
    this.onAway(why);
  }

  isBack(): void {
    this.#awayBecause = undefined;
  }

  /** How many keys a text of so many characters takes. */
  piecesOf(length: number): number {
    return Math.max(1, Math.ceil(length / this.#options.pieceLength));
  }

  /** Reads a key although the database is away, or may be. Rejects where no answer comes in time. */
  probe(key: string): Promise<string | undefined> {
    return inTime(this.#read(key), this.#options.timeoutMs);
  }

  /** Whether the database answers now; those who ask at once share the answer. */
  answers(): Promise<boolean> {
    this.#answering ??= this.probe('state:0')
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.#answering = undefined;
      });
    return this.#answering;
  }

  get(key: string): Promise<string | undefined> {
    return this.#ask(() => this.#read(key));
  }

  /** In the order of the keys. */
  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const { keyv, isSetWise } = this.#options;
    if (!isSetWise) return await Promise.all(keys.map((key) => this.get(key)));
    const found: (string | undefined)[] = [];
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      const some = keys.slice(at, at + KEYS_AT_ONCE);
      const values = await this.#ask(() => keyv.getMany<string>(some));
      found.push(
        ...(await Promise.all(
          some.map((key, index) => this.#ask(() => this.#whole(key, values[index]))),
        )),
      );
    }
    return found;
  }

  async #read(key: string): Promise<string | undefined> {
    return await this.#whole(key, await this.#options.keyv.get(key));
  }

  /** A first piece says how many there are. */
  async #whole(key: string, first: unknown): Promise<string | undefined> {
    if (typeof first !== 'string') return undefined;
    const colon = first.indexOf(':');
    const text = first.slice(colon + 1);
    const count = Number(first.slice(0, colon));
    if (count === 1) return text;
    const { keyv } = this.#options;
    const rest = await Promise.all(
      Array.from({ length: count - 1 }, (_, index) => keyv.get<string>(pieceKey(key, index + 1))),
    );
    return rest.includes(undefined) ? undefined : text + rest.join('');
  }

  /** Resolves when the text can be read back. */
  async set(key: string, text: string): Promise<void> {
    const { keyv, pieceLength } = this.#options;
    const count = this.piecesOf(text.length);
    await Promise.all(
      Array.from({ length: count - 1 }, (_, index) => {
        const startsAt = (index + 1) * pieceLength;
        const piece = text.slice(startsAt, startsAt + pieceLength);
        return this.#ask(() => keyv.set(pieceKey(key, index + 1), piece));
      }),
    );
    await this.#ask(() => keyv.set(key, `${count}:${text.slice(0, pieceLength)}`));
  }

  /** In this order: where it fails, what follows is there. */
  async deleteMany(keys: readonly string[]): Promise<void> {
    const { keyv, isSetWise } = this.#options;
    const stepLength = isSetWise ? KEYS_AT_ONCE : 1;
    for (let at = 0; at < keys.length; at += stepLength) {
      await this.#ask(() => keyv.deleteMany(keys.slice(at, at + stepLength)));
    }
  }

  async clear(): Promise<void> {
    await this.#options.keyv.clear();
  }

  async #ask<T>(act: () => Promise<T>): Promise<T> {
    while (this.#underWay >= MAX_AT_ONCE && !this.isAway) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (this.isAway) throw this.away();
    this.#underWay++;
    try {
      return await inTime(act(), this.#options.timeoutMs);
    } catch (error) {
      await this.#judge(error);
      throw error;
    } finally {
      this.#underWay--;
      this.#waiting.shift()?.();
    }
  }

  /** Whether the database refuses, or is away: what answers a question is there. */
  async #judge(error: unknown): Promise<void> {
    if (!this.isAway) {
      const isLate = error instanceof StoreError;
      if (!isLate && (await this.answers())) return;
      this.lose(messageOf(error));
    }
    throw this.away();
  }

  async close(): Promise<void> {
    const { keyv, timeoutMs } = this.#options;
    await inTime(keyv.disconnect(), timeoutMs).catch(() => {});
  }
}

/** The keys of a text in pieces. */
export function keysOf(key: string, pieces: number): string[] {
  return Array.from({ length: pieces }, (_, index) => (index === 0 ? key : pieceKey(key, index)));
}

function pieceKey(key: string, index: number): string {
  return `${key}:${index}`;
}
