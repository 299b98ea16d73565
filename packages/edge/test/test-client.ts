// A client of one request per connection that hides nothing.

import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

export interface Asking {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders | readonly string[];
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** The request has been handed to the network. */
  readonly onSent?: () => void;
  readonly onInformation?: (status: number, rawHeaders: readonly string[]) => void;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly rawTrailers: readonly string[];
}

/** The whole response; rejects when it is cut off. */
export async function ask(url: string, asking: Asking = {}): Promise<Received> {
  const response = await head(url, asking);
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += String(chunk);
  const { statusCode = 0, headers, rawHeaders, rawTrailers } = response;
  return { status: statusCode, headers, rawHeaders, body, rawTrailers };
}

/** The response as soon as its head is there, its body still to be read. */
export function head(
  url: string,
  { method = 'GET', headers = {}, body, signal, onSent, onInformation }: Asking = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: headers as OutgoingHttpHeaders,
      agent: false as const,
      ...(signal === undefined ? {} : { signal }),
    };
    const request = httpRequest(url, options, resolve);
    request.on('error', reject);
    request.on('information', ({ statusCode, rawHeaders }) =>
      onInformation?.(statusCode, rawHeaders),
    );
    // A socket writes nothing before it is connected.
    request.on('socket', (socket) =>
      socket.once('connect', () => request.once('finish', () => onSent?.())),
    );
    request.end(body);
  });
}
