import { Readable } from 'node:stream';

import type { FieldLines } from '@poplet/policy';
import type { Dispatcher } from 'undici';
import type { UpstreamBody } from './upstream.ts';

/** A response body fed by undici's parser; a full buffer stops reading from the socket. */
export class ReceivedBody extends Readable implements UpstreamBody {
  trailers: FieldLines = [];
  readonly #controller: Dispatcher.DispatchController;

  constructor(controller: Dispatcher.DispatchController) {
    super();
    this.#controller = controller;
    // Whoever reads is told by the read; without a reader nobody is waiting for the body.
    this.on('error', () => {});
  }

  /** Takes one chunk from the parser. */
  feed(chunk: Uint8Array): void {
    if (!this.push(chunk)) this.#controller.pause();
  }

  /** The body is complete. */
  finish(trailers: FieldLines): void {
    this.trailers = trailers;
    this.push(null);
  }

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Gives the connection up when the rest of the body is not wanted; nothing happens when it is complete.
    if (!this.readableEnded)
      this.#controller.abort(error ?? new Error('the body is no longer wanted'));
    callback(error);
  }
}
