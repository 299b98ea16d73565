// An origin server that answers rightly most of the time, and otherwise fails in every way it knows.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { etagOf, kindOf, labelText, PATHS, sentBodyOf, type Label } from './resources.ts';
import type { Versions } from './versions.ts';

interface Answer {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly label: Label;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Fault = (answer: Answer) => void | Promise<void>;

/** Longer than the edge waits for the next byte. */
const STALL_MS = 3000;

/** What goes wrong, by name. Each leaves it to the edge to notice. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'reset before the head': ({ socket }) => void socket.resetAndDestroy(),
  'closed before the head': ({ socket }) => void socket.end(),
  'cut off in the head': ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\nContent-Le'),
  'no head at all': ({ socket }) => void socket.end('garbage\r\n\r\n'),
  'reset after the head': (answer) => {
    answer.socket.write(head(answer));
    answer.socket.resetAndDestroy();
  },
  'cut off in the body': (answer) => {
    answer.socket.end(Buffer.concat([head(answer), answer.body.subarray(0, half(answer))]));
  },
  'reset in the body': async (answer) => {
    answer.socket.write(Buffer.concat([head(answer), answer.body.subarray(0, half(answer))]));
    await sleep(20);
    answer.socket.resetAndDestroy();
  },
  'longer than announced': (answer) => {
    answer.socket.end(Buffer.concat([head(answer), answer.body, Buffer.from('HTTP/1.1 200 OK')]));
  },
  'chunks without an end': (answer) => {
    answer.socket.end(Buffer.concat([chunkedHead(answer), chunk(answer.body)]));
  },
  'a chunk cut off': (answer) => {
    answer.socket.end(Buffer.concat([chunkedHead(answer), chunk(answer.body).subarray(0, -9)]));
  },
  'a chunk of no size': (answer) => {
    answer.socket.end(Buffer.concat([chunkedHead(answer), Buffer.from('zz\r\nab\r\n0\r\n\r\n')]));
  },
  'two lengths': ({ socket }) =>
    void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'),
  'status 500': (answer) => trouble(answer, 500),
  'status 502': (answer) => trouble(answer, 502),
  'status 503': (answer) => trouble(answer, 503),
  'a slow head': async (answer) => {
    await sleep(randomInt(50, 400));
    send(answer);
  },
  'a body in drips': async ({ response, fields, body }) => {
    response.writeHead(200, fields);
    for (let startByte = 0; startByte < body.length; startByte += half({ body })) {
      response.write(body.subarray(startByte, startByte + half({ body })));
      await sleep(60);
    }
    response.end();
  },
  'a head and then silence': async (answer) => {
    answer.socket.write(head(answer));
    await sleep(STALL_MS);
    answer.socket.destroy();
  },
  'half a body and then silence': async (answer) => {
    answer.socket.write(Buffer.concat([head(answer), answer.body.subarray(0, half(answer))]));
    await sleep(STALL_MS);
    answer.socket.destroy();
  },
  'interim heads': (answer) => {
    for (let left = 20; left > 0; left--) answer.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    send(answer);
  },
};

const FAULT_NAMES = Object.keys(FAULTS);

function half({ body }: Pick<Answer, 'body'>): number {
  return Math.ceil(body.length / 2);
}

function head({ fields, body }: Answer): Buffer {
  return rawHead({ ...fields, 'Content-Length': String(body.length) });
}

function chunkedHead({ fields }: Answer): Buffer {
  return rawHead({ ...fields, 'Transfer-Encoding': 'chunked' });
}

function rawHead(fields: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`);
}

function chunk(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
}

function trouble({ response }: Answer, status: number): void {
  response.writeHead(status, { 'Content-Length': '7' }).end('trouble');
}

function send({ response, label, fields, body }: Answer): void {
  const { isChunked } = kindOf(label.path);
  response.writeHead(200, isChunked ? fields : { ...fields, 'Content-Length': body.length });
  response.end(body);
}

export interface FaultyOriginOptions {
  readonly versions: Versions;
  /** Of 100 requests so many go wrong. */
  readonly faultPercent: number;
}

/** Listens on a free port of the loopback. */
export class FaultyOrigin {
  readonly #options: FaultyOriginOptions;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #port = 0;
  /** How often each fault was played. */
  readonly faults = new Map<string, number>();
  requests = 0;

  constructor(options: FaultyOriginOptions) {
    this.#options = options;
    this.#server.on('connection', (socket) => socket.on('error', () => undefined));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections for so long, and breaks off those it has. */
  async beAway(awayMs: number): Promise<void> {
    this.#count('away');
    await this.close();
    await sleep(awayMs);
    await this.listen();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    request.resume();
    const { url: path = '', method, socket } = request;
    const { versions, faultPercent } = this.#options;
    if (!PATHS.includes(path)) {
      response.writeHead(404).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      versions.supersede(path);
      response.writeHead(204).end();
      return;
    }
    const label = labelFor(request, versions.current(path));
    const fields = fieldsOf(label);
    const isKnown = request.headers['if-none-match']?.includes(etagOf(label)) === true;
    if (isKnown && kindOf(path).hasValidator) {
      response.writeHead(304, fields).end();
      return;
    }
    const answer: Answer = { response, socket, label, fields, body: sentBodyOf(label) };
    if (randomInt(100) >= faultPercent) {
      if (!sendPart(request, answer)) send(answer);
      return;
    }
    const name = FAULT_NAMES[randomInt(FAULT_NAMES.length)] as string;
    this.#count(name);
    await FAULTS[name]?.(answer);
  }
}

function labelFor({ url: path = '', headers }: IncomingMessage, version: number): Label {
  const { differsBy } = kindOf(path);
  const whose = { nothing: '', variant: headers['x-variant'], visitor: headers.cookie }[differsBy];
  return { path, version, whose: String(whose ?? '') };
}

function fieldsOf(label: Label): Record<string, string> {
  const { cacheControl, hasValidator, differsBy, isText, coding } = kindOf(label.path);
  return {
    Date: new Date().toUTCString(),
    'Content-Type': isText ? 'text/plain' : 'application/octet-stream',
    ...(coding === 'gzip' ? { 'Content-Encoding': coding } : {}),
    'Cache-Control': cacheControl,
    'X-Label': labelText(label),
    ...(hasValidator ? { ETag: etagOf(label) } : {}),
    ...(differsBy === 'variant' ? { Vary: 'X-Variant' } : {}),
  };
}

/** A part, where one is asked for of this very version. */
function sendPart(
  { headers }: IncomingMessage,
  { response, label, fields, body }: Answer,
): boolean {
  const range = /^bytes=(?<first>\d+)-(?<last>\d*)$/u.exec(headers.range ?? '')?.groups;
  if (range === undefined || !kindOf(label.path).hasValidator) return false;
  if (headers['if-range'] !== undefined && headers['if-range'] !== etagOf(label)) return false;
  const first = Number(range['first']);
  const last = Math.min(range['last'] === '' ? Infinity : Number(range['last']), body.length - 1);
  if (first > last) return false;
  const part = body.subarray(first, last + 1);
  const contentRange = `bytes ${first}-${last}/${body.length}`;
  response.writeHead(206, {
    ...fields,
    'Content-Range': contentRange,
    'Content-Length': part.length,
  });
  response.end(part);
  return true;
}
