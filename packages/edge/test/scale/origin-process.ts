// The origin server of the measurements, as a process of its own.
//
//   /shared          storable; the first head waits for `release`
//   /vary            the same with Vary: X-Variant; later heads take 200 ms
//   /private         private; the first head waits for `release`; every head goes out at once, and
//                    every body waits until `heldBodies` of them are held together
//   /stream          `streamBytes` bytes, framed by Content-Length (?framing=length) or chunked

import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { answerCalls } from './calls.ts';

interface OriginPlan {
  /** Requests that will come to /private. */
  readonly requests?: number;
  /** Bodies of /private held back until so many are held together. */
  readonly heldBodies?: number;
  /** Length of the body of /stream. */
  readonly streamBytes?: number;
}

export interface OriginReport {
  readonly requests: number;
  /** Most bodies held back at one time. */
  readonly mostHeld: number;
  /** Of /stream: handed to the socket so far, and their SHA-256 once all are. */
  readonly sentBytes: number;
  readonly sha256: string | undefined;
}

export type OriginCalls = typeof calls;

const LATER_HEAD_MS = 200;
const BLOCK_BYTES = 64 * 1024;

/** Fills a body up, so that it takes more than a packet. */
const FILLER = 'x'.repeat(2000);

let plan: OriginPlan = {};
let requests = 0;
let mostHeld = 0;
let sentBytes = 0;
let sha256: string | undefined;
let held: (() => void)[] = [];
const released = Promise.withResolvers<void>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://origin');
  requests += 1;
  const number = requests;
  if (pathname === '/stream') return stream(response, searchParams);
  if (number === 1) await released.promise;
  switch (pathname) {
    case '/shared':
      return answerShared(response, `shared, request ${number}\n${FILLER}`);
    case '/vary': {
      if (number > 1) await sleep(LATER_HEAD_MS);
      response.setHeader('Vary', 'X-Variant');
      const variant = String(request.headers['x-variant']);
      return answerShared(response, `variant ${variant}, request ${number}\n${FILLER}`);
    }
    case '/private':
      return answerPrivate(request, response, number);
    default:
      response.writeHead(404).end('nothing is here\n');
  }
}

function answerShared(response: ServerResponse, body: string): void {
  response.setHeader('Cache-Control', 'max-age=60');
  response.setHeader('Content-Type', 'text/plain');
  response.end(body);
}

function answerPrivate(request: IncomingMessage, response: ServerResponse, number: number): void {
  const body = `${request.headers.cookie}, request ${number}, ${randomUUID()}\n`;
  response.writeHead(200, {
    'Cache-Control': 'private, max-age=60',
    'Content-Type': 'text/plain',
    'Content-Length': body.length,
  });
  response.flushHeaders();
  held.push(() => response.end(body));
  mostHeld = Math.max(mostHeld, held.length);
  if (held.length < (plan.heldBodies ?? 1) && number < (plan.requests ?? 1)) return;
  const letGo = held;
  held = [];
  for (const end of letGo) end();
}

async function stream(response: ServerResponse, query: URLSearchParams): Promise<void> {
  const { streamBytes = 0 } = plan;
  sentBytes = 0;
  sha256 = undefined;
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Cache-Control', query.get('cache-control') ?? 'max-age=60');
  if (query.get('framing') === 'length') response.setHeader('Content-Length', streamBytes);
  const hash = createHash('sha256');
  // Blocks differ, so that a lost, doubled or misplaced one shows.
  const noise = Buffer.alloc(BLOCK_BYTES * 2);
  for (let index = 0; index < noise.length; index += 1)
    noise[index] = (index * 2_654_435_761) >>> 13;
  for (let block = 0; sentBytes < streamBytes; block += 1) {
    const from = (block * 7919) % BLOCK_BYTES;
    const bytes = noise.subarray(from, from + Math.min(BLOCK_BYTES, streamBytes - sentBytes));
    hash.update(bytes);
    sentBytes += bytes.length;
    if (!response.write(bytes)) await room(response);
    if (response.destroyed) return;
  }
  response.end();
  sha256 = hash.digest('hex');
}

/** Resolves when more may be written, or nothing more. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

const calls = {
  /** Listens on loopback. */
  async listen(given: OriginPlan): Promise<string> {
    plan = given;
    const server = createServer({ requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      void answer(request, response);
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  /** Lets the first head go. */
  release(): void {
    released.resolve();
  },
  report(): OriginReport {
    return { requests, mostHeld, sentBytes, sha256 };
  },
};

if (import.meta.main) answerCalls(calls);
