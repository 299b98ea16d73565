import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';

import { reason } from '@poplet/policy';
import { monotonicMs } from '../clock.ts';
import type { EdgeLimits } from '../edge-api.ts';
import { planUnreadable, type Problem } from '../problem.ts';
import { localAuthorityOf, requestUrlOf, withoutMapping } from '../request-url.ts';
import { malformed, NO_REQUEST, problemOf, type RequestLine } from '../unreadable.ts';
import { Allowance } from './allowance.ts';
import { Http2Changeover } from './changeover.ts';
import { Http2Client } from './client.ts';
import { asUpgrade, readHead, type ConnectionFacts, type Http2Head } from './request-head.ts';

/** What arrives on connections in HTTP/2. */
export interface Http2Arrivals {
  onRequest(client: Http2Client, changeover: Http2Changeover | undefined): void;
  /** A request that cannot be read, or a connection that is ended for what came on it. */
  onUnreadable(problem: Problem, line: RequestLine): void;
  /** Something is being answered on it, or nothing is any more. */
  onBusy(socket: Socket): void;
  onIdle(socket: Socket): void;
}

/** How long an ended connection may stay open for its client to read why. */
const ENDING_MS = 1000;

/** What a sound client does from time to time, and a flood in bulk. RFC 9113 §10.5 */
const RESETS = { atOnce: 200, perSecond: 20 };
const PINGS = { atOnce: 50, perSecond: 5 };
const SETTINGS = { atOnce: 20, perSecond: 1 };

/** Frames that mean nothing, or come where they may not. */
const INVALID_FRAMES = 100;

/** One connection in HTTP/2: its requests become clients of the pipeline, under the limits. */
export class Http2Connection {
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #limits: EdgeLimits;
  readonly #arrivals: Http2Arrivals;
  readonly #facts: ConnectionFacts;
  readonly #resets = new Allowance(RESETS);
  readonly #pings = new Allowance(PINGS);
  readonly #settings = new Allowance(SETTINGS);
  #streams = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(socket: Socket, limits: EdgeLimits, arrivals: Http2Arrivals) {
    this.#socket = socket;
    this.#limits = limits;
    this.#arrivals = arrivals;
    this.#facts = {
      scheme: 'https',
      localAuthority: localAuthorityOf({ socket }),
      clientAddress: socket.remoteAddress && withoutMapping(socket.remoteAddress),
    };
    // What tells node:http2 that the handshake is over: node:tls sets it for the sockets of its own servers.
    Object.assign(socket, { secureConnecting: false });
    const session = performServerHandshake(socket, {
      settings: {
        // RFC 8441 §3
        enableConnectProtocol: true,
        maxConcurrentStreams: limits.streams,
        // Beyond the limits themselves: up to here a client is told what is too much.
        maxHeaderListSize: 2 * limits.headerBytes,
      },
      maxHeaderListPairs: 2 * limits.headerCount,
      maxSessionInvalidFrames: INVALID_FRAMES,
      // An origin's duplicates are handed on as they came.
      strictSingleValueFields: false,
      // Else a field with a space around its value is dropped without a word: it is refused here.
      strictFieldWhitespaceValidation: false,
    });
    this.#session = session;
    session.on('stream', (stream, _headers, _flags, rawHeaders) => this.#begin(stream, rawHeaders));
    session.on('ping', () => this.#spend(this.#pings, 'PING'));
    session.on('remoteSettings', () => this.#spend(this.#settings, 'SETTINGS'));
    session.on('error', (error) => this.#fail(error));
    session.on('close', () => {
      clearTimeout(this.#idleTimer);
      socket.destroy();
    });
    // A client that has stopped sending can acknowledge nothing, nor take more than the window it gave.
    socket.on('end', () => session.destroy());
    this.#awaitStream(limits.headersTimeoutMs);
  }

  /** Ends it at once; its client is told. */
  destroy(): void {
    this.#session.destroy();
  }

  /** So long until there is a request, whatever else comes. */
  #awaitStream(ms: number): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#goAway(), ms);
  }

  /** RFC 9113 §6.8: says that nothing more is answered, lets what is being answered end for a moment. */
  #goAway(): void {
    this.#isEnding = true;
    const session = this.#session;
    if (session.destroyed) return;
    session.goaway(constants.NGHTTP2_NO_ERROR);
    session.close();
    this.#endSoon();
  }

  /** Cuts what costs more than it may, with the code for that. */
  #cut(): void {
    this.#isEnding = true;
    // The code makes an error, which the types ask for.
    this.#session.destroy(constants.NGHTTP2_ENHANCE_YOUR_CALM as unknown as Error);
    this.#endSoon();
  }

  #endSoon(): void {
    const timer = setTimeout(() => {
      this.#session.destroy();
      this.#socket.destroy();
    }, ENDING_MS);
    this.#socket.on('close', () => clearTimeout(timer));
  }

  #begin(stream: ServerHttp2Stream, raw: string[]): void {
    if (this.#isEnding) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    this.#streams += 1;
    clearTimeout(this.#idleTimer);
    this.#arrivals.onBusy(this.#socket);
    const read = readHead(raw, !stream.endAfterHeaders, this.#facts);
    const { client, changeover, problem } = this.#clientOf(stream, read);
    stream.on('close', () => this.#ended(client));
    if (problem !== undefined) {
      this.#refuse(client, problem);
      return;
    }
    if (changeover === undefined) {
      if (!stream.endAfterHeaders) this.#limitTime(stream, client);
      // Where the end of the request is not seen, node:http2 resets the stream behind the answer.
      if (client.head.pseudo?.hasContent === false) stream.resume();
    }
    this.#arrivals.onRequest(client, changeover);
  }

  #ended(client: Http2Client): void {
    this.#streams -= 1;
    // Given up by the client, or for what it sent: both cost more than they bring (CVE-2023-44487, CVE-2025-8671).
    if (client.isGone && !client.wasLetDown) this.#spend(this.#resets, 'RST_STREAM');
    if (this.#streams > 0 || this.#session.destroyed) return;
    this.#arrivals.onIdle(this.#socket);
    this.#awaitStream(this.#limits.keepAliveTimeoutMs);
  }

  #clientOf(
    stream: ServerHttp2Stream,
    read: Http2Head,
  ): {
    readonly client: Http2Client;
    readonly changeover: Http2Changeover | undefined;
    readonly problem: Problem | undefined;
  } {
    const { writeTimeoutMs, contentBytes } = this.#limits;
    const problem = this.#problemOf(read);
    const { head, protocol = '' } = read;
    const upgrade =
      problem === undefined && head.method === 'CONNECT' ? asUpgrade(head, protocol) : undefined;
    return {
      client: new Http2Client(stream, {
        head: upgrade?.head ?? head,
        writeTimeoutMs,
        contentBytes,
      }),
      changeover: upgrade && new Http2Changeover(stream, upgrade.key),
      problem,
    };
  }

  /** Why it is refused before anybody reads it; undefined: it is not. */
  #problemOf({ head, protocol, listBytes, flaw }: Http2Head): Problem | undefined {
    const { headerBytes } = this.#limits;
    if (listBytes > headerBytes)
      return { status: 431, reasons: [reason('fields-too-large', { limitBytes: headerBytes })] };
    if (flaw !== undefined) return malformed(400, flaw);
    if (head.method !== 'CONNECT') return undefined;
    if (protocol === undefined) return problemOf({ code: 'CONNECT' }, this.#limits);
    return protocol.toLowerCase() === 'websocket'
      ? undefined
      : malformed(501, `the protocol ${protocol} is not known here`);
  }

  #refuse(client: Http2Client, problem: Problem): void {
    const { method } = client.head;
    const plan = planUnreadable(problem, method);
    client.begin(plan, 'none');
    const text = plan.body.kind === 'text' ? plan.body.text : '';
    void client.end(Buffer.from(text), []);
    this.#arrivals.onUnreadable(problem, { method, url: requestUrlOf(client.head) });
  }

  /** RFC 9110 §15.5.9: the content has its time, too. */
  #limitTime(stream: ServerHttp2Stream, client: Http2Client): void {
    const { requestTimeoutMs } = this.#limits;
    if (requestTimeoutMs === 0) return;
    const timer = setTimeout(() => {
      if (!client.content.isUnread) return;
      client.giveUp(problemOf({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, this.#limits));
    }, requestTimeoutMs);
    stream.on('close', () => clearTimeout(timer)).on('end', () => clearTimeout(timer));
  }

  #spend(allowance: Allowance, frame: string): void {
    if (this.#isEnding || allowance.take(monotonicMs())) return;
    const problem = { status: 429, reasons: [reason('http2-flood', { frame })] };
    this.#arrivals.onUnreadable(problem, NO_REQUEST);
    this.#cut();
  }

  /** RFC 9113 §5.4.1: the connection is over. */
  #fail(error: NodeJS.ErrnoException): void {
    const isGone = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    if (isGone || this.#isEnding) return;
    this.#isEnding = true;
    const why = reason('http2-broken', { problem: error.message });
    this.#arrivals.onUnreadable({ status: 400, reasons: [why] }, NO_REQUEST);
  }
}
