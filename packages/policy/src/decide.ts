import { currentAgeSeconds, isFreshAt, ttlSecondsOf } from './age.ts';
import { chunkAsk } from './chunks.ts';
import type {
  Decision,
  EdgeState,
  FetchDecision,
  PassDecision,
  RejectDecision,
  RevalidateDecision,
  ValidateAsk,
} from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { Candidate, Found, StoredPart } from './contracts/stored-response.ts';
import type { CacheControl } from './fields/cache-control.ts';
import { hopByHopNames } from './fields/connection.ts';
import { formatEntityTag } from './fields/etag.ts';
import { IncomingFields } from './headers.ts';
import { groupsOfAll } from './purge-labels.ts';
import { askForMissing, canAnswer } from './incomplete.ts';
import { isDictionaryCompressed } from './dictionary.ts';
import { preferred } from './preference.ts';
import { reason, type Reason } from './reasons.ts';
import { fieldOf, linesOfPart } from './request-part.ts';
import { givenSeconds, requestDirectives, saysPragmaNoCache } from './request-directives.ts';
import {
  ineligibleBecause,
  isUnsafe,
  keptOutBy,
  outOfSelection,
  overriddenBy,
  unshareableBecause,
  upgradeProtocol,
} from './request-kind.ts';
import { equivalenceReason, targetOf } from './search-variance.ts';

export interface DecideInput {
  readonly request: PresentedRequest;
  readonly found: Found;
  readonly policy: Policy;
  readonly edge: EdgeState;
  /** Virtual instant. */
  readonly nowMs: number;
}

/** What the steps below hand on to one another. */
interface Context extends DecideInput {
  readonly directives: CacheControl;
  /** Grows by one or more at each branch taken. */
  readonly reasons: Reason[];
}

/**
 * The request side of caching: what is to be done with one request, given what is stored. Total,
 * synchronous and clock-free; every branch taken leaves a reason.
 */
export function decide(input: DecideInput): Decision {
  const { request, edge, found, policy } = input;
  const protocol = upgradeProtocol(request);
  if (protocol !== null)
    return { kind: 'tunnel', reasons: [reason('protocol-upgrade', { protocol })] };
  if (edge.bypass)
    return pass(input, { outcome: 'pass', mayStore: false, reasons: [reason('operator-bypass')] });
  // What is stored for a target was asked for by its key, and on a path that the cache looks at.
  const elsewhere =
    overriddenBy(request, policy) ?? outOfSelection(request, policy) ?? keptOutBy(request, policy);
  const ineligible = [ineligibleBecause(request), elsewhere].filter((why) => why !== null);
  if (ineligible.length > 0)
    return pass(input, {
      outcome: 'ineligible',
      mayStore: elsewhere === null && policy.storability.postAnswers,
      reasons: ineligible,
    });

  const context: Context = {
    ...input,
    directives: requestDirectives(request, policy.validation),
    reasons: [],
  };
  const answering = found.selected.filter(({ response }) => canAnswer(response, request, policy));
  const choice = preferred(answering, request.fields);
  if (choice !== undefined) {
    if (choice.reason !== null) context.reasons.push(choice.reason);
    return withCandidate(context, choice.candidate);
  }
  const incomplete = preferred(found.selected, request.fields)?.candidate;
  return incomplete === undefined
    ? (inPreferredLanguage(context) ?? withoutCandidate(context))
    : withIncomplete(context, incomplete, incomplete.response.part as StoredPart);
}

/** What is stored lacks some of what is asked for: the rest may be enough (RFC 9111 §3.3). */
function withIncomplete(context: Context, candidate: Candidate, part: StoredPart): Decision {
  const { request, policy, found, reasons } = context;
  const { response } = candidate;
  const { completeBytes } = part;
  // No-Vary-Search §Equivalence
  const equivalence = equivalenceReason(request, response, policy);
  if (equivalence !== null) reasons.push(equivalence);
  reasons.push(reason('stored-in-part', { bytes: response.bodyBytes, completeBytes }));
  const refused = onlyIfCached(context);
  if (refused !== null) return refused;
  const { asIs, collapsible, reason: why } = sharingOf(context, candidate);
  if (why !== null) reasons.push(why);
  const missing = asIs ? null : askForMissing(request, { response, part }, policy);
  if (missing !== null) {
    const { span, etag } = missing;
    const range = `${span.startByte}-${span.endByte - 1}`;
    reasons.push(reason('asks-for-missing', { range, etag }));
    const others = found.selected.filter((one) => one !== candidate);
    return { kind: 'complete', candidate, others, ask: missing, collapsible, reasons };
  }
  // A range of what cannot be joined is for this client alone; the whole takes the place of the part.
  const isForOne = asIs || request.fields.has('range');
  return {
    kind: 'fetch',
    fallback: undefined,
    others: found.selected,
    ask: { kind: isForOne ? 'as-is' : 'fill' },
    collapsible: collapsible && !isForOne,
    reasons,
  };
}

/**
 * DEVIATION(rfc9111#4.1): a stored response in the language that this client prefers to all others is
 * served although its Accept-Language differs otherwise; not where the origin would have to be asked.
 */
function inPreferredLanguage(context: Context): Decision | null {
  const { found, policy, request } = context;
  if (!policy.key.contentLanguageSelects) return null;
  const answering = found.inLanguage.filter(({ response }) => canAnswer(response, request, policy));
  const choice = preferred(answering, request.fields);
  if (choice === undefined) return null;
  const { fields } = choice.candidate.response;
  const language = fields.get('content-language') as string;
  const reasons = [reason('content-language-match', { language })];
  const decision = withCandidate({ ...context, reasons }, choice.candidate);
  return decision.kind === 'serve' ? decision : null;
}

/** Nothing is served from the store, but an unsafe method may yet make invalid what is there. */
function pass(
  { request, found }: DecideInput,
  how: Pick<PassDecision, 'outcome' | 'mayStore' | 'reasons'>,
): PassDecision {
  const groups = isUnsafe(request.method) ? groupsOfAll(found) : [];
  return { kind: 'pass', groups, ...how };
}

/** Nothing stored fits the request. */
function withoutCandidate(context: Context): Decision {
  const { found, reasons } = context;
  const [sibling] = found.siblings;
  reasons.push(
    sibling === undefined
      ? reason('nothing-stored')
      : // RFC 9111 §4.1
        reason('no-variant-matches', { names: sibling.response.rule.names.join(', ') }),
  );
  return ask(context, undefined);
}

/** A stored response matches: is it fresh enough for this client, or may it be served stale? */
function withCandidate(context: Context, candidate: Candidate): Decision {
  const { nowMs, reasons, policy } = context;
  const { response, softPurgedAtMs } = candidate;
  const { facts } = response;
  // No-Vary-Search §Equivalence
  const equivalence = equivalenceReason(context.request, response, policy);
  if (equivalence !== null) reasons.push(equivalence);
  const ageSeconds = currentAgeSeconds(response, nowMs);
  const values = {
    ageSeconds,
    lifetimeSeconds: facts.lifetimeSeconds,
    source: facts.lifetimeSource,
  };
  const isFresh = softPurgedAtMs === undefined && isFreshAt(facts, ageSeconds);
  // RFC 9111 §5.2.2.4: no-cache forbids reuse without validation, fresh or not.
  if (facts.alwaysValidate) {
    reasons.push(reason('response-no-cache'));
    return ask(context, candidate);
  }
  if (!isFresh) {
    reasons.push(
      softPurgedAtMs === undefined
        ? reason('stale', values)
        : reason('soft-purged', { secondsAgo: Math.floor((nowMs - softPurgedAtMs) / 1000) }),
    );
    return withStale(context, candidate);
  }
  reasons.push(reason('fresh', values));
  const demand = clientDemand(context, candidate, ageSeconds);
  if (demand === null) return { kind: 'serve', outcome: 'hit', candidate, reasons };
  reasons.push(demand);
  return ask(context, candidate);
}

/** Why this client does not want a response that is fresh (RFC 9111 §5.2.1), or null. */
function clientDemand(context: Context, candidate: Candidate, ageSeconds: number): Reason | null {
  const { directives, reasons, nowMs } = context;
  // RFC 9111 §5.2.1.4
  if (directives.noCache) return reason('request-no-cache', { directive: 'no-cache' });
  const maxAgeSeconds = givenSeconds(directives.maxAgeSeconds);
  // RFC 9111 §5.2.1.1: any response is older than 0 s, if only by the time of its transfer.
  if (maxAgeSeconds === 0) {
    // DEVIATION(rfc8246#3): immutable counts without HTTPS too, and however the body was delimited.
    // RFC 8246 §2.1: a reload does not count as a sign that validation is necessary; no-cache does.
    if (!candidate.response.facts.immutable)
      return reason('request-no-cache', { directive: 'max-age=0' });
    reasons.push(reason('request-immutable-reload'));
  } else if (maxAgeSeconds !== null && ageSeconds > maxAgeSeconds) {
    return reason('request-max-age', { maxAgeSeconds, ageSeconds });
  }
  // RFC 9111 §5.2.1.3: lifetime no less than age plus the time given.
  const minFreshSeconds = givenSeconds(directives.minFreshSeconds) ?? 0;
  const ttlSeconds = ttlSecondsOf(candidate, nowMs);
  if (ttlSeconds < minFreshSeconds) {
    return reason('request-min-fresh', { minFreshSeconds, ttlSeconds });
  }
  return null;
}

/** The response is stale: may it be used all the same, without waiting (RFC 9111 §4.2.4)? */
function withStale(context: Context, candidate: Candidate): Decision {
  const { policy, reasons, edge, nowMs } = context;
  const { facts } = candidate.response;
  const staleSeconds = -ttlSecondsOf(candidate, nowMs);
  if (facts.staleForbiddenBy !== null) {
    reasons.push(reason(facts.staleForbiddenBy));
    return ask(context, candidate);
  }
  const allowance = clientAllowsStale(context, candidate, staleSeconds);
  if (allowance !== null) {
    reasons.push(allowance);
    return { kind: 'serve', outcome: 'stale', candidate, reasons };
  }
  // RFC 5861 §3
  const windowSeconds = facts.staleWhileRevalidateSeconds;
  if (windowSeconds === null || windowSeconds === 0) return ask(context, candidate);
  if (staleSeconds > windowSeconds) {
    reasons.push(reason('stale-while-revalidate-over', { staleSeconds, windowSeconds }));
    return ask(context, candidate);
  }
  const refusal = clientRefusesStale(context);
  if (refusal !== null) {
    reasons.push(refusal);
    return ask(context, candidate);
  }
  reasons.push(reason('stale-while-revalidate', { staleSeconds, windowSeconds }));
  if (edge.refreshHeldBack) {
    reasons.push(reason('refresh-held-back', { seconds: policy.stale.refreshRetrySeconds }));
    return { kind: 'serve', outcome: 'stale', candidate, reasons };
  }
  return {
    kind: 'serve-and-refresh',
    candidate,
    refresh: refreshOf(candidate),
    refreshRequest: refreshRequestOf(context.request, candidate),
    reasons,
  };
}

/** RFC 9111 §5.2.1.2: max-stale, with or without a bound; a client that demands validation does not mean it. */
function clientAllowsStale(
  context: Context,
  { response }: Candidate,
  staleSeconds: number,
): Reason | null {
  const { directives, nowMs } = context;
  if (demandsValidation(context)) return null;
  // RFC 9111 §5.2.1.1: max-age goes on to limit the age.
  const maxAgeSeconds = givenSeconds(directives.maxAgeSeconds) ?? Infinity;
  if (currentAgeSeconds(response, nowMs) > maxAgeSeconds) return null;
  const maxStaleSeconds = givenSeconds(directives.maxStaleSeconds);
  if (maxStaleSeconds === null || staleSeconds > maxStaleSeconds) return null;
  const allowance = maxStaleSeconds === Infinity ? 'max-stale' : `max-stale=${maxStaleSeconds}`;
  return reason('request-max-stale', { allowance, staleSeconds });
}

/** RFC 9111 §5.2.1.1, §5.2.1.3: a client that limits the age, or wants freshness left, does not wish to receive a stale response. */
function clientRefusesStale({ directives, request, policy }: Context): Reason | null {
  if (policy.validation.pragma === 'waits' && saysPragmaNoCache(request))
    return reason('request-refuses-stale', { directive: 'Pragma: no-cache' });
  if (directives.noCache) return reason('request-refuses-stale', { directive: 'no-cache' });
  if (directives.maxAgeSeconds !== null)
    return reason('request-refuses-stale', { directive: 'max-age' });
  if (directives.minFreshSeconds !== null)
    return reason('request-refuses-stale', { directive: 'min-fresh' });
  return null;
}

/** The background validation of a stale response (RFC 5861 §3); it belongs to no client. */
function refreshOf(candidate: Candidate): RevalidateDecision | FetchDecision {
  const { etags, modifiedSince, isEmpty } = validatorsOf(candidate, []);
  const shared = { others: [], collapsible: true, reasons: [] };
  if (isEmpty) return { kind: 'fetch', fallback: candidate, ask: { kind: 'fill' }, ...shared };
  const validate: ValidateAsk = { kind: 'validate', etags, modifiedSince };
  return { kind: 'revalidate', candidate, offered: [candidate], ask: validate, ...shared };
}

/**
 * RFC 9111 §4.3.1: a request that the cache makes by itself copies the target that brought the response
 * and the fields that Vary nominates: no cookie, no credentials, no directive of whoever came by.
 */
function refreshRequestOf(request: PresentedRequest, { response }: Candidate): PresentedRequest {
  const target = targetOf(request, response);
  // RFC 9110 §7.6.1: what Connection nominates is as absent here as it was when the response was selected.
  const notForwarded = hopByHopNames(request.fields);
  const copied = new Set(response.rule.names.filter((name) => !notForwarded.has(fieldOf(name))));
  // RFC 9111 §3.3: a 304 confirms a part for the range that it answered; upstream the range does not go.
  if (response.part !== null) for (const name of ['range', 'accept-encoding']) copied.add(name);
  const lines: string[] = [];
  for (const name of copied) {
    for (const value of linesOfPart(name, request.fields)) lines.push(fieldOf(name), value);
  }
  return {
    ...request,
    method: 'GET',
    target,
    fields: new IncomingFields(lines),
    clientAddress: undefined,
  };
}

/** The upstream has to be asked: with which validators, and shared with whom? */
function ask(context: Context, candidate: Candidate | undefined): Decision {
  const { request, reasons, found, policy } = context;
  const others = found.selected.filter((one) => one !== candidate);
  const refused = onlyIfCached(context);
  if (refused !== null) return refused;
  const { asIs, collapsible, reason: why } = sharingOf(context, candidate);
  if (why !== null) reasons.push(why);
  if (asIs) {
    const unchanged = { kind: 'as-is' } as const;
    return { kind: 'fetch', fallback: candidate, others, ask: unchanged, collapsible, reasons };
  }
  // RFC 9110 §8.8.1: only a strong tag of another variant says which representation is meant.
  // RFC 9842 §6.2: and what another client's dictionary was used for is of no use here.
  const siblings = found.siblings.filter(
    ({ response }) =>
      policy.validation.offersVariants &&
      response.facts.etag?.weak === false &&
      canAnswer(response, request, policy) &&
      !isDictionaryCompressed(response.fields),
  );
  const { etags, modifiedSince, isEmpty } = validatorsOf(candidate, siblings);
  if (isEmpty) {
    if (candidate !== undefined) reasons.push(reason('no-validator'));
    const chunk = candidate === undefined ? chunkAsk(request, policy) : null;
    if (chunk !== null) {
      const range = `${chunk.span.startByte}-${chunk.span.endByte - 1}`;
      reasons.push(reason('asks-for-chunks', { range }));
      // Others that wait may want other bytes.
      const alone = { fallback: undefined, collapsible: false };
      return { kind: 'fetch', others, ask: chunk, ...alone, reasons };
    }
    const fill = { kind: 'fill' } as const;
    return { kind: 'fetch', fallback: candidate, others, ask: fill, collapsible, reasons };
  }
  const validate: ValidateAsk = { kind: 'validate', etags, modifiedSince };
  reasons.push(
    candidate === undefined
      ? // RFC 9111 §4.3.1: a cache may validate a response that it cannot choose.
        reason('sibling-validators', { count: etags.length })
      : reason('validate', { validators: validatorsText(validate) }),
  );
  const offered = candidate === undefined ? siblings : [candidate, ...siblings];
  return { kind: 'revalidate', candidate, others, offered, ask: validate, collapsible, reasons };
}

/** RFC 9111 §5.2.1.7 */
function onlyIfCached({ directives, reasons }: Context): RejectDecision | null {
  if (!directives.onlyIfCached) return null;
  return { kind: 'reject', status: 504, reasons: [...reasons, reason('only-if-cached')] };
}

interface Sharing {
  /** Whether simultaneous requests may wait for this exchange. */
  readonly collapsible: boolean;
  /** Whether the client's own conditions and ranges are passed on. */
  readonly asIs: boolean;
  readonly reason: Reason | null;
}

function sharingOf(context: Context, candidate: Candidate | undefined): Sharing {
  const { request, directives, edge } = context;
  // RFC 9111 §5.2.1.5: nothing of this exchange may be stored.
  if (directives.noStore)
    return { collapsible: false, asIs: true, reason: reason('request-no-store') };
  const why = unshareableBecause(request);
  if (why !== null)
    return { collapsible: false, asIs: true, reason: reason('not-collapsible', { why }) };
  if (edge.doNotCollapse) {
    return { collapsible: false, asIs: candidate === undefined, reason: reason('do-not-collapse') };
  }
  // A client that demands validation gets one of its own, begun after it asked.
  if (demandsValidation(context)) return { collapsible: false, asIs: false, reason: null };
  // RFC 9111 §4: requests share a response only if each may reuse it, which no-cache and a lifetime of 0 rule out.
  const facts = candidate?.response.facts;
  const reusable = facts === undefined || (!facts.alwaysValidate && facts.lifetimeSeconds > 0);
  return { collapsible: reusable, asIs: false, reason: null };
}

function demandsValidation({ directives }: Context): boolean {
  return directives.noCache || directives.maxAgeSeconds === 0;
}

/** RFC 9111 §4.3.1: all entity tags, and Last-Modified when the selected response alone is validated. */
function validatorsOf(
  candidate: Candidate | undefined,
  siblings: readonly Candidate[],
): Omit<ValidateAsk, 'kind'> & { readonly isEmpty: boolean } {
  const tags = new Set<string>();
  for (const { response } of candidate === undefined ? siblings : [candidate, ...siblings]) {
    const { etag } = response.facts;
    if (etag !== null) tags.add(formatEntityTag(etag));
  }
  // The fact was read from the field that is kept.
  const isAlone = siblings.length === 0 && candidate?.response.facts.lastModifiedAtMs != null;
  const modifiedSince = isAlone ? (candidate.response.fields.get('last-modified') as string) : null;
  return { etags: [...tags], modifiedSince, isEmpty: tags.size === 0 && modifiedSince === null };
}

function validatorsText({ etags, modifiedSince }: ValidateAsk): string {
  const named = etags.length > 0 ? [`If-None-Match: ${etags.join(', ')}`] : [];
  if (modifiedSince !== null) named.push(`If-Modified-Since: ${modifiedSince}`);
  return named.join(' and ');
}
