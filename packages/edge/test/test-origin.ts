// An origin server for the tests: a node:http handler per test, and what it was asked.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class TestOrigin {
  /** `GET /path` of each request, in order. */
  readonly asked: string[] = [];
  /** Header fields of each request, in order. */
  readonly headers: IncomingMessage['headers'][] = [];
  /** Requests whose connection ended before they were answered. */
  aborted = 0;
  readonly server: Server;
  answer: Answer;

  constructor(answer: Answer) {
    this.answer = answer;
    this.server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      this.headers.push(request.headers);
      response.on('close', () => {
        if (!response.writableFinished) this.aborted += 1;
      });
      this.answer(request, response);
    });
  }

  onUpgrade(listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    this.server.on('upgrade', listener);
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }
}

/** Answers with these field lines and this body. */
export function text(body: string, ...lines: readonly string[]): Answer {
  return (_request, response) => {
    response.writeHead(200, ['Content-Length', String(Buffer.byteLength(body)), ...lines]);
    response.end(body);
  };
}
