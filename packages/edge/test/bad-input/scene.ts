// An edge between a client and an origin that are both nothing but sockets: what goes over the wire
// is written and read byte for byte.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { createEdge, type Edge, type EdgeLimits, type UpstreamTimeouts } from '../../src/index.ts';
import { testWorkers } from '../rig.ts';

/** Bytes to send (a string is latin1), a pause, or how the sender ends. */
export type Step =
  | string
  | Buffer
  | { readonly pauseMs: number }
  | { readonly close: 'FIN' | 'RST' };

export const END: Step = { close: 'FIN' };
export const RESET: Step = { close: 'RST' };

async function perform(socket: Socket, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (typeof step === 'string' || Buffer.isBuffer(step)) {
      if (socket.writable) socket.write(step, 'latin1');
    } else if ('pauseMs' in step) await sleep(step.pauseMs);
    else if (step.close === 'FIN') socket.end();
    else socket.resetAndDestroy();
  }
}

/** One request as the origin received it. */
export interface OriginRequest {
  /** `GET /bad HTTP/1.1`. */
  readonly requestLine: string;
  /** Request line and field lines, as they came. */
  readonly head: string;
  /** As it came, chunk lines included. */
  readonly body: string;
  /** False until all of the body has come. */
  readonly isComplete: boolean;
}

/** What the origin sends for every request that is not for the scripted path. */
export const GOOD_BODY = 'a good answer';
const GOOD_ANSWER = [
  'HTTP/1.1 200 OK',
  'Content-Type: text/plain',
  'Cache-Control: no-store',
  `Content-Length: ${GOOD_BODY.length}`,
  '',
  GOOD_BODY,
].join('\r\n');

/** An origin server that sends what it is told for `/scripted`, and a good answer otherwise. */
export class RawOrigin {
  readonly requests: OriginRequest[] = [];
  /** Every byte that came, by connection, in the order in which those were opened. */
  readonly received: string[] = [];
  /** Sent for each complete request for `/scripted`. */
  script: readonly Step[] = [];
  /** What is sent for a request line. */
  scriptFor = (requestLine: string): readonly Step[] =>
    / \/scripted\b/u.test(requestLine) ? this.script : [GOOD_ANSWER];
  /** Sent on accepting a connection, before any request. */
  greeting: readonly Step[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** `host:port`, as Host names it. */
  get authority(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Sends bytes on every open connection, asked or not. */
  sayOnAll(bytes: string): void {
    for (const socket of this.#sockets) socket.write(bytes, 'latin1');
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://${this.authority}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    void perform(socket, this.greeting);
    let unread = '';
    let current: number | undefined;
    const connection = this.received.push('') - 1;
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      this.received[connection] += text;
      unread += text;
      for (;;) {
        if (current === undefined) {
          const headEnd = unread.indexOf('\r\n\r\n');
          if (headEnd === -1) return;
          const head = unread.slice(0, headEnd);
          unread = unread.slice(headEnd + 4);
          const [requestLine = ''] = head.split('\r\n');
          current = this.requests.push({ requestLine, head, body: '', isComplete: false }) - 1;
        }
        const request = this.requests[current] as OriginRequest;
        const length = bodyLength(request.head, unread);
        const body = length === undefined ? unread : unread.slice(0, length);
        this.requests[current] = { ...request, body, isComplete: length !== undefined };
        if (length === undefined) return;
        unread = unread.slice(length);
        current = undefined;
        void perform(socket, this.scriptFor(request.requestLine));
      }
    });
  }
}

/** Bytes that the body of a request takes, once all are there. */
function bodyLength(head: string, bytes: string): number | undefined {
  if (/^transfer-encoding:.*chunked/imu.test(head)) {
    const end = /(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n/u.exec(bytes);
    return end === null ? undefined : end.index + end[0].length;
  }
  const length = Number(/^content-length: *(?<length>\d+)/imu.exec(head)?.groups?.['length'] ?? 0);
  return bytes.length < length ? undefined : length;
}

/** What a client got over one connection. */
export interface Heard {
  readonly bytes: Buffer;
  /** How the edge ended the connection; `open` when it had not by the time limit. */
  readonly end: 'FIN' | 'RST' | 'open';
}

export interface SceneOptions {
  readonly limits?: Partial<EdgeLimits>;
  readonly timeouts?: Partial<UpstreamTimeouts>;
  /** Tells the edge in CDN-Loop; absent: random. */
  readonly edgeId?: string;
}

/** How long a client listens. Answers come within a few ms; the rest is for a busy machine. */
const LISTEN_MS = 20_000;

export class Scene {
  readonly edge: Edge;
  readonly origin: RawOrigin;
  readonly port: number;
  /** What the edge reports as its own fault. */
  readonly faults: readonly unknown[];

  private constructor(parts: Pick<Scene, 'edge' | 'origin' | 'port' | 'faults'>) {
    this.edge = parts.edge;
    this.origin = parts.origin;
    this.port = parts.port;
    this.faults = parts.faults;
  }

  static async open({ limits = {}, timeouts = {}, edgeId }: SceneOptions = {}): Promise<Scene> {
    const origin = new RawOrigin();
    const url = await origin.listen();
    const faults: unknown[] = [];
    const onFault = (...fault: readonly unknown[]): void => void faults.push(fault);
    const edge = createEdge({
      sites: [{ upstream: { url, timeouts } }],
      limits,
      workers: testWorkers(),
      onFault,
      ...(edgeId === undefined ? {} : { id: edgeId }),
    });
    const { port } = await edge.listen({ port: 0, host: '127.0.0.1' });
    return new Scene({ edge, origin, port, faults });
  }

  async close(): Promise<void> {
    await this.edge.close();
    await this.origin.close();
  }

  /** Performs the steps on a new connection, and listens until the edge ends it. */
  async say(steps: readonly Step[], listenMs = LISTEN_MS): Promise<Heard> {
    const socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const over = Promise.withResolvers<Heard['end']>();
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => over.resolve('RST'));
    socket.on('end', () => over.resolve('FIN'));
    socket.on('close', () => over.resolve('RST'));
    const timer = setTimeout(() => over.resolve('open'), listenMs);
    await once(socket, 'connect');
    void perform(socket, steps);
    const end = await over.promise;
    clearTimeout(timer);
    socket.destroy();
    return { bytes: Buffer.concat(chunks), end };
  }

  /** `GET` of a path on a connection of its own, closed by the edge. */
  get(target: string, ...lines: readonly string[]): Promise<Heard> {
    const head = [
      `GET ${target} HTTP/1.1`,
      'Host: edge.test',
      ...lines,
      'Connection: close',
      '',
      '',
    ];
    return this.say([head.join('\r\n')]);
  }

  /** Waits until the edge has finished what it does: exchanges recorded, flights over. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 500 && this.edge.flights > 0; turn += 1) await sleep(10);
    await this.edge.tasks.idle();
  }
}
