import { Agent, request as send } from 'node:http';

import type { FieldLines } from '@poplet/policy';

export interface ClientRequest {
  readonly url: string;
  readonly method: string;
  /** As written, to the letter. */
  readonly path: string;
  readonly lines: FieldLines;
  readonly body: string | undefined;
}

export interface ClientAnswer {
  readonly status: number;
  readonly lines: FieldLines;
  readonly body: string;
  readonly cutOff: boolean;
  readonly trailers: FieldLines;
  readonly informational: readonly number[];
}

/** As much as the edge takes from an upstream. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Sends requests as they are written, and hides nothing of the answer. */
export class RawClient {
  readonly #agent = new Agent({ keepAlive: true });

  ask({ url, method, path, lines, body }: ClientRequest): Promise<ClientAnswer> {
    const { hostname, port, host } = new URL(url);
    const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
    const headers = ['Host', host, ...lines, ...length];
    return new Promise((resolve, reject) => {
      const informational: number[] = [];
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
      asked.on('information', ({ statusCode }) => informational.push(statusCode));
      asked.on('error', reject);
      asked.on('upgrade', (response, socket) => {
        const { statusCode: status = 0, rawHeaders } = response;
        socket.destroy();
        resolve({
          status,
          lines: rawHeaders,
          body: '',
          cutOff: false,
          trailers: [],
          informational,
        });
      });
      asked.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        // A broken body is an observation, not a fault of the run.
        response.on('error', () => {});
        response.on('close', () => {
          resolve({
            status: response.statusCode ?? 0,
            lines: response.rawHeaders,
            body: text,
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
