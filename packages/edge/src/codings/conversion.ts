import type { Transform } from 'node:stream';

import type { CodingPolicy, ContentCoding, Conversion } from '@poplet/policy';
import type { BodySource } from '@poplet/store';
import { errorOf } from '../error-of.ts';
import { compressorFor, decompressorFor, flush } from './zlib-streams.ts';

/** Compressors at work for clients in this process. Each takes up to 1 MB of memory, and their time is the machine's. */
const MAX_AT_ONCE = 64;
let atWork = 0;

/** Whether another body should rather go out as it is. */
export function isBusy(): boolean {
  return atWork >= MAX_AT_ONCE;
}

export interface ConversionOptions {
  readonly conversion: Pick<Conversion, 'from' | 'to'>;
  readonly policy: CodingPolicy;
  readonly use: 'stream' | 'stored';
  /** Told when the bytes are not what their coding says, or too many. */
  readonly onFailed?: (error: Error) => void;
}

/** A body in another coding than its source: made anew for each reader, from the first byte on. */
export class ConvertedBody implements BodySource {
  readonly #source: BodySource;
  readonly #options: ConversionOptions;

  constructor(source: BodySource, options: ConversionOptions) {
    this.#source = source;
    this.#options = options;
  }

  get bodyBytes(): undefined {
    return undefined;
  }

  async prepare(): Promise<void> {
    await this.#source.prepare?.();
  }

  bytes(): undefined {
    return undefined;
  }

  /** Throws a RangeError for anything but the whole. */
  read(startByte: number, endByte: number | undefined): AsyncIterableIterator<Uint8Array> {
    if (startByte !== 0 || endByte !== undefined)
      throw new RangeError(
        'a body that is being converted is read from its first byte to its last',
      );
    const { conversion, policy, use, onFailed } = this.#options;
    const { from, to } = conversion;
    // The source is attached to at once.
    let chunks = this.#source.read(0, undefined)[Symbol.asyncIterator]();
    if (from !== 'identity') {
      const stream = decompressorFor(from);
      chunks = new Stage(chunks, { stream, maxBytes: policy.maxDecodedBytes, onFailed });
    }
    if (to === 'identity') return chunks as Stage;
    const bodyBytes = from === 'identity' ? this.#source.bodyBytes : undefined;
    const level = policy.levels[to][use];
    return new Stage(chunks, {
      stream: compressorFor(to, { level, bodyBytes }),
      // What is stored is the same bytes whenever it is made of the same.
      ...(use === 'stream' ? { coding: to } : {}),
      onFailed,
    });
  }
}

interface StageOptions {
  readonly stream: Transform;
  /** Of a compressor: it lets out what it has whenever there is nothing more at once. */
  readonly coding?: ContentCoding;
  /** More than this is an error. */
  readonly maxBytes?: number;
  readonly onFailed: ConversionOptions['onFailed'];
}

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** Bytes through a stream of node:zlib, with back-pressure; begins with the first step. */
class Stage implements AsyncIterableIterator<Uint8Array> {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #options: StageOptions;
  #output: AsyncIterator<Uint8Array> | undefined;
  #bytes = 0;
  /** Counts among those at work. */
  #isCounted = false;
  /** Nobody reads any more: that the stream ends early is not its fault. */
  #isLeft = false;
  /** What went wrong before the stream, and is not its fault. */
  #sourceError: Error | undefined;

  constructor(chunks: AsyncIterator<Uint8Array>, options: StageOptions) {
    this.#chunks = chunks;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    this.#output ??= this.#begin();
    try {
      const next = await this.#output.next();
      if (next.done === true) {
        this.#uncount();
        return DONE;
      }
      this.#bytes += next.value.length;
      const { maxBytes = Infinity } = this.#options;
      if (this.#bytes > maxBytes) throw new Error(`it is longer than ${maxBytes} bytes`);
      return next;
    } catch (error) {
      const cause = errorOf(error);
      if (cause !== this.#sourceError && !this.#isLeft) this.#options.onFailed?.(cause);
      await this.return();
      throw cause;
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#isLeft = true;
    this.#uncount();
    this.#options.stream.destroy();
    await this.#chunks.return?.();
    return DONE;
  }

  #begin(): AsyncIterator<Uint8Array> {
    const { stream, coding } = this.#options;
    this.#isCounted = coding !== undefined;
    if (this.#isCounted) atWork += 1;
    void this.#feed();
    return stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  }

  #uncount(): void {
    if (this.#isCounted) atWork -= 1;
    this.#isCounted = false;
  }

  /** Never rejects: whoever reads gets the error. */
  async #feed(): Promise<void> {
    const { stream, coding } = this.#options;
    try {
      let isHolding = false;
      let isEmpty = true;
      for (;;) {
        const chunk = this.#chunks.next();
        if (isHolding && coding !== undefined && !(await isThereSoon(chunk))) {
          flush(stream as Parameters<typeof flush>[0], coding);
          isHolding = false;
        }
        const { done, value } = await chunk;
        if (done === true || stream.destroyed) break;
        isHolding = true;
        isEmpty = false;
        if (!stream.write(value)) await drained(stream);
      }
      // A body without bytes is one in any coding.
      if (isEmpty) stream.push(null);
      else stream.end();
    } catch (error) {
      this.#sourceError = errorOf(error);
      stream.destroy(this.#sourceError);
    }
  }
}

/** Whether a chunk follows without anybody having to wait for it. */
async function isThereSoon(chunk: Promise<unknown>): Promise<boolean> {
  const later = new Promise<false>((resolve) => {
    setImmediate(() => resolve(false));
  });
  const there = chunk.then(
    () => true,
    () => true,
  );
  return await Promise.race([there, later]);
}

/** Resolves when a stream takes more, or takes no more at all. */
function drained(stream: Transform): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
    if (stream.destroyed) done();
  });
}
