import { channel } from 'node:diagnostics_channel';

import type { FieldLines } from '@poplet/policy';
import type { Dispatcher } from 'undici';
import type { UpstreamBody } from './upstream.ts';

/** So many bytes wait for their reader before no more are read from the connection. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Told of the length of each piece of a body that comes from an upstream, for whoever watches over memory. */
const received = channel('poplet:upstream:received');

const DONE: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

/** A response body fed by the parser of a connection, for one reader. */
export class ReceivedBody implements UpstreamBody {
  trailers: FieldLines = [];
  readonly #controller: Dispatcher.DispatchController;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isHeldBack = false;
  #hasBeenRead = false;
  #reader: PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> | undefined;
  /** Nothing more comes. */
  #isOver = false;
  /** What the reader gets behind the last byte. */
  #error: Error | undefined;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  /** Takes one chunk from the parser. */
  feed(chunk: Uint8Array): void {
    if (received.hasSubscribers) received.publish(chunk.length);
    if (this.#isOver || chunk.length === 0) return;
    if (this.#reader !== undefined) {
      this.#answer()?.resolve({ done: false, value: chunk });
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < MAX_WAITING_BYTES || this.#isHeldBack) return;
    this.#isHeldBack = true;
    this.#controller.pause();
  }

  /** The body is complete. */
  finish(trailers: FieldLines): void {
    if (this.#isOver) return;
    this.trailers = trailers;
    this.#isOver = true;
    this.#answer()?.resolve(DONE);
  }

  /** It ends before its time; its reader still gets what has come. */
  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const reader = this.#answer();
    if (reader === undefined) this.#error = error;
    else reader.reject(error);
  }

  whole(): Uint8Array | undefined {
    if (!this.#isOver || this.#error !== undefined || this.#hasBeenRead) return undefined;
    const [first, ...rest] = this.#waiting;
    return rest.length === 0 && first !== undefined ? first : Buffer.concat(this.#waiting);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#hasBeenRead = true;
    const chunk = this.#waiting.shift();
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.length;
      if (this.#waiting.length === 0) this.#readOn();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (!this.#isOver) {
      this.#reader ??= Promise.withResolvers();
      return this.#reader.promise;
    }
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve(DONE) : Promise.reject(error);
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.destroy();
    return Promise.resolve(DONE);
  }

  destroy(error = new Error('the body is no longer wanted')): void {
    this.#hasBeenRead = true;
    this.#waiting.length = 0;
    if (this.#isOver) return;
    this.fail(error);
    // Gives the connection up.
    this.#controller.abort(error);
  }

  #readOn(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#controller.resume();
  }

  #answer(): PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    return reader;
  }
}
