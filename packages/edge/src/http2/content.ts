import type { Http2Stream } from 'node:http2';

import { RequestContent, type ContentOptions } from '../request-content.ts';

/** What follows the head of a request in HTTP/2. */
export class Http2Content extends RequestContent {
  readonly #stream: Http2Stream;

  constructor(stream: Http2Stream, options: ContentOptions) {
    super(stream, options);
    this.#stream = stream;
  }

  protected get isComplete(): boolean {
    return this.#stream.endAfterHeaders || this.#stream.readableEnded;
  }
}
