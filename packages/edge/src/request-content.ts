import { PassThrough, Transform, type Readable } from 'node:stream';

/** How long, and for how many bytes, a client may go on sending content that nobody wants any more. */
const DRAIN_MS = 1000;
const DRAIN_BYTES = 8 * 1024 * 1024;

export interface ContentOptions {
  /** At most, 0: no limit. */
  readonly limitBytes: number;
  /** Runs when the content is first asked for: the moment for a `100 Continue`. */
  readonly onOpen: () => void;
}

/** The content of one request, on its way to the upstream with back-pressure. */
export abstract class RequestContent {
  readonly #source: Readable;
  readonly #options: ContentOptions;
  #stream: Transform | undefined;
  #isTooLarge = false;

  constructor(source: Readable, options: ContentOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** All that the client has to send has come, nothing included. */
  protected abstract get isComplete(): boolean;

  /** There is more of it than may be: what was sent on is not whole. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  /** Whether the client has still to send some of it. */
  get isUnread(): boolean {
    return !this.isComplete && !this.#source.destroyed;
  }

  /** Whether any of it was asked for: then the request cannot be sent a second time. */
  get isOpened(): boolean {
    return this.#stream !== undefined;
  }

  /** The content as a stream of its own: that one may be destroyed without harm to the client's connection. */
  open(): Readable {
    if (this.#stream !== undefined)
      throw new Error('the content of a request can be sent only once');
    const source = this.#source;
    const stream = this.#options.limitBytes === 0 ? new PassThrough() : this.#counting();
    this.#stream = stream;
    this.#options.onOpen();
    // The upstream's side reports its failures itself.
    stream.on('error', () => {});
    stream.on('close', () => source.unpipe(stream));
    source.once('close', () => {
      if (!this.isComplete)
        stream.destroy(new Error('the client went away before its request was complete'));
    });
    source.pipe(stream);
    return stream;
  }

  /** Lets through as much as may be; more is an error. */
  #counting(): Transform {
    let leftBytes = this.#options.limitBytes;
    return new Transform({
      transform: (chunk: Uint8Array, _encoding, done) => {
        leftBytes -= chunk.length;
        this.#isTooLarge = leftBytes < 0;
        if (this.#isTooLarge) done(new Error('the content of the request is too large'));
        else done(null, chunk);
      },
    });
  }

  /**
   * Lets the client finish sending what nobody will read, within bounds, so that it gets to see the
   * answer (RFC 9112 §9.6: closing with unread data resets the connection). Resolves at once when
   * the request is complete.
   */
  drain(): Promise<void> {
    const source = this.#source;
    if (!this.isUnread) return Promise.resolve();
    this.#stream?.destroy();
    return new Promise((resolve) => {
      let bytes = 0;
      const done = (): void => {
        clearTimeout(timer);
        source.off('data', count).off('end', done).off('close', done);
        resolve();
      };
      const count = (chunk: Uint8Array): void => {
        bytes += chunk.length;
        if (bytes > DRAIN_BYTES) done();
      };
      const timer = setTimeout(done, DRAIN_MS);
      source.on('data', count).on('end', done).on('close', done);
      source.resume();
    });
  }
}
