import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';

import { hasContent, IncomingFields } from '@poplet/policy';

/** How long, and for how many bytes, a client may go on sending content that nobody wants any more. */
const DRAIN_MS = 1000;
const DRAIN_BYTES = 8 * 1024 * 1024;

/** The content of one request, on its way to the upstream with back-pressure. */
export class RequestContent {
  readonly #request: IncomingMessage;
  readonly #onOpen: () => void;
  #stream: PassThrough | undefined;

  /** `onOpen` runs when the content is first asked for: the moment for a `100 Continue`. */
  constructor(request: IncomingMessage, onOpen: () => void) {
    this.#request = request;
    this.#onOpen = onOpen;
  }

  /** Whether the client has still to send some of it. */
  get isUnread(): boolean {
    const { complete, destroyed, rawHeaders } = this.#request;
    return !complete && !destroyed && hasContent(new IncomingFields(rawHeaders));
  }

  /** Whether any of it was asked for: then the request cannot be sent a second time. */
  get isOpened(): boolean {
    return this.#stream !== undefined;
  }

  /** The content as a stream of its own: that one may be destroyed without harm to the client's connection. */
  open(): Readable {
    if (this.#stream !== undefined)
      throw new Error('the content of a request can be sent only once');
    const request = this.#request;
    const stream = new PassThrough();
    this.#stream = stream;
    this.#onOpen();
    // The upstream's side reports its failures itself.
    stream.on('error', () => {});
    stream.on('close', () => request.unpipe(stream));
    request.once('close', () => {
      if (!request.complete)
        stream.destroy(new Error('the client went away before its request was complete'));
    });
    request.pipe(stream);
    return stream;
  }

  /**
   * Lets the client finish sending what nobody will read, within bounds, so that it gets to see the
   * answer (RFC 9112 §9.6: closing with unread data resets the connection). Resolves at once when
   * the request is complete.
   */
  drain(): Promise<void> {
    const request = this.#request;
    if (!this.isUnread) return Promise.resolve();
    this.#stream?.destroy();
    return new Promise((resolve) => {
      let bytes = 0;
      const done = (): void => {
        clearTimeout(timer);
        request.off('data', count).off('end', done).off('close', done);
        resolve();
      };
      const count = (chunk: Uint8Array): void => {
        bytes += chunk.length;
        if (bytes > DRAIN_BYTES) done();
      };
      const timer = setTimeout(done, DRAIN_MS);
      request.on('data', count).on('end', done).on('close', done);
      request.resume();
    });
  }
}
