import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';

import type {
  AnswerView,
  ExchangeRecord,
  Explanation,
  Policy,
  PurgeMethod,
  RequestOfAnyone,
  PurgePort,
  Treatment,
} from '@poplet/policy';
import type { Store } from '@poplet/store';

/** What the edge asks when it cannot answer itself. */
export type UpstreamOptions =
  /** A server: `http://127.0.0.1:5173`. */
  | {
      /** An origin, without path: `https://example.com:8443`. */
      readonly url: string;
      readonly timeouts?: Partial<UpstreamTimeouts>;
      /** Sockets at most; further requests queue. Default 1024. */
      readonly connections?: number;
      /** `rejectUnauthorized: false` accepts a certificate that no system authority vouches for. */
      readonly tls?: { readonly rejectUnauthorized?: boolean };
      /** Whether HTTP/2 is spoken where an https server offers it. Default: true. */
      readonly http2?: boolean;
    }
  /** A node:http handler in this process, reached over a loopback socket of its own. */
  | {
      readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
      /** For requests that ask to switch protocols; without it they are refused. */
      readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
    };

/** Real time, in milliseconds. 0: no limit. */
export interface UpstreamTimeouts {
  /** Until the connection stands. Default 10 000. */
  readonly connectMs: number;
  /**
   * From the request until the head of the response is complete, whatever interim responses come before
   * it; and before that, as long again for one of the connections to come free. The time that a client
   * takes over its content does not count. Default 120 000: a dev server may compile first.
   */
  readonly headMs: number;
  /** Between two pieces of a body, while the edge is ready to take more. Default 300 000; none for event streams. */
  readonly bodyIdleMs: number;
  /** From the head until the end of the body, slow clients included; none for event streams. Default 0: a body may take as long as it goes on. */
  readonly bodyMs: number;
}

/** One site: hosts, where its pages come from, and how its CDN treats them. */
export interface SiteOptions {
  /** Leads every key and selector; no white space. Default: `default`. */
  readonly id?: string;
  /** Host names (without port) the site answers to; `*.shop.test`: every name below that, at any depth. None: any host, allowed for one site only. */
  readonly hosts?: readonly string[];
  readonly upstream: UpstreamOptions;
  /** Default: `rfc9111`. */
  readonly policy?: Policy;
  /**
   * The policy for one request, where a site has several, by path or whatever a request says; `policy` is that of
   * the rest, and the one by which the site is known. Pure, and one of a few values that stay the same. All of them
   * store under one id: the same key is the same stored response. It is not told who asks: what was answered to
   * one is answered to the other.
   */
  readonly policyFor?: (request: RequestOfAnyone) => Policy;
  /** Which Host the upstream sees. Default: `upstream`. */
  readonly hostHeader?: 'upstream' | 'viewer';
  /**
   * `PURGE <url>` as this site's CDN has it: obeyed from programs on this machine though the edge's own
   * `purgeMethod` is not turned on.
   */
  readonly purgeMethod?: PurgeMethod | undefined;
}

export interface EdgeOptions {
  readonly sites: readonly SiteOptions[];
  /** Tells this edge from others in CDN-Loop (RFC 8586): letters and digits. Default: random, for each edge anew. */
  readonly id?: string;
  /** Default: a memory store of 512 MiB. */
  readonly store?: Store;
  readonly limits?: Partial<EdgeLimits>;
  /**
   * Threads that take connections in plain HTTP and answer what can be answered from copies; one store, clock,
   * journal and table of flights stay behind all of them. Default 1: this thread does all.
   */
  readonly workers?: number;
  /** How long a request waits for the head of another's fetch, real milliseconds. Default 10 000. */
  readonly collapseWaitMs?: number;
  /** Size of the journal. Default 8 MiB. */
  readonly journalBytes?: number;
  /**
   * Turns on `PURGE <url>` on the port of cached traffic, as caches know it. Without a token, only clients on
   * this machine may, and not through a proxy; with one, who brings it (`Authorization: Bearer <token>`). Web
   * pages never may. Default: refused with 405.
   */
  readonly purgeMethod?: { readonly token?: string | undefined } | undefined;
  /** Fields that a request is taken to have where it has none of the name: where its client is, say. Default: none. */
  readonly requestDefaults?: Readonly<Record<string, string>>;
  /**
   * Whether plain HTTP/1.1 requests are answered without node:http, hits from memory ahead of the pipeline, with
   * the same answers in the same order. Default: true. Of no effect on a mounted `handler`.
   */
  readonly fastLane?: boolean;
  /** Default: a clock of its own that runs with real time. */
  readonly clock?: Clock;
  /** Told of faults of the edge itself, and of what in-process handlers throw. Default: a process warning. */
  readonly onFault?: (where: string, error: unknown) => void;
}

/**
 * What a client may do. Times are real milliseconds. A mounted `handler` is under its own server's
 * limits, bar the counts of fields, bytes and exchanges, and `writeTimeoutMs`.
 */
export interface EdgeLimits {
  /** Request line and header section. Default 65 536; above it 431. */
  readonly headerBytes: number;
  /** Default 200; above it 431. */
  readonly headerCount: number;
  /** Default 16 384; above it 414. */
  readonly targetBytes: number;
  /** Content of a request. Default 0: no limit, as none of it is kept; above it 413. */
  readonly contentBytes: number;
  /** From the connection to the end of the TLS handshake. Default 10 000; then it is closed. */
  readonly handshakeTimeoutMs: number;
  /** For the whole header section. Default 30 000; then 408. */
  readonly headersTimeoutMs: number;
  /** For the whole request with its content. Default 300 000; then 408. */
  readonly requestTimeoutMs: number;
  /** Between two requests. Default 65 000. */
  readonly keepAliveTimeoutMs: number;
  /** How long a client may take nothing of its answer. Default 60 000; then it is cut. One that takes a little goes on. */
  readonly writeTimeoutMs: number;
  /** How long a client that has stopped sending waits for its answer to begin. Default 30 000; then it is let go. */
  readonly halfClosedTimeoutMs: number;
  /** Open at once. Default 20 000; above it the connection that has been idle longest is closed, or, where none is, the new one refused with 503. */
  readonly connections: number;
  /** Requests of one connection that are answered at once, where all of them are safe (RFC 9112 §9.3.2); the others wait unread. Default 16. */
  readonly pipelined: number;
  /** The same in HTTP/2, unsafe ones included: streams open at once. Default 100; above it they are refused (RFC 9113 §5.1.2). */
  readonly streams: number;
  /**
   * Requests being answered at once, on all connections. Default 20 000; above it 503. As many more may
   * wait for their turn on their connections, and as many answers be fetched that nobody waits for any more.
   */
  readonly exchanges: number;
}

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Who the edge is to clients over TLS; they are served HTTPS, and plain HTTP is sent on to it. Default: plain HTTP. */
  readonly tls?: TlsIdentity | undefined;
}

/** Certificates by the name a client asks for. */
export interface TlsIdentity {
  /**
   * The certificate for a server name (SNI), TLS 1.2 at least; undefined: the client named none. Called for
   * each handshake, so that what expires can be renewed. Throws or rejects `UnknownServerName` where there is
   * none: the handshake is refused.
   */
  contextFor(serverName: string | undefined): Promise<SecureContext> | SecureContext;
}

export interface Edge {
  /** Mounts in node:http, Connect, Vite, Fastify. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  listen(options: ListenOptions): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops listening, ends every connection, lets nothing linger. */
  close(): Promise<void>;
  readonly purge: PurgePort['purge'];
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly journal: Journal;
  readonly store: Store;
  readonly sites: readonly ResolvedSite[];
  /**
   * Why a request is answered as it is, and what would change that. The upstream is asked as the edge
   * would ask it now, with GET or HEAD only; nothing is stored, invalidated or recorded. Rejects with
   * PopletError `invalid-option`.
   */
  explain(request: ExplainRequest): Promise<SiteExplanation>;
  /**
   * What each of these policies would make of a request, were nothing stored. The upstream is asked once, as
   * the site's own policy asks it, with GET or HEAD only; nothing is stored or recorded. Rejects with
   * PopletError `invalid-option`, or `upstream-unreachable`.
   */
  compare(request: ExplainRequest, policies: readonly PolicyChoice[]): Promise<Comparison>;
  /** Sends every request past the cache while true. */
  bypass: boolean;
  /** Starts a new deployment: part of the key where the policy says so. Returns its id. */
  deploy(): string;
  /** Flights under way now. */
  readonly flights: number;
  /** Requests that were answered from memory without node:http, since the start. */
  readonly fastLaneAnswers: number;
  /** Client connections open in this thread; those of a worker from the first request that is not the worker's alone. */
  readonly connections: number;
}

/** A request to be explained. */
export interface ExplainRequest {
  /** Absolute, as a client of the edge asks for it. */
  readonly url: string;
  /** Default: `GET`. Other methods than GET and HEAD are explained without being sent. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** A policy, or that which is chosen for a request as by `SiteOptions.policyFor`. */
export type PolicyChoice = Policy | ((request: RequestOfAnyone) => Policy);

/** What policies make of one exchange. */
export interface Comparison {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** What the upstream answered. */
  readonly upstream: Pick<AnswerView, 'status' | 'fields'>;
  /** In the order of the policies. */
  readonly treatments: readonly ComparedTreatment[];
}

/** What a policy makes of an exchange, and what it would have asked the upstream without. */
export interface ComparedTreatment extends Treatment {
  /** Field names, lower case, and `?` for the query: the request has them, and the policy's own request to the upstream would not. */
  readonly withheld: readonly string[];
}

/** An explanation, and the site it is about. */
export interface SiteExplanation extends Explanation {
  readonly site: string;
  /** Name of the site's policy. */
  readonly profile: string;
  readonly upstreamUrl: string;
}

export interface ResolvedSite {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly upstreamUrl: string;
  /** The one by which the site is known. */
  readonly policy: Policy;
  /** The one that holds for a request. */
  policyFor(request: RequestOfAnyone): Policy;
  /** What it adds to CDN-Loop in each request to its upstream (RFC 8586): `poplet;id=5f3a09c1d2e4.0`. */
  readonly cdnInfo: string;
}

/** The only place that reads the time. Virtual time = real time + offset, unless frozen. */
export interface Clock {
  /** Real instant, in milliseconds since the epoch. */
  realNowMs(): number;
  /** Virtual instant. */
  nowMs(): number;
  /** Virtual minus real. */
  readonly offsetMs: number;
  readonly frozen: boolean;
  advance(ms: number): void;
  set(atMs: number): void;
  freeze(): void;
  /** Back to real time. */
  reset(): void;
}

/** Background work that tests can await. */
export interface Tasks {
  run(name: string, task: () => Promise<void>): void;
  /** Resolves when nothing runs, including what running tasks start. */
  idle(): Promise<void>;
  readonly running: number;
}

/** A ring of exchange records bounded in bytes. */
export interface Journal {
  record(exchange: Omit<ExchangeRecord, 'id'>): ExchangeRecord;
  /** As `record`, of an exchange that was like another but for its times. */
  recordLike(exchange: Omit<ExchangeRecord, 'id'>, receivedAtMs: number, durationMs: number): void;
  /** Newest last. */
  latest(limit: number): readonly ExchangeRecord[];
  subscribe(listener: (exchange: ExchangeRecord) => void): () => void;
  /** Id of the newest record, 0 before the first. */
  readonly newestId: number;
  readonly totals: JournalTotals;
  clear(): void;
}

/** Since the start, not only of what the ring still holds. Background refreshes count as upstream requests alone. */
export interface JournalTotals {
  readonly exchanges: number;
  readonly byOutcome: Readonly<Record<ExchangeRecord['outcome'], number>>;
  readonly bodyBytes: number;
  readonly upstreamRequests: number;
}
