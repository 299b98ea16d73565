/**
 * Runs a case over real sockets: a raw client, an edge with a frozen virtual clock, a scripted origin.
 * Edges are shared by all cases of one policy; each case has paths of its own. Cases run one after
 * another, since they move the clock.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';

import { createEdge } from '@poplet/edge';
import type { Edge, TlsIdentity } from '@poplet/edge';
import { renderReason } from '@poplet/policy';
import type { ExchangeRecord } from '@poplet/policy';
import type { Store } from '@poplet/store';

import { methodOf } from './case.ts';
import type {
  Case,
  ExchangeStep,
  PurgeScript,
  RawBytes,
  RequestScript,
  ClientProtocol,
} from './case.ts';
import { CaseOrigin } from './case-origin.ts';
import { checkStep } from './check-step.ts';
import { linesOf } from './header-script.ts';
import { Http2Client } from './http2-client.ts';
import { fillMacros } from './macros.ts';
import type { MacroValues } from './macros.ts';
import type { Observation } from './observation.ts';
import { policyOf, type Profiles } from './policy-patch.ts';
import { purgeOf } from './purge-script.ts';
import { lengthOf, RawClient } from './raw-client.ts';
import type { ClientAnswer, ClientRequest } from './raw-client.ts';
import { ScriptedOrigin } from './scripted-origin.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { say } from './wire-client.ts';
import { unfilledValues } from './unfilled-values.ts';

/** How long an edge waits for a head in cases about silence; elsewhere its default holds. */
const SILENCE_MS = 200;
/** An exchange begins in this part of a real second, so that dates of one second's resolution agree. */
const EARLIEST_MS = 20;
const LATEST_MS = 600;
const RECORD_WITHIN_MS = 30_000;

interface RunningEdge {
  readonly edge: Edge;
  readonly url: string;
}

export interface BenchOptions {
  /** Hands out a new, empty store for each edge; without it, each has the default one. */
  readonly makeStore?: (() => Store | Promise<Store>) | undefined;
  /** Default `http1`, unencrypted. */
  readonly protocol?: ClientProtocol;
  /** Whether edges answer what they can without node:http. Default: true. */
  readonly fastLane?: boolean;
  /** Threads that answer in front of each edge. Default: none. */
  readonly workers?: number;
  /** The policies that cases call by name. Default: none but `rfc9111`. */
  readonly profiles?: Profiles | undefined;
}

/** One client for all cases. */
interface BenchClient {
  ask(request: ClientRequest): Promise<ClientAnswer>;
  close(): void;
}

export class SocketBench {
  readonly #origin = new ScriptedOrigin();
  readonly #client: BenchClient;
  readonly #edges = new Map<string, RunningEdge>();
  readonly #makeStore: BenchOptions['makeStore'];
  readonly #protocol: ClientProtocol;
  readonly #fastLane: boolean;
  readonly #workers: number;
  readonly #profiles: Profiles | undefined;

  private constructor({
    makeStore,
    protocol = 'http1',
    fastLane = true,
    workers = 1,
    profiles,
  }: BenchOptions) {
    this.#profiles = profiles;
    this.#makeStore = makeStore;
    this.#fastLane = fastLane;
    this.#workers = workers;
    this.#protocol = protocol;
    this.#client = protocol === 'http2' ? new Http2Client(SELF_SIGNED.cert) : new RawClient();
  }

  static async open(options: BenchOptions = {}): Promise<SocketBench> {
    const bench = new SocketBench(options);
    await bench.#origin.listen();
    return bench;
  }

  async close(): Promise<void> {
    this.#client.close();
    for (const { edge } of this.#edges.values()) await edge.close();
    await this.#origin.refuse();
  }

  /** Requests that the edges answered without node:http. */
  get fastLaneAnswers(): number {
    return [...this.#edges.values()].reduce((sum, { edge }) => sum + edge.fastLaneAnswers, 0);
  }

  /** Runs all steps. Returns what differed from the expectations, one line each; empty when nothing did. */
  async run(found: Case): Promise<string[]> {
    const { edge, url } = await this.#edgeFor(found);
    const values: MacroValues = {
      startAtMs: Date.now(),
      pathPrefix: `/${found.id}`,
      edgeOrigin: url,
      clientVersion: this.#protocol === 'http2' ? '2' : '1.1',
      upstreamOrigin: this.#origin.url,
      cdnInfo: edge.sites[0]?.cdnInfo ?? '',
    };
    const origin = new CaseOrigin(found.id, values);
    const purge = async (script: PurgeScript): Promise<void> => {
      await edge.purge([purgeOf(script, values, policyOf(found, this.#profiles))]);
    };
    this.#origin.play({ origin, purge });

    const problems: string[] = [];
    let at = 0;
    for (const [index, step] of found.steps.entries()) {
      edge.clock.advance(((step.at ?? at) - at) * 1000);
      at = step.at ?? at;
      if ('purge' in step) await purge(step.purge);
      else if ('bypass' in step) edge.bypass = step.bypass;
      else if ('deploy' in step) edge.deploy();
      else {
        const stepNumber = index + 1;
        const seen = await this.#exchange({ edge, origin, values, stepNumber, step });
        const place = { case: found, stepNumber, step, values };
        problems.push(...checkStep(place, seen).map((line) => `step ${stepNumber}: ${line}`));
      }
    }
    edge.bypass = false;
    return problems;
  }

  async #exchange({
    edge,
    origin,
    values,
    stepNumber,
    step,
  }: {
    readonly edge: Edge;
    readonly origin: CaseOrigin;
    readonly values: MacroValues;
    readonly stepNumber: number;
    readonly step: ExchangeStep;
  }): Promise<Observation> {
    const { path = '/', target, host = '{edge-authority}', headers, body } = step.request;
    const method = methodOf(step.request);
    const fill = (text: string): string => fillMacros(text, values, Date.now());
    origin.beginStep(stepNumber, step.origin);
    const isRefused = origin.refusesNext;
    if (isRefused) await this.#origin.refuse();
    await untilEarlyInSecond();
    const recorded = nextRecord(edge, step.request.raw === undefined ? method : undefined);
    const asked = {
      url: values.edgeOrigin,
      method,
      target: target === undefined ? values.pathPrefix + path : fill(target),
      lines: [
        ...(host === null ? [] : ['Host', fill(host)]),
        ...linesOf(headers).map((text, index) => (index % 2 === 0 ? text : fill(text))),
      ],
      body,
    };
    const raw =
      this.#protocol === 'http2' ? undefined : (step.request.raw ?? bytesFor(asked, step.request));
    const answer =
      raw === undefined
        ? await this.#client.ask(asked)
        : await say({
            url: values.edgeOrigin,
            method,
            raw: { ...raw, bytes: fill(raw.bytes) },
            answers: 1 + (step.expect.followedBy?.length ?? 0),
            untilClosed: step.expect.closes ?? false,
          });
    const record = await recorded;
    await edge.tasks.idle();
    if (isRefused) await this.#origin.listen();
    return {
      ...answer,
      upstream: origin.seen,
      outcome: record.outcome,
      reasons: record.reasons.map(({ code }) => code),
      words: record.reasons.map(renderReason),
      unfilled: unfilledValues(record.reasons),
      stored: record.stored,
    };
  }

  async #edgeFor(found: Case): Promise<RunningEdge> {
    const isAboutSilence = JSON.stringify(found.steps).includes('"fault":"timeout"');
    const key = JSON.stringify([found.profile, found.policy ?? {}, isAboutSilence]);
    const known = this.#edges.get(key);
    if (known !== undefined) return known;

    const timeouts = isAboutSilence ? { timeouts: { headMs: SILENCE_MS } } : {};
    const edge = createEdge({
      sites: [
        {
          upstream: { url: this.#origin.url, ...timeouts },
          policy: policyOf(found, this.#profiles),
        },
      ],
      ...(this.#makeStore === undefined ? {} : { store: await this.#makeStore() }),
      fastLane: this.#fastLane,
      workers: this.#workers,
    });
    edge.clock.freeze();
    const tls = this.#protocol === 'http2' ? IDENTITY : undefined;
    const { url } = await edge.listen({ port: 0, tls });
    const running = { edge, url };
    this.#edges.set(key, running);
    return running;
  }
}

const IDENTITY: TlsIdentity = {
  contextFor: () => createSecureContext(SELF_SIGNED),
};

/** What node:http does not write as bytes: HTTP/1.0, and CONNECT without ideas of its own about the answer. */
function bytesFor(
  { method, target, lines, body }: ClientRequest,
  { httpVersion }: RequestScript,
): RawBytes | undefined {
  if (httpVersion === undefined && method !== 'CONNECT') return undefined;
  const all = [...lines, ...lengthOf(body)];
  let head = `${method} ${target} HTTP/${httpVersion ?? '1.1'}\r\n`;
  for (let index = 0; index < all.length; index += 2)
    head += `${all[index]}: ${all[index + 1]}\r\n`;
  return { bytes: `${head}\r\n${body ?? ''}` };
}

/** Waits, where it must, until a new second has begun. */
async function untilEarlyInSecond(): Promise<void> {
  const ms = Date.now() % 1000;
  if (ms < EARLIEST_MS) await delay(EARLIEST_MS - ms);
  else if (ms > LATEST_MS) await delay(1000 - ms + EARLIEST_MS);
}

/** The journal's next word on a request of that method, or of any. */
function nextRecord(edge: Edge, method: string | undefined): Promise<ExchangeRecord> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe();
      reject(
        new Error(
          `the journal had nothing on a ${method ?? 'request'} within ${RECORD_WITHIN_MS} ms`,
        ),
      );
    }, RECORD_WITHIN_MS);
    const unsubscribe = edge.journal.subscribe((record) => {
      if (record.background === true) return;
      if (method !== undefined && record.method !== method) return;
      clearTimeout(timer);
      unsubscribe();
      resolve(record);
    });
  });
}
