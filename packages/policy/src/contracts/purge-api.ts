import type { Policy } from './policy.ts';
import type { PurgePort } from './purge.ts';

/**
 * A CDN's own API as far as it purges: at its paths and in its shapes, so that whatever talks to that
 * CDN can talk to the cache instead. It knows nothing of sockets: a request comes with its content read,
 * and what it answers is sent as it is.
 */
export interface PurgeApi {
  /** The CDN, as it calls itself. */
  readonly title: string;
  /**
   * Paths that are its own, the slash at their end included: what it has no call for below one of them is
   * refused in its own shape.
   */
  readonly namespaces: readonly string[];
  readonly calls: readonly PurgeCall[];
  /** The secret by which a request says whose it is, in the form that the CDN asks for; undefined: it brings none. */
  secretOf(request: ApiHead): string | undefined;
  /** How the CDN says that it does not do what is asked. */
  readonly refusals: Readonly<Record<ApiRefusal, (request: ApiHead) => ApiAnswer>>;
}

/** What any API refuses, whatever the call. */
export type ApiRefusal =
  /** It brings no secret in the right form, or the wrong one. */
  | 'unauthorized'
  | 'unknown-call'
  | 'content-too-large'
  /** The purge holds here; others cannot be told. */
  | 'store-away'
  | 'fault';

/** One call of a purge API. */
export interface PurgeCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `:name` stands for one segment, `*` at the end for the rest. */
  readonly path: string;
  /** In camel case, unique over all APIs. */
  readonly operationId: string;
  /** One line. */
  readonly summary: string;
  /** Longer content is refused. */
  readonly maxContentBytes: number;
  answer(request: ApiRequest): ApiAnswer | Promise<ApiAnswer>;
}

/** The head of a request to a purge API. */
export interface ApiHead {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  /** Of each name the first. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** By lower-case names; lines of one name joined by a comma. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  /** Where the API is found: `http://127.0.0.1:8081`. */
  readonly origin: string;
}

export interface ApiRequest extends ApiHead {
  /** What each `:name` of the path stands for, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly content: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Content-Type among them where there is content. */
  readonly fields: Readonly<Record<string, string>>;
  readonly content: string;
}

/** What a purge API is handed. */
export interface PurgeSurroundings {
  /** The sites that the CDN serves; at least one. */
  readonly sites: readonly PurgeableSite[];
  /** In force for every request once it resolves. Rejects where the store is away. */
  readonly purge: PurgePort['purge'];
  /** Real instant, in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** 32 hexadecimal digits, others each time. */
  readonly newId: () => string;
}

/** A site as a purge API knows it. */
export interface PurgeableSite {
  readonly id: string;
  /** The site's own id first, then what else the CDN calls it: a zone, a service, a distribution. */
  readonly names: readonly string[];
  /** Whether it is one of the hosts that the site names. */
  hasHost(hostname: string): boolean;
  /** The one by which the site is known. */
  readonly policy: Policy;
  /**
   * Those under which what is asked for may have been stored: at least one, and several where a site has several
   * and the host is none of its own, which may stand for any of them.
   */
  policiesFor(asked: AskedTarget): readonly Policy[];
}

/** What a purge names, as somebody would ask for it. */
export interface AskedTarget {
  /** Lower case, without port. Null: any of the site's. */
  readonly hostname: string | null;
  /** Path and query. */
  readonly target: string;
  /** Request fields by name. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Makes a CDN's purge API for some sites. */
export type CreatePurgeApi = (surroundings: PurgeSurroundings) => PurgeApi;

/** `PURGE <url>` on the port of cached traffic, as a CDN has it. */
export interface PurgeMethod {
  /** The request field, in lower case, that makes it soft where its value is 1. */
  readonly softField: string;
  /** The request field, in lower case, that may carry the token, beside Authorization. */
  readonly tokenField: string;
  /** Content of the answer, as JSON. `sequence`: of the purge. */
  answerOf(sequence: number, nowMs: number): object;
}
