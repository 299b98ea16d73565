/**
 * The case format: behaviour as data. A case knows nothing of sockets and its runners know nothing of
 * caching. Each case is run twice, against the pure functions and over real sockets, and is to give
 * the same observations.
 *
 * Header values may hold macros (macros.ts): `{now-60}` is the IMF-fixdate of a minute before the
 * instant at which the value is written, `{start-60}` of a minute before the case began, `{path}` the
 * unique prefix that leads every path of the case. The full list stands in macros.ts.
 */
import type {
  Coding,
  CodingPolicy,
  ContentCoding,
  DownstreamPolicy,
  EligibilityPolicy,
  FailureKind,
  FillPolicy,
  FreshnessPolicy,
  InvalidationPolicy,
  KeyPolicy,
  Outcome,
  ReasonCode,
  StalePolicy,
  StorabilityPolicy,
  ValidationPolicy,
} from '@poplet/policy';

import { linesOf } from './header-script.ts';

export interface Case {
  /** Unique over all cases; kebab-case, begins with the topic. */
  readonly id: string;
  /** What happens, narrated: reads as a sentence. */
  readonly title: string;
  /** A MUST of the specification, an optimisation it allows, or a choice of this cache. */
  readonly kind: 'required' | 'optimal' | 'check';
  /** Clauses that make the behaviour: `RFC 9111 §5.2.2.1`; `Poplet` for a rule of the tool itself. */
  readonly spec: readonly string[];
  /** Cases without which this one cannot pass: their failure explains this one's. */
  readonly dependsOn?: readonly string[];
  /** The profile that it is about, by name, where the runner is given any. Default: `rfc9111`. */
  readonly profile?: string;
  /** Fields that differ from the profile. */
  readonly policy?: PolicyPatch;
  /** Absent: on both runners. A case that only one can express says which, and why. */
  readonly runs?: { readonly only: Runner; readonly because: string };
  /** Why it cannot be told in HTTP/2, where its requests do not show it (`notInHttp2Because`). */
  readonly notInHttp2?: string;
  readonly steps: readonly Step[];
}

/** `pure`: the functions of policy; `sockets`: an edge, an origin and a client. */
export type Runner = 'pure' | 'sockets';

/** What the client speaks over sockets: HTTP/1.1, or HTTP/2 over TLS. */
export type ClientProtocol = 'http1' | 'http2';

/** Fields of a policy to change, by group. */
export interface PolicyPatch {
  readonly key?: Partial<KeyPolicy>;
  readonly eligibility?: Partial<EligibilityPolicy>;
  readonly storability?: Partial<StorabilityPolicy>;
  readonly freshness?: Partial<FreshnessPolicy>;
  readonly stale?: Partial<StalePolicy>;
  readonly validation?: Partial<ValidationPolicy>;
  readonly invalidation?: Partial<InvalidationPolicy>;
  readonly fill?: Partial<FillPolicy>;
  readonly coding?: Partial<CodingPolicy>;
  readonly downstream?: Partial<DownstreamPolicy>;
}

export type Step = ExchangeStep | PurgeStep | BypassStep | DeployStep;

/** One request, what the origin answers if it is asked, and what the client must get. */
export interface ExchangeStep {
  /** Seconds of virtual time since the case began; default: as the step before. Time stands still in between. */
  readonly at?: number;
  readonly request: RequestScript;
  /**
   * What the origin answers if it is asked. One answer serves every request of the step; a list is
   * used up in order. Without it, or past its end, the answer is POISON: a status nobody expects, so
   * that a hit proves itself.
   */
  readonly origin?: OriginAnswer | readonly OriginAnswer[];
  readonly expect: Expectation;
}

/** Applied and visible before the next step. */
export interface PurgeStep {
  readonly at?: number;
  readonly purge: PurgeScript;
}

/** The operator switches the cache off or on. */
export interface BypassStep {
  readonly at?: number;
  readonly bypass: boolean;
}

/** The operator starts a new deployment. */
export interface DeployStep {
  readonly at?: number;
  readonly deploy: true;
}

export type PurgeScript = (
  | { readonly path: string }
  | PathScript
  | { readonly prefix: string }
  | { readonly tag: string }
  | { readonly group: string }
  | { readonly host: 'own' }
  | { readonly everything: true }
) & { readonly soft?: true };

/** A path as CDNs' own purge APIs name one: at whatever host. */
export interface PathScript {
  readonly anywhere: string;
  /** Letter case and query do not count. */
  readonly folds?: true;
  /** Of its variants only the one that a request with these fields gets. */
  readonly askedWith?: HeaderScript;
}

/** Several lines of one name: a list of pairs, or a list as the value. */
export type HeaderScript =
  | readonly (readonly [name: string, value: string])[]
  | Readonly<Record<string, string | readonly string[]>>;

export interface RequestScript {
  /** Default `GET`. */
  readonly method?: string;
  /** After the unique prefix of the case; default `/`. */
  readonly path?: string;
  /** The whole request-target to the letter, macros filled in, in place of `path`. */
  readonly target?: string;
  /** Macros filled in; null: no Host line. Default: the edge's own. */
  readonly host?: string | null;
  /** Default `1.1`. */
  readonly httpVersion?: '1.0';
  readonly headers?: HeaderScript;
  readonly body?: string;
  /**
   * Instead of all these: what goes over the wire, byte for byte, on a connection of its own. Nothing
   * is added, not even Host.
   */
  readonly raw?: RawBytes;
}

export interface OriginAnswer {
  /**
   * Default 200. A 304 is sent only when the request brings a validator that this origin issued in
   * this case; else the answer is POISON.
   */
  readonly status?: number;
  /** Beside these: Date, Content-Length, and on a 304 the ETag that matched. */
  readonly headers?: HeaderScript;
  /** Default: a text that names case and step; none for 204, 304 and HEAD. */
  readonly body?: string;
  /** What the body is really encoded with; Content-Encoding says so, unless `headers` do. */
  readonly coding?: ContentCoding;
  /** No Date is added. */
  readonly dateless?: true;
  /** Send a 304 whatever was asked, and without adding an ETag. */
  readonly unasked304?: true;
  /** Real milliseconds before the head. */
  readonly delayMs?: number;
  /** The connection is closed after this many bytes of the body. */
  readonly cutOffAfterBytes?: number;
  /** Without Content-Length, in chunks. Implied by `trailers`. */
  readonly chunked?: true;
  readonly trailers?: HeaderScript;
  /** Interim responses before the final one. */
  readonly informational?: readonly { readonly status: number; readonly headers?: HeaderScript }[];
  /** No usable answer comes at all. */
  readonly fault?: OriginFault;
  /**
   * Instead of status, headers and body (which still say what is expected to be served): what goes
   * over the wire, byte for byte.
   */
  readonly raw?: RawBytes;
  /** A purge that happens while the origin is answering. */
  readonly purge?: PurgeScript;
}

export interface RawBytes {
  /** Latin1, macros filled in. */
  readonly bytes: string;
  /** How their sender ends the connection behind them; absent: it says no more on it. */
  readonly end?: 'FIN' | 'RST';
  /** The end comes once something is heard of the other side: an interim response, say. */
  readonly endsWhenHeard?: boolean;
}

/** `refused`: nothing listens; `reset`: closed before an answer; `malformed`: not HTTP; `timeout`: silence. */
export type OriginFault = Extract<FailureKind, 'refused' | 'reset' | 'malformed' | 'timeout'>;

export interface Expectation {
  /**
   * Where the answer came from: the store without a question (`cache`), the origin's full answer
   * (`origin`), the store after the origin's 304 (`validated`), or the edge's own words (`edge`).
   */
  readonly from: 'cache' | 'origin' | 'validated' | 'edge';
  /** Default: of the origin's answer that is served. Must be given for `edge`. */
  readonly status?: number;
  /** All lines of a name joined by `, `. */
  readonly headers?: Readonly<Record<string, string | RegExp>>;
  readonly absent?: readonly string[];
  /** Default: the body of the origin's answer that is served. */
  readonly body?: string | RegExp;
  /**
   * The coding of the answer, which its Content-Encoding names; what is expected of the body holds once
   * it is decoded. `identity`: none, and the field is absent. Default: the body is taken as it comes.
   */
  readonly coding?: Coding;
  /** For `cache` and `validated`: the step (from 1) whose answer is served. Default: the latest answered by the origin. */
  readonly bodyOfStep?: number;
  /** The parts of a multipart/byteranges body. */
  readonly parts?: readonly {
    readonly range: string;
    readonly type?: string;
    readonly body: string;
  }[];
  readonly outcome?: Outcome;
  /** Codes that must be in the chain. */
  readonly reasons?: readonly ReasonCode[];
  readonly notReasons?: readonly ReasonCode[];
  /** Each is to match the words of one reason. */
  readonly words?: readonly RegExp[];
  /** Parameters that this cache's member of Cache-Status has; null: has not. */
  readonly cacheStatus?: Readonly<Record<string, string | number | boolean | null>>;
  /** Whether the response was stored, or its stored twin updated. */
  readonly stored?: boolean;
  /** What the origin received; headers and the like are of the first request. */
  readonly upstream?: UpstreamExpectation;
  /** What the origin received as second request. */
  readonly upstreamAgain?: Omit<UpstreamExpectation, 'requests'>;
  /** Whether the connection broke before the body was whole. */
  readonly cutOff?: true;
  /** Null: not among them. */
  readonly trailers?: Readonly<Record<string, string | null>>;
  /** Interim responses in order: the status, or status and fields. */
  readonly informational?: readonly (number | ExpectedInformational)[];
  /** Of a raw request: statuses of the answers that follow the first one on its connection. */
  readonly followedBy?: readonly number[];
  /** Of a raw request: the edge ends the connection by itself. */
  readonly closes?: true;
}

export interface ExpectedInformational {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
  readonly absent?: readonly string[];
}

export interface UpstreamExpectation {
  /** Default: 0 for `cache`, 1 for `origin` and `validated`, unchecked for `edge`. Background requests count. */
  readonly requests?: number;
  readonly method?: string;
  /** After the unique prefix. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | RegExp>>;
  readonly absent?: readonly string[];
  readonly body?: string;
  /** Of the protocol, as the request line says: `1.1`. */
  readonly version?: string;
}

/** The method, also of a request that is written as bytes. */
export function methodOf({ method = 'GET', raw }: RequestScript): string {
  return raw === undefined ? method : (/^\S*/u.exec(raw.bytes)?.[0] ?? '');
}

export function isExchange(step: Step): step is ExchangeStep {
  return 'request' in step;
}

/** Whether either side of the step is written as bytes. */
function isRaw({ request, origin }: ExchangeStep): boolean {
  const answers = [origin ?? []].flat();
  return request.raw !== undefined || answers.some(({ raw }) => raw !== undefined);
}

/** Checks what the types cannot, and returns the cases as they are. */
export function defineCases(cases: readonly Case[]): readonly Case[] {
  for (const { id, steps, spec, runs } of cases) {
    if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(id)) throw new Error(`${id}: not kebab-case`);
    if (spec.length === 0) throw new Error(`${id}: cites no clause`);
    let at = 0;
    for (const [index, step] of steps.entries()) {
      const place = `${id}, step ${index + 1}`;
      if ((step.at ?? at) < at) throw new Error(`${place}: time runs backwards`);
      at = step.at ?? at;
      if (!isExchange(step)) continue;
      if (isRaw(step) && runs?.only !== 'sockets') throw new Error(`${place}: bytes need sockets`);
      const { from, status } = step.expect;
      if ((from === 'origin' || from === 'validated') && step.origin === undefined) {
        throw new Error(`${place}: expects an answer from the origin, which has none`);
      }
      if (from === 'edge' && status === undefined) throw new Error(`${place}: expects no status`);
    }
  }
  return cases;
}

/** Whether the runner can express the case. */
export function runsOn(runner: Runner, { runs }: Case): boolean {
  return runs === undefined || runs.only === runner;
}

/** Why a case over sockets cannot be told in HTTP/2; null: it can. */
export function notInHttp2Because({ notInHttp2, steps }: Case): string | null {
  if (notInHttp2 !== undefined) return notInHttp2;
  for (const { request } of steps.filter(isExchange)) {
    const { raw, httpVersion, target = '/' } = request;
    if (raw !== undefined) return 'its request is written in bytes of HTTP/1.1';
    if (httpVersion !== undefined) return 'its request is in HTTP/1.0';
    // RFC 9113 §8.3.1
    if (!/^(?:\/|\{path\}|\*$)/u.test(target)) return 'in HTTP/2 a request target is a path';
    const lines = linesOf(request.headers);
    const connection = lines.find((name, index) => index % 2 === 0 && isOfHttp1(name));
    if (connection !== undefined) return `HTTP/2 has no ${connection}`;
    // RFC 9113 §8.2.1
    if (lines.some((text) => text !== text.trim())) return 'HTTP/2 has no space around values';
  }
  return null;
}

function isOfHttp1(name: string): boolean {
  return OF_HTTP1.has(name.toLowerCase());
}

/** RFC 9113 §8.2.2 */
const OF_HTTP1: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Cases that cannot pass unless those of these ids do. */
export function dependingOn(ids: readonly string[], cases: readonly Case[]): readonly Case[] {
  return cases.map((found) => {
    const dependsOn = [...ids.filter((id) => id !== found.id), ...(found.dependsOn ?? [])];
    return { ...found, dependsOn };
  });
}

/** All cases in an order in which every dependency comes first. */
export function collectCases(files: readonly (readonly Case[])[]): readonly Case[] {
  const byId = new Map<string, Case>();
  for (const found of files.flat()) {
    if (byId.has(found.id)) throw new Error(`two cases are called ${found.id}`);
    byId.set(found.id, found);
  }
  const ordered = new Set<Case>();
  const visit = (found: Case, path: readonly string[]): void => {
    if (ordered.has(found)) return;
    if (path.includes(found.id)) throw new Error(`${[...path, found.id].join(' → ')} is a circle`);
    for (const id of found.dependsOn ?? []) {
      const dependency = byId.get(id);
      if (dependency === undefined)
        throw new Error(`${found.id} depends on ${id}, which is no case`);
      visit(dependency, [...path, found.id]);
    }
    ordered.add(found);
  };
  for (const found of byId.values()) visit(found, []);
  return [...ordered];
}
