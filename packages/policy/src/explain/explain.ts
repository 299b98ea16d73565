import { currentAgeSeconds, ttlSecondsOf } from '../age.ts';
import type { Decision, EdgeState } from '../contracts/decision.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { Policy } from '../contracts/policy.ts';
import type { PresentedRequest } from '../contracts/request.ts';
import type { ExchangeTimes, Settlement, UpstreamOutcome } from '../contracts/settlement.ts';
import type { Candidate, Found } from '../contracts/stored-response.ts';
import { decide } from '../decide.ts';
import { formatEntityTag } from '../fields/etag.ts';
import { IncomingFields } from '../headers.ts';
import { absoluteUriOf } from '../key.ts';
import { reasonView, type Reason } from '../reasons.ts';
import { isAsking } from '../asking.ts';
import { settle } from '../settle/settle.ts';
import { whileStoreAway } from '../store-away.ts';
import { answerOf } from './answer.ts';
import { downstreamView } from './browser.ts';
import type { ExplainedStep, Explanation, StoredView, UpstreamView } from './explanation.ts';
import { insertedBy, type Rehearsal, type Scene } from './rehearsal.ts';
import { suggest, suggestForGets, type Suggestions } from './suggest.ts';
import { verdictOf } from './verdict.ts';
import { whenStale } from './when-stale.ts';

export interface ExplainInput {
  readonly request: PresentedRequest;
  readonly primaryKey: string;
  readonly found: Found;
  readonly policy: Policy;
  readonly edge: EdgeState;
  /** Virtual instant. */
  readonly nowMs: number;
  /** Whether what is stored is out of reach, so that nothing was found, and nothing would be stored. */
  readonly isStoreAway?: boolean;
  /** What `decide` answered, or what `settle` answered with `again`. */
  readonly decision: Decision;
  /** What the upstream answered to that decision; undefined where it was not asked. */
  readonly exchange: ExplainedExchange | undefined;
}

export interface ExplainedExchange {
  readonly outcome: UpstreamOutcome;
  readonly times: ExchangeTimes;
  /** What the edge itself did about it. */
  readonly notes: readonly Reason[];
}

/**
 * Why a request is answered as it is, what is stored for it and for how long, what comes next, and what
 * would have to change. Pure: whatever it says of later requests is what `decide` and `settle` answer.
 */
export function explain(input: ExplainInput): Explanation {
  const settlement = settlementOf(input);
  const { suggestions, obstacle } = suggestionsFor(input, settlement);
  return {
    ...accountOf(input, settlement),
    suggestions,
    obstacle: obstacle === null ? null : reasonView(obstacle),
  };
}

/** An explanation without what would change it. */
export type Account = Omit<Explanation, 'suggestions' | 'obstacle'>;

/** Why a request is answered as it is, what is stored for it and for how long, and what comes next. */
export function accountOf(
  input: ExplainInput,
  settlement: Settlement | undefined = settlementOf(input),
): Account {
  const { request, decision, exchange, policy } = input;
  const nowMs = exchange?.times.nowMs ?? input.nowMs;
  const found = foundAfter(input, settlement);
  const next = decide({ request, found, policy, edge: input.edge, nowMs });
  const [candidate] = found.selected;
  const isAsked = settlement !== undefined || !isAsking(decision);
  const answer = answerOf(input, settlement);
  return {
    method: request.method,
    url: absoluteUriOf(request),
    verdict: verdictOf({ decision, settlement, candidate, next, policy, nowMs }),
    outcome: outcomeOf(decision, settlement),
    steps: stepsOf(input, settlement, answer?.reasons ?? []),
    upstream: exchange === undefined ? null : upstreamView(exchange.outcome),
    stored: candidate === undefined ? null : storedView(candidate, nowMs),
    next: isAsked
      ? {
          isHit: next.kind === 'serve' && next.outcome === 'hit',
          reasons: next.reasons.map(reasonView),
        }
      : null,
    whenStale: candidate === undefined ? null : whenStale(rehearsalOf(input, candidate, nowMs)),
    downstream:
      answer === undefined ? null : downstreamView(answer, policy.freshness.targetedFields),
  };
}

/** What came of the exchange; nothing of it is kept where what is stored is out of reach. */
export function settlementOf(input: ExplainInput): Settlement | undefined {
  const settled = settledOf(input);
  const isAway = input.isStoreAway === true && settled !== undefined;
  return isAway ? whileStoreAway(settled) : settled;
}

function settledOf(input: ExplainInput): Settlement | undefined {
  const { decision, exchange } = input;
  if (exchange === undefined) return undefined;
  switch (decision.kind) {
    case 'fetch':
    case 'revalidate':
    case 'complete':
    case 'pass':
      return settle({ ...input, ...exchange, decision });
    case 'serve-and-refresh': {
      const { candidate, refresh, refreshRequest } = decision;
      return settle({
        ...input,
        ...exchange,
        primaryKey: candidate.response.primaryKey,
        decision: refresh,
        request: refreshRequest,
      });
    }
    case 'serve':
    case 'reject':
    case 'tunnel':
      return undefined;
    default:
      return decision satisfies never;
  }
}

function selecting(candidate: Candidate | undefined): Found {
  return { selected: candidate === undefined ? [] : [candidate], siblings: [], inLanguage: [] };
}

/** What the answer to a HEAD leaves of what the request selects. */
function freshened(
  found: Found,
  { confirmed, outdated, withdrawn }: Extract<Settlement['store'], { kind: 'freshen' }>,
): Found {
  const updates = [...confirmed, ...outdated];
  const selected = found.selected.flatMap((candidate): readonly Candidate[] => {
    if (withdrawn.includes(candidate.response)) return [];
    const update = updates.find(({ old }) => old === candidate.response);
    return [update === undefined ? candidate : { ...candidate, response: update.updated }];
  });
  return { ...found, selected };
}

/** What the same request finds a moment later. */
function foundAfter({ found }: ExplainInput, settlement: Settlement | undefined): Found {
  if (settlement === undefined) return found;
  const { store, answer } = settlement;
  switch (store.kind) {
    case 'none':
      return found;
    case 'insert':
      return selecting(insertedBy(store));
    case 'remove':
      return selecting(undefined);
    case 'freshen':
      return freshened(found, store);
    case 'update':
      return selecting(answer.kind === 'stored' ? answer.candidate : undefined);
    default:
      return store satisfies never;
  }
}

function outcomeOf(decision: Decision, settlement: Settlement | undefined): Outcome | null {
  switch (decision.kind) {
    case 'serve':
    case 'pass':
      return decision.outcome;
    case 'serve-and-refresh':
      return 'updating';
    case 'reject':
      return 'error';
    case 'tunnel':
      return 'ineligible';
    case 'fetch':
    case 'revalidate':
    case 'complete':
      return settlement?.outcome ?? null;
    default:
      return decision satisfies never;
  }
}

function stepsOf(
  { decision, exchange }: ExplainInput,
  settlement: Settlement | undefined,
  planned: readonly Reason[],
): readonly ExplainedStep[] {
  const stage = decision.kind === 'serve-and-refresh' ? 'refresh' : 'response';
  const response = [...(exchange?.notes ?? []), ...(settlement?.reasons ?? [])];
  return [
    ...decision.reasons.map((one): ExplainedStep => ({ ...reasonView(one), stage: 'request' })),
    ...response.map((one): ExplainedStep => ({ ...reasonView(one), stage })),
    ...planned.map((one): ExplainedStep => ({ ...reasonView(one), stage: 'answer' })),
  ];
}

function upstreamView(outcome: UpstreamOutcome): UpstreamView {
  if (outcome.kind === 'response') return { kind: 'response', status: outcome.status };
  return { kind: 'failure', failure: outcome.failure, message: outcome.message };
}

function storedView(candidate: Candidate, nowMs: number): StoredView {
  const { response } = candidate;
  const { facts, fields, rule } = response;
  return {
    key: response.primaryKey,
    variesOn: rule.names,
    variant: response.variantKey,
    status: response.status,
    ageSeconds: currentAgeSeconds(response, nowMs),
    lifetimeSeconds: facts.lifetimeSeconds,
    lifetimeSource: facts.lifetimeSource,
    ttlSeconds: ttlSecondsOf(candidate, nowMs),
    alwaysValidate: facts.alwaysValidate,
    etag: facts.etag === null ? null : formatEntityTag(facts.etag),
    lastModified: facts.lastModifiedAtMs === null ? null : (fields.get('last-modified') ?? null),
    tags: response.tags,
    groups: response.groups,
  };
}

// ── what would change it ───────────────────────────────────────────────────────────────────────

function suggestionsFor(input: ExplainInput, settlement: Settlement | undefined): Suggestions {
  const { decision } = input;
  const isCachesBusiness = decision.kind !== 'pass' && decision.kind !== 'tunnel';
  // To have a loop cached would only hide it.
  const loop = settlement?.reasons.find(({ code }) => code === 'loop-behind');
  if (loop !== undefined) return { suggestions: [], obstacle: loop };
  const scene = isCachesBusiness ? sceneOf(input, settlement) : undefined;
  if (scene !== undefined) {
    const { suggestions, obstacle } = suggest(scene);
    const isHit = decision.kind === 'serve' && decision.outcome === 'hit';
    // What is in the cache is there, whatever this request would have brought.
    return isHit && !decision.candidate.response.fields.has('set-cookie')
      ? { suggestions: suggestions.filter(({ goal }) => goal !== 'cached'), obstacle: null }
      : { suggestions, obstacle };
  }
  const isStuck = !isCachesBusiness || decision.kind === 'reject';
  return {
    suggestions:
      decision.kind === 'pass' && decision.mayStore ? suggestForGets(unsafeScene(input)) : [],
    obstacle: (isStuck ? decision.reasons.at(-1) : undefined) ?? null,
  };
}

/** What an unsafe method brought; where it was not sent, a 200 that says nothing of caches. */
function unsafeScene({ request, primaryKey, policy, exchange, nowMs }: ExplainInput): Scene {
  const scene = { request, primaryKey, policy };
  if (exchange?.outcome.kind === 'response') {
    return { ...scene, response: exchange.outcome, times: exchange.times };
  }
  return {
    ...scene,
    response: { kind: 'response', status: 200, statusText: 'OK', fields: new IncomingFields([]) },
    times: { requestAtMs: nowMs, responseAtMs: nowMs, nowMs, seq: 0 },
  };
}

/** The response that suggestions are about: what the upstream sent, or what is stored. */
function sceneOf(input: ExplainInput, settlement: Settlement | undefined): Scene | undefined {
  const { request, primaryKey, policy, exchange, decision } = input;
  // What the edge asked for by itself to complete what it has is no answer to the request.
  if (settlement?.answer.kind === 'arriving') {
    return storedScene(input, { response: settlement.answer.response, softPurgedAtMs: undefined });
  }
  if (exchange?.outcome.kind === 'response' && exchange.outcome.status !== 304) {
    return { request, primaryKey, policy, response: exchange.outcome, times: exchange.times };
  }
  if (settlement?.answer.kind === 'stored') return storedScene(input, settlement.answer.candidate);
  return decision.kind === 'serve' || decision.kind === 'serve-and-refresh'
    ? storedScene(input, decision.candidate)
    : undefined;
}

/** What is stored, as it arrived. */
function storedScene(
  { request, primaryKey, policy }: ExplainInput,
  { response }: Candidate,
): Scene {
  const { fields, facts, requestAtMs, responseAtMs, residentSinceMs } = response;
  const ageSeconds = Math.floor(facts.initialAgeMs / 1000);
  const age = ageSeconds === 0 ? [] : ['Age', String(ageSeconds)];
  return {
    request,
    primaryKey,
    policy,
    response: {
      kind: 'response',
      status: response.status,
      statusText: response.statusText,
      fields: new IncomingFields([...fields.toLines(), ...age]),
    },
    times: { requestAtMs, responseAtMs, nowMs: residentSinceMs, seq: response.fetchedSeq },
  };
}

function rehearsalOf(input: ExplainInput, candidate: Candidate, nowMs: number): Rehearsal {
  const scene = storedScene(input, candidate);
  const times = { ...scene.times, nowMs };
  return {
    scene: { ...scene, times },
    decision: input.decision,
    settlement: undefined,
    candidate,
  };
}
