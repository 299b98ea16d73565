// All clients of the measurements, as one process: raw sockets, so that nothing is retried, reused
// or decoded behind the test's back.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseResponse } from '@poplet/conformance/raw-http';
import { answerCalls } from './calls.ts';

/** Values of X-Variant, in turn. */
const VARIANTS = ['a', 'b', 'c'];

/** Connections begun at one time: more than the backlog of a listener would be dropped, and tried again after a second. */
const CONNECT_AT_ONCE = 200;

export interface BurstReport {
  /** Complete answers with status 200 whose body is this client's own. */
  readonly right: number;
  readonly wrong: number;
  readonly distinctBodies: number;
  /** Some of what was wrong, in words. */
  readonly problems: readonly string[];
}

interface ReceiveOptions {
  readonly url: string;
  /** Stops reading here, for `stallMs`. */
  readonly stallAtBytes: number;
  readonly stallMs: number;
  /** After the stall, so many bytes are read slowly: a pause of a millisecond per chunk. */
  readonly slowBytes: number;
}

export interface ReceiveReport {
  readonly status: number;
  readonly framing: string;
  readonly receivedBytes: number;
  readonly sha256: string;
  /** False when the connection ended before the body. */
  readonly complete: boolean;
}

export type ClientCalls = typeof calls;

interface Visitor {
  readonly socket: Socket;
  readonly chunks: Buffer[];
  readonly closed: Promise<string | undefined>;
}

let visitors: Visitor[] = [];
let receivedBytes = 0;
let isStalled = false;

function visit(port: number): Visitor {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<string | undefined>((resolve) => {
    let problem: string | undefined;
    socket.on('error', (error) => {
      problem = error.message;
    });
    socket.on('close', () => resolve(problem));
  });
  return { socket, chunks, closed };
}

function requestOf(index: number, url: URL): string {
  const own =
    url.pathname === '/vary'
      ? `X-Variant: ${VARIANTS[index % VARIANTS.length]}\r\n`
      : url.pathname === '/private'
        ? `Cookie: visitor=${index}\r\n`
        : '';
  return `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${own}Connection: close\r\n\r\n`;
}

/** How the body of this client's own answer begins. */
function beginningOf(index: number, url: URL): string {
  if (url.pathname === '/vary') return `variant ${VARIANTS[index % VARIANTS.length]}, request `;
  if (url.pathname === '/private') return `visitor=${index}, request `;
  return 'shared, request 1\n';
}

const calls = {
  /** Connects so many clients to the server of a URL. */
  async connect({ url, count }: { readonly url: string; readonly count: number }): Promise<void> {
    const port = Number(new URL(url).port);
    visitors = [];
    while (visitors.length < count) {
      const begun = Math.min(CONNECT_AT_ONCE, count - visitors.length);
      const batch = Array.from({ length: begun }, () => visit(port));
      await Promise.all(batch.map(({ socket }) => once(socket, 'connect')));
      visitors.push(...batch);
    }
  },
  /** Sends one request on each connection; resolves when all are with the kernel. */
  async send({ url: text }: { readonly url: string }): Promise<void> {
    const url = new URL(text);
    const written = visitors.map(
      ({ socket }, index) =>
        new Promise<void>((resolve) => {
          socket.write(requestOf(index, url), () => resolve());
        }),
    );
    await Promise.all(written);
  },
  /** Waits for all answers, and compares each with what this client must get. */
  async collect({
    url: text,
    withinMs,
  }: {
    readonly url: string;
    readonly withinMs: number;
  }): Promise<BurstReport> {
    const url = new URL(text);
    const late = setTimeout(() => {
      for (const { socket } of visitors) socket.destroy(new Error(`no end within ${withinMs} ms`));
    }, withinMs);
    const bodies = new Set<string>();
    const problems: string[] = [];
    let right = 0;
    for (const [index, { chunks, closed }] of visitors.entries()) {
      const problem = await closed;
      const response = parseResponse(Buffer.concat(chunks));
      const body = response?.body.toString() ?? '';
      bodies.add(body);
      const isRight =
        problem === undefined &&
        response?.status === 200 &&
        response.isComplete &&
        body.startsWith(beginningOf(index, url));
      if (isRight) right += 1;
      else problems.push(`${index}: ${problem ?? ''} ${response?.status} ${body.slice(0, 200)}`);
      chunks.length = 0;
    }
    clearTimeout(late);
    const wrong = visitors.length - right;
    return { right, wrong, distinctBodies: bodies.size, problems: problems.slice(0, 5) };
  },
  /** Receives one long body, stopping and slowing down on the way. */
  async receive(options: ReceiveOptions): Promise<ReceiveReport> {
    const { url, stallAtBytes, stallMs, slowBytes } = options;
    receivedBytes = 0;
    isStalled = false;
    const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    const hash = createHash('sha256');
    const slowUntil = stallAtBytes + slowBytes;
    let hasStalled = false;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        hash.update(chunk);
        receivedBytes += chunk.length;
        if (receivedBytes < stallAtBytes || receivedBytes >= slowUntil) continue;
        isStalled = !hasStalled;
        await sleep(hasStalled ? 1 : stallMs);
        hasStalled = true;
        isStalled = false;
      }
    } catch {
      // Cut off: `complete` says so.
    }
    return {
      status: response.statusCode ?? 0,
      framing: response.headers['content-length'] === undefined ? 'chunked' : 'length',
      receivedBytes,
      sha256: hash.digest('hex'),
      complete: response.complete,
    };
  },
  progress(): { readonly receivedBytes: number; readonly isStalled: boolean } {
    return { receivedBytes, isStalled };
  },
};

if (import.meta.main) answerCalls(calls);
