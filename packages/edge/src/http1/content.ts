import type { IncomingMessage } from 'node:http';

import { hasContent, IncomingFields } from '@poplet/policy';
import { RequestContent, type ContentOptions } from '../request-content.ts';

/** What follows the head of a request in HTTP/1.1. */
export class Http1Content extends RequestContent {
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, options: ContentOptions) {
    super(request, options);
    this.#request = request;
  }

  protected get isComplete(): boolean {
    const { complete, rawHeaders } = this.#request;
    return complete || !hasContent(new IncomingFields(rawHeaders));
  }
}
