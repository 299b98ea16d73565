// Random bytes to an edge, in front of an origin that reads strictly. Whatever the edge makes of them: each
// message that the origin gets is whole, and is one that a second reader finds in what the client sent.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { parseResponses } from '@poplet/conformance/raw-http';
import { createEdge, type Edge } from '../../src/index.ts';
import { testWorkers } from '../rig.ts';
import { Random, randomBytes } from './random-requests.ts';
import { readStrictly, type StrictRequest } from './strict-reading.ts';

export interface FuzzResult {
  readonly connections: number;
  /** Requests that the second reader found in what was sent. */
  readonly requestsSent: number;
  /** Requests that reached the origin. */
  readonly requestsForwarded: number;
  /** Connections on which something was refused. */
  readonly connectionsRefused: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** What went wrong, with the bytes that brought it about. */
  readonly problems: readonly string[];
}

/** Real milliseconds that a client waits for the edge to end its connection. */
const PATIENCE_MS = 20_000;

/** How many clients are at it at once: they share the connections to the origin. */
const CLIENTS = 6;

export async function fuzzRequests({
  count,
  seed,
}: {
  readonly count: number;
  readonly seed: number;
}): Promise<FuzzResult> {
  const origin = new StrictOrigin();
  const url = await origin.listen();
  const problems: string[] = [];
  const onFault = (where: string, error: unknown): void =>
    void problems.push(`a fault of the edge in ${where}: ${String(error)}`);
  const edge = createEdge({ sites: [{ upstream: { url } }], workers: testWorkers(), onFault });
  const { port } = await edge.listen({ port: 0 });
  const random = new Random(seed);
  const tally = { requestsSent: 0, connectionsRefused: 0 };
  const statuses: Record<string, number> = {};
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count && problems.length < 10) {
      next += 1;
      const path = `/${random.word()}`;
      const bytes = randomBytes(random, path);
      const cuts = Array.from({ length: random.below(3) }, () => random.below(bytes.length + 1));
      const { requests } = readStrictly(bytes);
      tally.requestsSent += requests.length;
      const heard = await converse(port, bytes, cuts);
      const said = judgeAnswers(heard, requests);
      for (const status of said.statuses) statuses[status] = (statuses[status] ?? 0) + 1;
      if (said.statuses.some((status) => status >= 400)) tally.connectionsRefused += 1;
      await settled(edge);
      const wrong = said.problem ?? judgeForwarded(origin.take(path), requests);
      if (wrong !== undefined) problems.push(`${wrong}\n  ${JSON.stringify({ bytes, cuts })}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  problems.push(...origin.problems);
  await edge.close();
  await origin.close();
  const { forwarded: requestsForwarded } = origin;
  return { connections: next, requestsForwarded, statuses, problems, ...tally };
}

/** Background work may still ask the origin. */
async function settled(edge: Edge): Promise<void> {
  await edge.tasks.idle();
}

interface Heard {
  readonly bytes: Buffer;
  readonly isEnded: boolean;
}

/** Sends the bytes in pieces, ends its side, and listens until the edge ends the other. */
async function converse(port: number, bytes: string, cuts: readonly number[]): Promise<Heard> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  const over = Promise.withResolvers<boolean>();
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => over.resolve(true));
  socket.on('end', () => over.resolve(true));
  const timer = setTimeout(() => over.resolve(false), PATIENCE_MS);
  let sent = 0;
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    if (socket.writable) socket.write(bytes.slice(sent, cut), 'latin1');
    sent = cut;
    await sleep(0);
  }
  socket.end();
  const isEnded = await over.promise;
  clearTimeout(timer);
  socket.destroy();
  return { bytes: Buffer.concat(chunks), isEnded };
}

interface Judged {
  readonly statuses: readonly number[];
  readonly problem: string | undefined;
}

/** What the client got is responses, none of them to a request that it did not send. */
function judgeAnswers({ bytes, isEnded }: Heard, requests: readonly StrictRequest[]): Judged {
  const methods = requests.map(({ method }) => method);
  const { responses, rest } = parseResponses(bytes, methods);
  const finals = responses.filter(({ status }) => status >= 200);
  const statuses = finals.map(({ status }) => status);
  const echoed = finals.flatMap(({ status, body }) =>
    status === 200 && body.length > 0 ? [body.toString('latin1')] : [],
  );
  const mine = requests.map(echoOf);
  const foreign = echoed.find((echo) => !isReflected(echo) && !takeOne(mine, echo));
  const problem = !isEnded
    ? 'the edge neither answers nor ends the connection'
    : rest.length > 0
      ? `bytes that are no response: ${JSON.stringify(rest.toString('latin1'))}`
      : foreign !== undefined
        ? `an answer to what was not asked: ${foreign}`
        : finals.length > requests.length + 1
          ? `${finals.length} answers to ${requests.length} requests`
          : undefined;
  return { statuses, problem };
}

/** A TRACE that the edge answers itself. */
function isReflected(body: string): boolean {
  return body.startsWith('TRACE ');
}

function judgeForwarded(
  seen: readonly StrictRequest[],
  requests: readonly StrictRequest[],
): string | undefined {
  const mine = requests.map(echoOf);
  const foreign = seen.map(echoOf).find((echo) => !takeOne(mine, echo));
  return foreign === undefined ? undefined : `the origin was asked what was not sent: ${foreign}`;
}

function takeOne(list: string[], one: string): boolean {
  const index = list.indexOf(one);
  if (index === -1) return false;
  list.splice(index, 1);
  return true;
}

/** All of a request that is compared. A HEAD may be asked as GET. */
function echoOf({ method, target, content }: StrictRequest): string {
  return JSON.stringify([method === 'HEAD' ? 'GET' : method, target, content]);
}

/** Answers every request with itself, and takes offence at any byte that is part of none. */
class StrictOrigin {
  readonly problems: string[] = [];
  forwarded = 0;
  readonly #seen = new Map<string, StrictRequest[]>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  /** What came for one connection of a client, by the beginning of its paths. */
  take(path: string): readonly StrictRequest[] {
    const seen = this.#seen.get(path) ?? [];
    this.#seen.delete(path);
    return seen;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    let bytes = '';
    let answered = 0;
    socket.on('data', (chunk) => {
      bytes += chunk.toString('latin1');
      const { requests, rest } = readStrictly(bytes);
      if (rest === 'none') this.problems.push(`the origin was sent: ${JSON.stringify(bytes)}`);
      for (const request of requests.slice(answered)) {
        answered += 1;
        this.#note(request);
        const body = request.method === 'HEAD' ? '' : echoOf(request);
        socket.write(
          `HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          'latin1',
        );
      }
    });
  }

  #note(request: StrictRequest): void {
    this.forwarded += 1;
    const [path = ''] = /^\/[^/]+/u.exec(request.target) ?? [];
    const seen = this.#seen.get(path) ?? [];
    this.#seen.set(path, seen);
    seen.push(request);
  }
}
