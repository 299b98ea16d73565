/**
 * Runs a case against the pure functions alone: no sockets, and no clock but the numbers of the case.
 * The order of calls is that of the edge's pipeline; the store is a list. Of a switch of protocols only
 * the handshake is played.
 */
import {
  IncomingFields,
  afterInvalidation,
  askAgain,
  cacheStatusOf,
  cdnInfoOf,
  decide,
  incompleteOf,
  isServedAtOnce,
  planProblem,
  planStored,
  endToEndTrailers,
  forwardedInformational,
  ownAnswer,
  planUpstream,
  readRequest,
  primaryKeyOf,
  reason,
  renderReason,
  rewriteLocation,
  settle,
  sharedTrailers,
  ttlSecondsOf,
  upstreamRequest,
  withOwnFields,
} from '@poplet/policy';
import type {
  AskingDecision,
  Candidate,
  Decision,
  ExchangeFacts,
  FieldLines,
  InformationalHead,
  Outcome,
  Policy,
  PresentedRequest,
  ReadRequest,
  Reason,
  ResponsePlan,
  ServeAndRefreshDecision,
  Settlement,
  StoredResponse,
  UpstreamAsk,
  UpstreamOutcome,
} from '@poplet/policy';

import type { Case, ExchangeStep, RequestScript } from './case.ts';
import { CaseOrigin, contentOf } from './case-origin.ts';
import type { PlannedAnswer } from './case-origin.ts';
import { checkStep } from './check-step.ts';
import { decoded, encoded } from './content-codings.ts';
import { linesOf } from './header-script.ts';
import { fillMacros } from './macros.ts';
import type { MacroValues } from './macros.ts';
import type { Observation } from './observation.ts';
import { policyOf, type Profiles } from './policy-patch.ts';
import { PureStore } from './pure-store.ts';
import { purgeOf } from './purge-script.ts';
import { unfilledValues } from './unfilled-values.ts';

/** Sun, 22 Nov 2026 12:00:00 GMT and a quarter of a second: no instant of a case is a whole second. */
const START_AT_MS = 1_795_348_800_250;
/** Real time that an upstream exchange takes when the case names none. */
const EXCHANGE_MS = 3;

/** Of every exchange. */
const EXCHANGE_ID = '0123456789abcdef0123456789abcdef';
const EDGE_AUTHORITY = 'edge.test';
const UPSTREAM_AUTHORITY = 'upstream.test:8000';

/** Runs all steps. Returns what differed from the expectations, one line each; empty when nothing did. */
export function runPure(found: Case, profiles?: Profiles): string[] {
  const run = new PureRun(found, { profiles });
  const problems: string[] = [];
  for (const [index, step] of found.steps.entries()) {
    run.moveTo(step.at);
    if ('purge' in step) run.purge(step.purge);
    else if ('bypass' in step) run.bypass = step.bypass;
    else if ('deploy' in step) run.deploy();
    else {
      const stepNumber = index + 1;
      const seen = run.exchange(stepNumber, step);
      const place = { case: found, stepNumber, step, values: run.values };
      problems.push(...checkStep(place, seen).map((line) => `step ${stepNumber}: ${line}`));
    }
  }
  return problems;
}

/** What was answered, before it is written down. */
interface Answered {
  readonly plan: ResponsePlan;
  /** The body that the plan takes its bytes from: a byte per character. */
  readonly source: string;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly stored: boolean;
  readonly cutOff: boolean;
  readonly trailers: FieldLines;
}

const NOTHING_STORED = { source: '', stored: false, cutOff: false, trailers: [] } as const;

/** One upstream exchange, settled. */
interface Settled {
  readonly settlement: Settlement;
  readonly answer: PlannedAnswer;
  readonly notes: readonly Reason[];
  readonly stored: boolean;
  readonly cutOff: boolean;
  /** The body as it is, or would be, stored. */
  readonly body: string;
}

/** A body on its way into the store. */
interface BodyToStore {
  readonly text: string;
  readonly isCutOff: boolean;
  /** The upstream sent another number of bytes than it announced. */
  readonly isWrong: boolean;
}

/** A body in the coding in which it goes out, as far as it can be made. */
interface Converted {
  readonly source: string;
  readonly failure: readonly Reason[];
}

/** What a run asks of an origin. */
export type PureOrigin = Pick<CaseOrigin, 'beginStep' | 'seen' | 'refusesNext' | 'ask'>;

export interface PureOptions {
  /** Default: the scripted one of the case. */
  readonly origin?: PureOrigin | undefined;
  readonly profiles?: Profiles | undefined;
}

/** An edge without sockets, in front of one origin: the scripted one of a case, or any other. */
export class PureRun {
  readonly values: MacroValues;
  bypass = false;
  readonly #policy: Policy;
  readonly #origin: PureOrigin;
  readonly #store = new PureStore();
  /** Keys whose last background refresh failed: virtual instant. */
  readonly #refreshFailedAtMs = new Map<string, number>();
  /** Keys whose last answer could not be shared: virtual instant. */
  readonly #unshareableAtMs = new Map<string, number>();
  /** How often each stored response was served since it was fetched. */
  readonly #hits = new Map<string, number>();
  #deployments = 1;
  #content = '';
  #informational: InformationalHead[] = [];
  #nowMs = START_AT_MS;
  #realNowMs = START_AT_MS;

  constructor(
    found: Pick<Case, 'id' | 'policy' | 'profile'>,
    { origin, profiles }: PureOptions = {},
  ) {
    this.#policy = policyOf(found, profiles);
    this.values = {
      startAtMs: START_AT_MS,
      pathPrefix: `/${found.id}`,
      edgeOrigin: `http://${EDGE_AUTHORITY}`,
      clientVersion: '1.1',
      upstreamOrigin: `http://${UPSTREAM_AUTHORITY}`,
      cdnInfo: cdnInfoOf(this.#policy.downstream.cacheName, 'edge.0'),
    };
    this.#origin = origin ?? new CaseOrigin(found.id, this.values);
  }

  moveTo(at: number | undefined): void {
    if (at !== undefined) this.#nowMs = START_AT_MS + at * 1000;
  }

  purge(script: Parameters<typeof purgeOf>[0]): void {
    this.#store.purge([purgeOf(script, this.values, this.#policy)], this.#nowMs);
  }

  deploy(): void {
    this.#deployments++;
  }

  exchange(stepNumber: number, step: ExchangeStep): Observation {
    this.#origin.beginStep(stepNumber, step.origin);
    this.#content = step.request.body ?? '';
    this.#informational = [];
    const answered = this.#receive(step.request);
    const content = Buffer.from(bodyOf(answered.plan, answered.source), 'latin1');
    return {
      status: answered.plan.status,
      lines: answered.plan.lines,
      body: content.toString('utf8'),
      content,
      cutOff: answered.cutOff,
      trailers: answered.trailers,
      informational: this.#informational,
      upstream: this.#origin.seen,
      outcome: answered.outcome,
      reasons: answered.reasons.map(({ code }) => code),
      words: answered.reasons.map(renderReason),
      unfilled: unfilledValues(answered.reasons),
      stored: answered.stored,
    };
  }

  #present(script: RequestScript): ReadRequest {
    const lines = linesOf(script.headers).map((text, index) =>
      index % 2 === 0 ? text : fillMacros(text, this.values, this.#realNowMs),
    );
    const { host = EDGE_AUTHORITY, body } = script;
    const hostLine = host === null ? [] : ['Host', fillMacros(host, this.values, this.#realNowMs)];
    const length = body === undefined ? [] : ['Content-Length', String(byteLength(body))];
    return readRequest({
      method: script.method ?? 'GET',
      target:
        script.target === undefined
          ? this.values.pathPrefix + (script.path ?? '/')
          : fillMacros(script.target, this.values, this.#realNowMs),
      version: script.httpVersion ?? '1.1',
      lines: [...hostLine, ...lines, ...length],
      scheme: 'http',
      localAuthority: EDGE_AUTHORITY,
      clientAddress: '127.0.0.1',
    });
  }

  #receive(script: RequestScript): Answered {
    const read = this.#present(script);
    if (read.kind === 'malformed') {
      const { status, problem } = read;
      const reasons = [reason('malformed-request', { problem })];
      const body = { kind: 'text', text: problem } as const;
      const plan = { status, statusText: '', lines: [], body, reasons: [] };
      return { ...NOTHING_STORED, plan, outcome: 'error', reasons };
    }
    const request = { siteId: 'default', id: EXCHANGE_ID, ...read.request };
    const own = ownAnswer({ request, policy: this.#policy, cdnInfo: this.values.cdnInfo });
    if (own !== null) return { ...NOTHING_STORED, ...own };
    return this.#run(request);
  }

  #run(request: PresentedRequest): Answered {
    const primaryKey = primaryKeyOf(request, this.#policy, `deployment-${this.#deployments}`);
    const found = this.#store.find(primaryKey, request.fields);
    const decision = decide({
      request,
      found,
      policy: this.#policy,
      edge: {
        bypass: this.bypass,
        doNotCollapse: this.#isMarked(primaryKey),
        refreshHeldBack: found.selected.some(({ response }) =>
          this.#isHeldBack(response.primaryKey),
        ),
      },
      nowMs: this.#nowMs,
    });
    return this.#act(request, primaryKey, decision);
  }

  #act(request: PresentedRequest, primaryKey: string, decision: Decision): Answered {
    const { reasons } = decision;
    switch (decision.kind) {
      case 'serve':
        return this.#fromStore(request, decision.candidate, { outcome: decision.outcome, reasons });
      case 'serve-and-refresh': {
        const answered = this.#fromStore(request, decision.candidate, {
          outcome: 'updating',
          reasons,
        });
        this.#refresh(decision);
        return answered;
      }
      case 'reject':
        return this.#problem(request, decision.status, { outcome: 'error', reasons });
      case 'tunnel':
        return this.#forward(request, primaryKey, { kind: 'pass', outcome: 'ineligible', reasons });
      case 'revalidate':
      case 'complete':
      case 'fetch':
      case 'pass':
        return this.#forward(request, primaryKey, decision);
      default:
        return decision satisfies never;
    }
  }

  #forward(request: PresentedRequest, primaryKey: string, decision: AskingDecision): Answered {
    const settled = this.#ask(request, primaryKey, decision);
    const { settlement, answer: upstream, notes, stored, cutOff, body: arrived } = settled;
    const { answer } = settlement;
    if (answer.kind === 'again') return this.#act(request, primaryKey, answer.decision);

    const reasons = [...decision.reasons, ...notes, ...settlement.reasons];
    const { outcome } = settlement;
    const upstreamStatus = upstream.kind === 'fault' ? null : upstream.status;
    // Purged while it was being confirmed: nothing revives it.
    if (settlement.store.kind === 'update' && !stored) return this.#run(request);
    if (answer.kind === 'stored') {
      return this.#fromStore(request, answer.candidate, {
        outcome,
        reasons,
        stored,
        upstreamStatus,
      });
    }
    if (answer.kind === 'arriving') {
      const candidate = { response: answer.response, softPurgedAtMs: undefined };
      const result = { outcome, reasons, stored, upstreamStatus, source: arrived };
      return { ...this.#fromStore(request, candidate, result), cutOff };
    }
    if (answer.kind === 'problem') {
      return this.#problem(request, answer.status, { outcome, reasons });
    }
    const body = upstream.kind === 'fault' ? '' : bytesOf(upstream);
    const inserted = settlement.store.kind === 'insert' ? settlement.store.response : undefined;
    const ttlSeconds =
      inserted === undefined
        ? null
        : ttlSecondsOf({ response: inserted, softPurgedAtMs: undefined }, this.#nowMs);
    const plan = planUpstream({
      request,
      answer,
      bodyBytes: contentLength(upstream),
      isShared: inserted?.facts.isPersonal === false,
      policy: this.#policy,
      cacheStatus: cacheStatusOf({
        policy: this.#policy,
        outcome,
        reasons,
        ttlSeconds,
        stored,
        collapsed: false,
        upstreamStatus,
        primaryKey,
      }),
    });
    const trailers = trailersOf(upstream);
    const { source, failure } = this.#converted(body, plan, inserted);
    if (inserted !== undefined) this.#hits.delete(hitsKeyOf(inserted));
    return {
      plan: this.#withOwnFields(plan, request, { outcome, reasons, upstreamStatus, ttlSeconds }),
      source,
      outcome,
      reasons: [...reasons, ...plan.reasons, ...failure],
      stored,
      cutOff: cutOff || failure.length > 0,
      trailers,
    };
  }

  /** The body as the plan counts its bytes; a coding that was made of a stored one is stored beside it. */
  #converted(
    source: string,
    { conversion, body }: ResponsePlan,
    response: StoredResponse | undefined,
  ): Converted {
    if (conversion === undefined || body.kind === 'none') return { source, failure: [] };
    const { from, to, isStored } = conversion;
    if (isStored && response !== undefined)
      return { source: this.#store.bodyOf(response, to), failure: [] };
    try {
      const plain = decoded(Buffer.from(source, 'latin1'), from);
      const content = encoded(plain, to).toString('latin1');
      if (response !== undefined) this.#store.addCoding(response, to, content);
      return { source: content, failure: [] };
    } catch (error) {
      const failure = reason('coding-failed', { from, to, message: String(error) });
      return { source: '', failure: [failure] };
    }
  }

  /** Asks the origin and does to the store what `settle` says. */
  #ask(request: PresentedRequest, primaryKey: string, decision: AskingDecision): Settled {
    const ask: UpstreamAsk = decision.kind === 'pass' ? { kind: 'as-is' } : decision.ask;
    const forwarded = upstreamRequest({
      request,
      ask,
      policy: this.#policy,
      hostHeader: 'upstream',
      upstreamAuthority: UPSTREAM_AUTHORITY,
      cdnInfo: this.values.cdnInfo,
    });
    const seq = this.#store.sequence;
    const requestAtMs = this.#realNowMs;
    const body = request.hasContent ? this.#content : '';
    const answer = this.#origin.refusesNext
      ? ({ kind: 'fault', fault: 'refused' } as const)
      : this.#origin.ask({ ...forwarded, body, version: '1.1' }, requestAtMs);
    this.#realNowMs += EXCHANGE_MS + (answer.kind === 'fault' ? 0 : answer.delayMs);
    if (answer.kind === 'answer' && answer.purge !== undefined) this.purge(answer.purge);
    if (answer.kind === 'answer') this.#inform(request, answer.informational);

    const { outcome, notes } = this.#outcomeOf(answer);
    const settled = settle({
      request,
      primaryKey,
      decision,
      outcome,
      policy: this.#policy,
      times: { requestAtMs, responseAtMs: this.#realNowMs, nowMs: this.#nowMs, seq },
    });
    const splice = settled.store.kind === 'insert' ? settled.store.arriving?.splice : undefined;
    const isGone = splice !== undefined && !this.#store.has(splice.base);
    const settlement = this.#invalidate(
      isGone && decision.kind === 'complete' ? askAgain(decision, reason('part-gone')) : settled,
    );
    const arrived = this.#bodyToStore(settlement, answer);
    const cutOff = arrived.isCutOff;
    const stored = this.#apply(settlement, { ...arrived, answer });
    this.#mark(primaryKey, decision, settlement);
    return { settlement, answer, notes, stored, cutOff, body: arrived.text };
  }

  #invalidate(settlement: Settlement): Settlement {
    const { invalidate, store } = settlement;
    if (invalidate.length === 0) return settlement;
    const wasPurged = store.kind === 'insert' && this.#store.isPurgedSince(store.response);
    const purges = invalidate.map((selector) => ({ selector, soft: false, siteId: undefined }));
    this.#store.purge(purges, this.#nowMs);
    return afterInvalidation(settlement, { wasPurged, sequence: this.#store.sequence });
  }

  #inform(request: PresentedRequest, heads: readonly InformationalHead[]): void {
    for (const head of heads) {
      const forwarded = forwardedInformational(request, head);
      if (forwarded !== null) this.#informational.push(forwarded);
    }
  }

  #outcomeOf(answer: PlannedAnswer): {
    readonly outcome: UpstreamOutcome;
    readonly notes: readonly Reason[];
  } {
    if (answer.kind === 'fault') {
      const { fault: failure } = answer;
      return { outcome: { kind: 'failure', failure, message: 'scripted' }, notes: [] };
    }
    const { upstreamOrigin, edgeOrigin: viewerOrigin } = this.values;
    const rewritten = rewriteLocation(new IncomingFields(answer.lines), {
      upstreamOrigin,
      viewerOrigin,
    });
    const { status } = answer;
    return {
      outcome: { kind: 'response', status, statusText: '', fields: rewritten.fields },
      notes: rewritten.reason === null ? [] : [rewritten.reason],
    };
  }

  /** What arrives, joined to what is there; cut off where the origin ends early, or sends another length than it says. */
  #bodyToStore({ store }: Settlement, answer: PlannedAnswer): BodyToStore {
    if (answer.kind === 'fault') return { text: '', isCutOff: false, isWrong: false };
    const { cutOffAfterBytes } = answer;
    const arriving = store.kind === 'insert' ? store.arriving : undefined;
    const whole = bytesOf(answer);
    const text = whole.slice(0, cutOffAfterBytes);
    const isWrong =
      arriving !== undefined && cutOffAfterBytes === undefined && whole.length !== arriving.bytes;
    const isCutOff = cutOffAfterBytes !== undefined || isWrong;
    const splice = arriving?.splice;
    if (splice === undefined) return { text, isCutOff, isWrong };
    const base = this.#store.bodyOf(splice.base);
    const after = isCutOff ? '' : base.slice(splice.afterStartByte);
    return { text: base.slice(0, splice.beforeBytes) + text + after, isCutOff, isWrong };
  }

  #apply({ store }: Settlement, body: BodyToStore & { readonly answer: PlannedAnswer }): boolean {
    switch (store.kind) {
      case 'none':
        return false;
      case 'insert': {
        for (const superseded of store.replaces) this.#store.remove(superseded);
        const { response, arriving, mayBeIncomplete } = store;
        const received = arriving === undefined ? trailersOf(body.answer) : [];
        const trailers = sharedTrailers(received, response.fields, this.#policy);
        // Nothing is visible before the body is whole, unless what there is of it may be stored.
        if (!body.isCutOff) return this.#store.insert(response, { body: body.text, trailers });
        if (!mayBeIncomplete) return false;
        const incomplete = incompleteOf({
          response,
          arriving,
          announcedBytes: contentLength(body.answer),
          receivedBytes: body.isWrong ? 0 : body.text.length,
        });
        return (
          incomplete !== null && this.#store.insert(incomplete, { body: body.text, trailers: [] })
        );
      }
      case 'remove':
        for (const response of store.responses) this.#store.remove(response);
        return false;
      case 'update': {
        const updated = store.pairs.map((pair) => this.#store.update(pair.old, pair.updated));
        return updated.includes(true);
      }
      case 'freshen': {
        for (const response of store.withdrawn) this.#store.remove(response);
        for (const { old, updated } of store.outdated) this.#store.update(old, updated);
        const updated = store.confirmed.map((pair) => this.#store.update(pair.old, pair.updated));
        return updated.includes(true);
      }
      default:
        return store satisfies never;
    }
  }

  #refresh({ candidate, refresh, refreshRequest }: ServeAndRefreshDecision): void {
    const { primaryKey } = candidate.response;
    const asked = this.#ask(refreshRequest, primaryKey, refresh);
    const again = asked.settlement.answer;
    const isAgain = again.kind === 'again' && again.decision.kind === 'fetch';
    const { answer } = isAgain ? this.#ask(refreshRequest, primaryKey, again.decision) : asked;
    const { errorStatuses } = this.#policy.stale;
    const hasFailed = answer.kind === 'fault' || errorStatuses.includes(answer.status);
    if (hasFailed) this.#refreshFailedAtMs.set(primaryKey, this.#nowMs);
    else this.#refreshFailedAtMs.delete(primaryKey);
  }

  #fromStore(
    request: PresentedRequest,
    { response, softPurgedAtMs }: Candidate,
    result: {
      readonly outcome: Outcome;
      readonly reasons: readonly Reason[];
      readonly stored?: boolean;
      readonly upstreamStatus?: number | null;
      /** Default: what is stored. */
      readonly source?: string;
    },
  ): Answered {
    const { outcome, reasons, stored = false, upstreamStatus = null } = result;
    const { source = this.#store.bodyOf(response) } = result;
    const plan = planStored({
      request,
      response,
      bodyBytes: source.length,
      nowMs: this.#nowMs,
      policy: this.#policy,
      cacheStatus: cacheStatusOf({
        policy: this.#policy,
        outcome,
        reasons,
        ttlSeconds: ttlSecondsOf({ response, softPurgedAtMs }, this.#nowMs),
        stored,
        collapsed: false,
        upstreamStatus,
        primaryKey: response.primaryKey,
      }),
    });
    const converted = this.#converted(source, plan, response);
    const served = this.#hits.get(hitsKeyOf(response)) ?? 0;
    const hits = isServedAtOnce(outcome) ? served + 1 : 0;
    if (hits > 0) this.#hits.set(hitsKeyOf(response), hits);
    const ttlSeconds = ttlSecondsOf({ response, softPurgedAtMs }, this.#nowMs);
    return {
      plan: this.#withOwnFields(plan, request, {
        outcome,
        reasons,
        upstreamStatus,
        ttlSeconds,
        hits,
      }),
      source: converted.source,
      outcome,
      reasons: [...reasons, ...plan.reasons, ...converted.failure],
      stored,
      cutOff: converted.failure.length > 0,
      trailers: response.trailers,
    };
  }

  #problem(
    request: PresentedRequest,
    status: number,
    { outcome, reasons }: { readonly outcome: Outcome; readonly reasons: readonly Reason[] },
  ): Answered {
    const problem = planProblem({ request, status, reasons, policy: this.#policy });
    const plan = this.#withOwnFields(problem, request, { outcome, reasons, upstreamStatus: null });
    return { ...NOTHING_STORED, plan, outcome, reasons };
  }

  #withOwnFields(
    plan: ResponsePlan,
    request: PresentedRequest,
    told: Pick<ExchangeFacts, 'outcome' | 'reasons' | 'upstreamStatus'> & Partial<ExchangeFacts>,
  ): ResponsePlan {
    const receivedAtMs = this.#nowMs;
    const facts = { request, ttlSeconds: null, hits: 0, receivedAtMs, elapsedMs: 0, ...told };
    return withOwnFields(plan, () => facts, this.#policy);
  }

  #mark(primaryKey: string, decision: AskingDecision, { sharing }: Settlement): void {
    if (decision.kind === 'pass') return;
    if (sharing === 'shareable') this.#unshareableAtMs.delete(primaryKey);
    // One client's no-store says nothing about the answer to the next.
    const wouldWait = sharing === 'unshareable' && decision.collapsible;
    if (wouldWait) this.#unshareableAtMs.set(primaryKey, this.#nowMs);
  }

  #isMarked(primaryKey: string): boolean {
    const atMs = this.#unshareableAtMs.get(primaryKey);
    return atMs !== undefined && this.#nowMs - atMs < this.#policy.fill.doNotCollapseSeconds * 1000;
  }

  #isHeldBack(primaryKey: string): boolean {
    const atMs = this.#refreshFailedAtMs.get(primaryKey);
    return atMs !== undefined && this.#nowMs - atMs < this.#policy.stale.refreshRetrySeconds * 1000;
  }
}

function hitsKeyOf({ primaryKey, rule, variantKey }: StoredResponse): string {
  return `${primaryKey}\n${rule.id}\n${variantKey}`;
}

/** A byte per character. */
function bodyOf(plan: ResponsePlan, source: string): string {
  const { body } = plan;
  switch (body.kind) {
    case 'none':
      return '';
    case 'whole':
      return source;
    case 'range':
      return source.slice(body.startByte, body.endByte);
    case 'multipart':
      return (
        body.parts.map((part) => part.head + source.slice(part.startByte, part.endByte)).join('') +
        body.closing
      );
    case 'text':
      return Buffer.from(body.text).toString('latin1');
    default:
      return body satisfies never;
  }
}

function bytesOf(answer: Extract<PlannedAnswer, { kind: 'answer' }>): string {
  return contentOf(answer).toString('latin1');
}

function contentLength(answer: PlannedAnswer): number | undefined {
  if (answer.kind === 'fault') return undefined;
  const value = new IncomingFields(answer.lines).get('content-length');
  return value === undefined ? undefined : Number(value);
}

function trailersOf(answer: PlannedAnswer): FieldLines {
  if (answer.kind === 'fault') return [];
  return endToEndTrailers(answer.trailers, new IncomingFields(answer.lines));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
