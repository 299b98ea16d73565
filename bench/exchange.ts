import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';

import { browserFields, type Fields } from './load/browser.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Head and body as they came, without what TLS adds. */
  readonly wireBytes: number;
}

/** A client that asks as the load does, one request at a time, over one connection. */
export class Visitor {
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #scheme: 'http' | 'https';
  readonly #port: number;

  constructor(scheme: 'http' | 'https', port: number) {
    this.#scheme = scheme;
    this.#port = port;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent = scheme === 'https' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  async ask(path: string, fields: Fields): Promise<Answer> {
    const send = this.#scheme === 'https' ? httpsRequest : httpRequest;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = send(
      {
        host: '127.0.0.1',
        port: this.#port,
        path,
        agent: this.#agent,
        headers: Object.fromEntries(browserFields(fields)),
      },
      resolve,
    );
    request.on('error', reject);
    request.end();
    const response = await promise;
    const body = await buffer(response);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body,
      wireBytes: headBytes(response) + body.length,
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function headBytes({ statusCode, statusMessage, rawHeaders }: IncomingMessage): number {
  const statusLine = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  // Names and values in turn: behind each comes ": ", or the end of its line.
  const fields = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  return statusLine.length + fields + 2;
}
