import { once } from 'node:events';
import { createServer, ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { PurgeScript } from './case.ts';
import { contentOf, type CaseOrigin, type PlannedAnswer } from './case-origin.ts';

/** What a running case lends to the origin. */
export interface CaseOnStage {
  readonly origin: CaseOrigin;
  readonly purge: (script: PurgeScript) => Promise<void>;
}

/** A real origin over sockets that plays one case at a time. */
export class ScriptedOrigin {
  readonly #server: Server;
  /** Connections that node:http no longer looks after. */
  readonly #switched = new Set<Socket>();
  #port = 0;
  #onStage: CaseOnStage | undefined;

  constructor() {
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      // A reset connection is what some cases are about.
      request.on('error', () => {});
      response.on('error', () => {});
      void textOf(request).then(
        (body) => this.#answer(request, response, body),
        // A request that broke off was never asked.
        () => {},
      );
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      this.#switched.add(socket);
      socket.on('error', () => {}).on('close', () => this.#switched.delete(socket));
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      void this.#answer(request, response, '');
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  play(onStage: CaseOnStage): void {
    this.#onStage = onStage;
  }

  /** Listens, on the port it had before if it had one. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens any more; every connection is gone. */
  async refuse(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#switched) socket.destroy();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
    const onStage = this.#onStage;
    if (onStage === undefined) throw new Error('the origin was asked while no case runs');
    const { method = '', url = '', rawHeaders, httpVersion: version } = request;
    const asked = { method, target: url, lines: rawHeaders, body, version };
    const answer = onStage.origin.ask(asked, Date.now());
    if (answer.kind === 'fault') {
      fail(response, answer.fault);
      return;
    }
    if (answer.purge !== undefined) await onStage.purge(answer.purge);
    if (answer.delayMs > 0) await delay(answer.delayMs);
    await write(response, answer);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk as string;
  return text;
}

function fail(
  response: ServerResponse,
  fault: 'refused' | 'reset' | 'malformed' | 'timeout',
): void {
  const { socket } = response;
  switch (fault) {
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'malformed':
      socket?.end('HTTP/1.1 two hundred fine\r\n\r\n');
      return;
    case 'timeout':
      return;
    case 'refused':
      throw new Error('a refused connection cannot ask');
    default:
      fault satisfies never;
  }
}

async function write(
  response: ServerResponse,
  answer: Extract<PlannedAnswer, { kind: 'answer' }>,
): Promise<void> {
  const { status, lines, informational, trailers, cutOffAfterBytes, raw } = answer;
  const content = contentOf(answer);
  const { socket } = response;
  if (raw !== undefined) {
    socket?.write(raw.bytes, 'latin1');
    if (raw.end === 'FIN') socket?.end();
    // The bytes are to arrive before the end does.
    if (raw.end === 'RST') await delay(5).then(() => socket?.resetAndDestroy());
    return;
  }
  for (const interim of informational) {
    socket?.write(`HTTP/1.1 ${interim.status} Interim\r\n${headOf(interim.lines)}\r\n`);
  }
  if (status === 101) {
    socket?.write(`HTTP/1.1 101 Switching Protocols\r\n${headOf(lines)}\r\n`);
    return;
  }
  response.sendDate = false;
  response.writeHead(status, 'Scripted', [...lines]);
  if (cutOffAfterBytes !== undefined) {
    response.write(content.subarray(0, cutOffAfterBytes));
    // The bytes are to arrive before the end does.
    await delay(5);
    socket?.destroy();
    return;
  }
  if (trailers.length > 0) response.addTrailers(pairsOf(trailers));
  response.end(content);
}

function pairsOf(lines: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < lines.length; index += 2) {
    pairs.push([lines[index] as string, lines[index + 1] as string]);
  }
  return pairs;
}

function headOf(lines: readonly string[]): string {
  return pairsOf(lines)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
