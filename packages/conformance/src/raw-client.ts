import { Agent, request as send } from 'node:http';

import type { FieldLines, InformationalHead } from '@poplet/policy';

export interface ClientRequest {
  readonly url: string;
  readonly method: string;
  /** As written, to the letter. */
  readonly target: string;
  /** Host included. */
  readonly lines: FieldLines;
  readonly body: string | undefined;
}

export interface ClientAnswer {
  readonly status: number;
  readonly lines: FieldLines;
  readonly body: string;
  readonly content: Uint8Array;
  readonly cutOff: boolean;
  readonly trailers: FieldLines;
  readonly informational: readonly InformationalHead[];
}

/** As much as the edge takes from an upstream. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Sends requests as they are written, and hides nothing of the answer. */
export class RawClient {
  readonly #agent = new Agent({ keepAlive: true });

  ask({ url, method, target: path, lines, body }: ClientRequest): Promise<ClientAnswer> {
    const { hostname, port } = new URL(url);
    const headers = [...lines, ...lengthOf(body)];
    return new Promise((resolve, reject) => {
      const informational: InformationalHead[] = [];
      const asked = send({
        hostname,
        port,
        method,
        path,
        headers,
        agent: this.#agent,
        setHost: false,
        maxHeaderSize: MAX_HEADER_BYTES,
      });
      asked.on('information', ({ statusCode: status, rawHeaders: interim }) =>
        informational.push({ status, lines: interim }),
      );
      asked.on('error', reject);
      asked.on('upgrade', (response, socket) => {
        const { statusCode: status = 0, rawHeaders } = response;
        socket.destroy();
        resolve({
          status,
          lines: rawHeaders,
          body: '',
          content: new Uint8Array(0),
          cutOff: false,
          trailers: [],
          informational,
        });
      });
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        // A broken body is an observation, not a fault of the run.
        response.on('error', () => {});
        response.on('close', () => {
          const content = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            lines: response.rawHeaders,
            body: content.toString('utf8'),
            content,
            cutOff: !response.complete,
            trailers: response.rawTrailers,
            informational,
          });
        });
      });
      asked.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** RFC 9112 §6.2: content that is there says how long it is. */
export function lengthOf(body: string | undefined): FieldLines {
  return body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
}
