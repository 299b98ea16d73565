import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { reason } from '@poplet/policy';
import type { EdgeLimits, ListenOptions } from './edge-api.ts';
import type { FastLane } from './fast-lane/fast-lane.ts';
import type { LanePort } from './fast-lane/lane-connection.ts';
import { readInPlace } from './fast-lane/read-in-place.ts';
import type { ClientOptions, Http1Client } from './http1/client.ts';
import type { Http2Changeover } from './http2/changeover.ts';
import type { Http2Client } from './http2/client.ts';
import { Http2Connection } from './http2/connection.ts';
import { Endings } from './endings.ts';
import { boundOn, closedError, edgeListenError, type Bound } from './listen-error.ts';
import { plainHttpProblem } from './plain-http.ts';
import { unreadableMessage, type Problem } from './problem.ts';
import { requestUrlOf } from './request-url.ts';
import { TlsLane } from './tls-lane.ts';
import { Turns, WaitingRoom } from './turns.ts';
import { RelaySocket } from './workers/relay-socket.ts';
import {
  foreignProblemOf,
  NO_REQUEST,
  problemOf,
  requestLineOf,
  type ParserError,
  type RequestLine,
} from './unreadable.ts';

/** What arrives on the listeners. */
export interface Arrivals {
  realNowMs(): number;
  /** The client of a request in HTTP/1. */
  clientOn(request: IncomingMessage, response: ServerResponse, options: ClientOptions): Http1Client;
  /** One request. */
  onRequest(client: Http1Client | Http2Client, changeover?: Http2Changeover): void;
  /** Returns what would answer it, unless the connection is handed over. */
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): ServerResponse;
  /** Whether an Upgrade field is to be obeyed; if not, the request is an ordinary one. */
  mayUpgrade(request: IncomingMessage): boolean;
  /** A fault of the listener itself; it goes on. */
  onFault(where: string, error: unknown): void;
  /** Bytes that are no request, or one too many, and were answered with `problem`, if that could be sent. */
  onUnreadable(problem: Problem, line: RequestLine, isSent?: boolean): void;
  /** The rest of a request proved unreadable, or did not come in time: `problem` was the answer. False: it has not begun. */
  onCutShort(response: ServerResponse, problem: Problem): boolean;
}

/** How often it is looked whether a client that has stopped sending is still reading. */
const HALF_CLOSED_MS = 500;

/** How long such a client waits within an answer, or for the end of the connection behind it. */
const HALF_CLOSED_PAUSE_MS = 1000;

/** The edge's own TCP listeners, which hand their sockets to node:http under the limits. */
export class Listeners {
  readonly #limits: EdgeLimits;
  readonly #arrivals: Arrivals;
  readonly #http: HttpServer;
  /** What came in plain HTTP to a port of HTTPS, to be sent on to that. */
  #plainHttp: HttpServer | undefined;
  readonly #http2 = new Set<Http2Connection>();
  readonly #servers = new Set<Server>();
  #isClosed = false;
  readonly #sockets = new Set<Socket>();
  /** Those that nothing is being answered on, longest first. */
  readonly #idle = new Set<Duplex>();
  readonly #endings: Endings;
  /** Responses under way, by the connection they are for. */
  readonly #answering = new WeakMap<Duplex, Set<ServerResponse>>();
  /** Whose turn it is, by connection. */
  readonly #turns = new WeakMap<Duplex, Turns>();
  readonly #waitingRoom: WaitingRoom;
  /** Connections that speak another protocol from now on: what their ends mean is its business. */
  readonly #handedOver = new WeakSet<Duplex>();
  /** Connections whose last requests are still to be answered, before what came behind them is refused. */
  readonly #unreadable = new WeakSet<Duplex>();
  /** Connections that end behind an answer that was given: what comes on them is read no more. */
  readonly #ended = new WeakSet<Duplex>();
  /** What answers without node:http where it can. */
  readonly #fastLane: FastLane | undefined;
  readonly #lanePort: LanePort;
  /** The request that node:http reads just now is being answered already. */
  #isHandingOver = false;
  #handedTo: Http1Client | undefined;

  constructor(limits: EdgeLimits, arrivals: Arrivals, fastLane?: FastLane) {
    this.#limits = limits;
    this.#endings = new Endings(limits.connections);
    this.#arrivals = arrivals;
    this.#fastLane = fastLane;
    this.#waitingRoom = new WaitingRoom(limits.exchanges);
    this.#http = this.#createHttp();
    this.#lanePort = {
      parser: this.#http,
      isAnswering: (socket) => (this.#answering.get(socket)?.size ?? 0) > 0,
      onBusy: (socket) => void this.#idle.delete(socket),
      onIdle: (socket) => {
        this.#rest(socket);
        relayed(socket)?.onAnswerOver();
      },
      onAnswered: (socket, plain, answer) => relayed(socket)?.onAnswered(plain, answer),
      handOver: (hand) => this.#handOver(hand),
    };
  }

  /** Rejects with PopletError `port-in-use`, `port-forbidden` or `invalid-option`. */
  async listen({ port, host = '127.0.0.1', tls }: ListenOptions): Promise<Bound> {
    const lane = tls === undefined ? undefined : this.#tlsLane(tls);
    const isInPlace = lane === undefined && this.#fastLane !== undefined;
    const options = { noDelay: true, allowHalfOpen: true, pauseOnConnect: isInPlace };
    const server = createServer(options, (socket) => {
      if (lane === undefined) this.#accept(isInPlace ? readInPlace(socket) : socket);
      else this.#acceptTls(socket, lane);
    });
    await listening(server, port, host);
    if (this.#isClosed) {
      server.close();
      throw edgeListenError(closedError(), port, host);
    }
    this.#servers.add(server);
    // A connection that could not be accepted, for want of descriptors.
    server.on('error', (error) => this.#arrivals.onFault(`listener on port ${port}`, error));
    const bound = (server.address() as AddressInfo).port;
    return boundOn(host, bound, tls === undefined ? 'http' : 'https');
  }

  /** Open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Takes a connection that a worker relays. */
  acceptRelayed(socket: RelaySocket): void {
    this.#accept(socket.asSocket);
  }

  /** Ends every listener and connection at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = [...this.#servers].map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
        }),
    );
    this.#servers.clear();
    for (const connection of this.#http2) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.#endings.close();
    // Stops the timer that watches over slow requests.
    this.#http.close();
    this.#plainHttp?.close();
    await Promise.all(closed);
  }

  #createHttp(): HttpServer {
    // RFC 9110 §7.8: an Upgrade may be ignored, and is where earlier answers are still to go over the connection.
    const http = this.#createParser(
      (request) => this.#pending(request.socket).length === 0 && this.#arrivals.mayUpgrade(request),
    );
    http.on('request', (request, response) => this.#begin(request, response, {}));
    http.on('checkContinue', (request, response) =>
      this.#begin(request, response, { awaitsContinue: true }),
    );
    // An Expect that asks for something else: the pipeline says so.
    http.on('checkExpectation', (request, response) => this.#begin(request, response, {}));
    http.on('upgrade', (request, socket, head) =>
      this.#track(socket, this.#arrivals.onUpgrade(request, socket, head)),
    );
    http.on('clientError', (error, socket) => this.#refuseUnreadable(error, socket));
    return http;
  }

  #createPlainHttp(): HttpServer {
    const http = this.#createParser(() => false);
    const sendOn = (request: IncomingMessage): void => {
      const problem = plainHttpProblem(request);
      const { method = '', url: target = '', rawHeaders: lines } = request;
      const url = requestUrlOf({ method, target, lines, scheme: 'http' });
      this.#refuse(request.socket, problem, { method, url });
    };
    for (const event of ['request', 'checkContinue', 'checkExpectation']) http.on(event, sendOn);
    http.on('clientError', (error: ParserError, socket) => {
      const isUnused = (socket as Partial<Socket>).bytesRead === 0;
      if (isUnused || !socket.writable) socket.destroy();
      else this.#refuse(socket, foreignProblemOf(error, this.#limits), requestLineOf(error));
    });
    return http;
  }

  /** node:http, which these listeners hand their sockets to. */
  #createParser(mayUpgrade: (request: IncomingMessage) => boolean): HttpServer {
    const { headerBytes, headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = this.#limits;
    const http = createHttpServer({
      maxHeaderSize: headerBytes,
      headersTimeout:
        requestTimeoutMs === 0 ? headersTimeoutMs : Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(5000, Math.max(50, headersTimeoutMs / 4)),
      // Judged in `receive`, which names the problem.
      requireHostHeader: false,
      shouldUpgradeCallback: mayUpgrade,
    });
    // Lines above the limit are to be refused, not dropped.
    http.maxHeadersCount = 0;
    // A client may be done sending and still read (RFC 9112 §9.6). @types/node does not know the property.
    Object.assign(http, { httpAllowHalfOpen: true });
    http.on('connect', (request, socket) => this.#refuseConnect(request, socket));
    // Its watch over slow requests begins when it listens, which the servers here do in its place.
    http.emit('listening');
    return http;
  }

  #accept(socket: Socket): void {
    if (this.#hasRoom()) {
      this.#serve(socket, 'http');
      return;
    }
    this.#refuse(socket, this.#noRoom(), NO_REQUEST);
  }

  #acceptTls(socket: Socket, lane: TlsLane): void {
    if (this.#hasRoom()) {
      // Until the handshake is over it is one that nothing is being answered on.
      this.#hold(socket);
      lane.accept(socket);
      return;
    }
    // Before a handshake there is nothing that could be said.
    socket.on('error', () => {}).destroy();
    this.#arrivals.onUnreadable(this.#noRoom(), NO_REQUEST);
  }

  #tlsLane(identity: ListenOptions['tls'] & {}): TlsLane {
    this.#plainHttp ??= this.#createPlainHttp();
    const plainHttp = this.#plainHttp;
    return new TlsLane(identity, this.#limits, {
      onPlain: (socket) => void plainHttp.emit('connection', socket),
      onSecure: (socket, carrier) => {
        this.#release(carrier);
        this.#acceptSecure(socket);
      },
      onFailure: (problem, serverName) => {
        const url = serverName === '' ? '' : `https://${serverName}`;
        this.#arrivals.onUnreadable(problem, { method: '', url });
      },
    });
  }

  /** The one place that knows what is spoken over TLS: by ALPN. */
  #acceptSecure(socket: TLSSocket): void {
    if (socket.alpnProtocol === 'h2') {
      this.#acceptHttp2(socket);
      return;
    }
    this.#serve(socket, 'https');
  }

  /** A connection in HTTP/1. */
  #serve(socket: Socket, scheme: 'http' | 'https'): void {
    this.#keep(socket);
    if (this.#fastLane === undefined) this.#http.emit('connection', socket);
    else this.#fastLane.accept(socket, scheme, this.#lanePort);
  }

  #acceptHttp2(socket: TLSSocket): void {
    this.#hold(socket);
    const connection = new Http2Connection(socket, this.#limits, {
      onRequest: (client, changeover) => this.#arrivals.onRequest(client, changeover),
      onUnreadable: (problem, line) => this.#arrivals.onUnreadable(problem, line),
      onBusy: () => this.#idle.delete(socket),
      onIdle: () => this.#idle.add(socket),
    });
    this.#http2.add(connection);
    socket.on('close', () => this.#http2.delete(connection));
  }

  #hasRoom(): boolean {
    return this.#sockets.size < this.#limits.connections || this.#closeLongestIdle();
  }

  #noRoom(): Problem {
    const { connections: limit } = this.#limits;
    return { status: 503, reasons: [reason('too-many-connections', { limit })] };
  }

  /** Counts a connection until it closes. */
  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    this.#idle.add(socket);
    socket.on('close', () => this.#release(socket));
  }

  #release(socket: Duplex): void {
    this.#sockets.delete(socket as Socket);
    this.#idle.delete(socket);
  }

  /** Counts a connection over which HTTP is spoken. */
  #keep(socket: Socket): void {
    this.#hold(socket);
    // What node:http calls behind the last answer.
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      if (this.#endings.isFull) destroySoon();
      else this.#endInStages(socket);
    };
    socket.on('end', () => {
      this.#refuseCutOff(socket);
      this.#watchHalfClosed(socket);
    });
  }

  /** RFC 9112 §9.5: a server may close an idle connection at any time. Clients that never get as far as a request go first. */
  #closeLongestIdle(): boolean {
    for (const socket of this.#idle) {
      this.#idle.delete(socket);
      this.#sockets.delete(socket as Socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #begin(request: IncomingMessage, response: ServerResponse, options: ClientOptions): void {
    const { socket } = request;
    // It was cut, and this is of the bytes that had come by then.
    if (socket.destroyed) return;
    this.#track(socket, response);
    // The parser takes bytes that came right behind it for the other protocol's: where the next request begins is not known.
    if (asksToUpgrade(request)) response.shouldKeepAlive = false;
    const turns = this.#turns.get(socket) ?? new Turns(this.#limits.pipelined, this.#waitingRoom);
    this.#turns.set(socket, turns);
    const isTaken = turns.take(request, response, () => {
      if (!this.#mayAnswer(socket, response)) return;
      const client = this.#arrivals.clientOn(request, response, options);
      if (this.#isHandingOver) this.#handedTo = client;
      else this.#arrivals.onRequest(client);
    });
    if (isTaken) return;
    this.#answering.get(socket)?.delete(response);
    if (socket.destroyed) this.#recordNoRoom(request);
  }

  #recordNoRoom({ method = '', url = '' }: IncomingMessage): void {
    const why = reason('too-many-exchanges', { limit: this.#limits.exchanges });
    this.#arrivals.onUnreadable({ status: 503, reasons: [why] }, { method, url }, false);
  }

  /** What the one request that `hand` makes node:http read is answered through, by whoever answers it already. */
  #handOver(hand: () => void): Http1Client | undefined {
    this.#isHandingOver = true;
    try {
      hand();
    } finally {
      this.#isHandingOver = false;
    }
    const client = this.#handedTo;
    this.#handedTo = undefined;
    return client;
  }

  /** RFC 9112 §9.6: behind an answer that ends the connection nothing is processed, be it that the request was refused. */
  #mayAnswer(socket: Duplex, response: ServerResponse): boolean {
    if (socket.destroyed || this.#ended.has(socket)) return false;
    // It waited for its turn, and has turned out to be faulty.
    if (this.#unreadable.has(socket) && !response.req.complete) return false;
    for (const one of this.#answering.get(socket) ?? []) {
      if (one === response) break;
      if (isLast(one)) return false;
    }
    return true;
  }

  /** Responses that are still to be given on a connection, in their order. */
  #pending(socket: Duplex): readonly ServerResponse[] {
    return [...(this.#answering.get(socket) ?? [])];
  }

  #track(socket: Duplex, response: ServerResponse): void {
    const responses = this.#answering.get(socket) ?? new Set();
    this.#answering.set(socket, responses.add(response));
    this.#idle.delete(socket);
    response.on('close', () => {
      responses.delete(response);
      if (isLast(response)) this.#ended.add(socket);
      if (responses.size === 0) this.#rest(socket);
      relayed(socket)?.onAnswerOver();
    });
  }

  /** Nothing is being answered on a connection, from now on. */
  #rest(socket: Duplex): void {
    this.#idle.delete(socket);
    // One that is ending makes no room: it is not counted any more.
    const isCounted = this.#sockets.has(socket as Socket);
    if (isCounted && !socket.destroyed && !this.#handedOver.has(socket)) this.#idle.add(socket);
  }

  /** A connection is handed over to another protocol. */
  handOver(socket: Duplex): void {
    this.#handedOver.add(socket);
  }

  /** RFC 9110 §9.3.6: a gateway is no tunnel to elsewhere. */
  #refuseConnect({ url = '' }: IncomingMessage, socket: Duplex): void {
    const problem = problemOf({ code: 'CONNECT' }, this.#limits);
    this.#refuse(socket, problem, { method: 'CONNECT', url });
  }

  /** Ends a connection, once, with the answer to the only request on it. */
  #refuse(socket: Duplex, problem: Problem, line: RequestLine): void {
    if (this.#endings.has(socket)) return;
    this.#end(socket, problem, line.method);
    this.#arrivals.onUnreadable(problem, line);
  }

  #refuseUnreadable(error: ParserError, socket: Duplex): void {
    if (this.#endings.has(socket)) return;
    const isGone = error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable;
    // A connection opened ahead of need, and never used, did nothing wrong.
    const isUnused = (socket as Partial<Socket>).bytesRead === 0;
    const answering = this.#pending(socket);
    // The one that is faulty, unless the fault is behind all of them.
    const faulty = answering.find(({ req }) => !req.complete);
    const whole = answering.filter((response) => response !== faulty);
    // What has been written in this turn still goes out.
    const cut = (): void => void setImmediate(() => socket.destroy());
    if (isGone || isUnused) {
      cut();
      return;
    }
    // The parser says so again for all that follows.
    if (this.#unreadable.has(socket)) return;
    this.#unreadable.add(socket);
    const refuse = (): void => {
      if (!socket.writable) return;
      if (faulty?.headersSent === true) {
        cut();
        return;
      }
      const problem = problemOf(error, this.#limits);
      const line = requestLineOf(error);
      // Behind others it is not what the packet begins with, and not known.
      const method = faulty?.req.method ?? (answering.length === 0 ? line.method : undefined);
      const isRecorded = faulty !== undefined && this.#arrivals.onCutShort(faulty, problem);
      this.#end(socket, problem, method);
      if (!isRecorded) this.#arrivals.onUnreadable(problem, line);
    };
    // RFC 9112 §9.3.2: whole requests before the fault are answered first, each in its turn. §9.6: behind
    // one that says close the connection is closed by then.
    if (whole.length === 0) refuse();
    else whenClosed(whole, refuse);
  }

  /** node:http says nothing of what is wrong with the content of a request that asks to switch protocols. */
  #refuseCutOff(socket: Socket): void {
    const isCutOff = this.#pending(socket).some(({ req }) => !req.complete && asksToUpgrade(req));
    if (isCutOff) this.#refuseUnreadable({ reason: 'the content is malformed or cut off' }, socket);
  }

  /**
   * The end of a client's bytes looks the same whether it only stopped sending (RFC 9112 §9.6 lets it) or
   * went away. What is written afterwards tells: one that went away resets the connection, and the next
   * write finds it so. Where the answer has not begun, a 100, which every client discards, is written for
   * that, and once more. Within an answer there is nothing that could be.
   */
  #watchHalfClosed(socket: Socket): void {
    let written = socket.bytesWritten;
    let silentMs = 0;
    let probes = 0;
    const look = (): void => {
      if (this.#handedOver.has(socket)) {
        clearInterval(timer);
        return;
      }
      const answering = this.#pending(socket);
      silentMs = socket.bytesWritten === written ? silentMs + HALF_CLOSED_MS : 0;
      const hasBegun = answering.every(({ headersSent }) => headersSent);
      if (silentMs >= (hasBegun ? HALF_CLOSED_PAUSE_MS : this.#limits.halfClosedTimeoutMs)) {
        socket.destroy();
        return;
      }
      const next = answering.find((response) => response.socket === socket);
      if (probes < 2 && next?.headersSent === false && next.req.httpVersion === '1.1') {
        probes += 1;
        next.writeContinue();
      }
      written = socket.bytesWritten;
    };
    const timer = setInterval(look, HALF_CLOSED_MS);
    socket.on('close', () => clearInterval(timer));
  }

  /** Says why, and gives the client a moment to read it: closing at once would reset the connection (RFC 9112 §9.6). */
  #end(socket: Duplex, problem: Problem, method: string | undefined): void {
    socket.on('error', () => {});
    if (this.#endings.isFull) {
      socket.destroy();
      return;
    }
    this.#endInStages(socket, unreadableMessage(problem, this.#arrivals.realNowMs(), method));
  }

  #endInStages(socket: Duplex, lastText = ''): void {
    if (this.#endings.has(socket)) return;
    this.#release(socket);
    this.#endings.add(socket, lastText);
  }
}

/** Whether it is to the parser that this may be the last request in HTTP/1.1. */
function asksToUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined && /upgrade/i.test(headers.connection ?? '');
}

/** Whether the connection ends behind this response. */
function isLast({ shouldKeepAlive }: ServerResponse): boolean {
  return !shouldKeepAlive;
}

/** Calls once, when all of them are over. */
function whenClosed(responses: readonly ServerResponse[], then: () => void): void {
  let left = responses.length;
  for (const response of responses) {
    response.on('close', () => {
      left -= 1;
      if (left === 0) then();
    });
  }
}

/** Undefined for a connection that was accepted here. */
function relayed(socket: Duplex): RelaySocket | undefined {
  return socket instanceof RelaySocket ? socket : undefined;
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void =>
      reject(edgeListenError(error, port, host));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}
