/**
 * A second opinion: http-cache-semantics judges the same exchange. Where the two differ, either an
 * excuse (`excuses.ts`) names the clause that speaks for this side, or it is a disagreement.
 */
import CachePolicy from 'http-cache-semantics';
import { parseDictionary } from 'structured-headers';

import {
  IncomingFields,
  decide,
  primaryKeyOf,
  rfc9111,
  settle,
  variantKeyOf,
} from '@poplet/policy';
import type { Candidate, EdgeState, Found, PresentedRequest, StoredResponse } from '@poplet/policy';

import { EXCUSES, directivesIn, isExcused } from './excuses.ts';
import { imfFixdate } from './macros.ts';
import { EXCHANGE_AT_MS } from './random-exchange.ts';
import type { FieldMap, RandomExchange, RandomValidation } from './random-exchange.ts';

/** What becomes of the second request: answered from the store, also refreshed behind its back, or neither. */
export type Verdict = 'reuse' | 'reuse-and-refresh' | 'ask';

export interface Comparison {
  readonly ours: Verdict;
  readonly theirs: Verdict;
  /** Id of the excuse, where the two differ and one applies. */
  readonly excuse: string | undefined;
  /** Why ours reuses what nobody may reuse: no excuse covers it, not even agreement. */
  readonly danger: string | undefined;
}

export function compare(exchange: RandomExchange): Comparison {
  const ours = ourVerdict(exchange);
  const theirs = theirVerdict(exchange);
  const excuse =
    ours === theirs
      ? undefined
      : EXCUSES.find((one) => isExcused(one, { exchange, ours, theirs }))?.id;
  return { ours, theirs, excuse, danger: ours === 'ask' ? undefined : dangerIn(exchange) };
}

/** Statuses drawn whose caching rules the edge implements (RFC 9111 §5.2.2.3). */
const UNDERSTOOD = new Set([200, 203, 204, 301, 302, 307, 308, 400, 404, 410, 500, 503]);

/** Read anew, by other parsers than those on trial. */
function dangerIn(exchange: RandomExchange): string | undefined {
  const { first, response, status } = exchange;
  if (directivesIn(first['cache-control']).some(({ name }) => name.toLowerCase() === 'no-store'))
    return 'the request that brought it said no-store';
  const said = saidInTheEnd(exchange);
  const isUnderstood = said.has('must-understand') && UNDERSTOOD.has(status);
  if (said.has('no-store') && !isUnderstood) return 'the response says no-store';
  if (said.has('private')) return 'the response says private';
  const isOpen = ['public', 'must-revalidate', 's-maxage'].some((name) => said.has(name));
  if (first['authorization'] !== undefined && !isOpen)
    return 'the request carried Authorization, and the response opens it to nobody';
  return response['vary']?.includes('*') ? 'the response says Vary: *' : undefined;
}

/** Names of the directives that govern in the end, those in a qualified form left out. */
function saidInTheEnd({ response, validation }: RandomExchange): ReadonlySet<string> {
  const isValidated = validation !== undefined && hasValidator(response);
  const targeted = targetedNames(response['cdn-cache-control']);
  if (targeted !== undefined) return targeted;
  const text =
    (isValidated ? validation.says['cache-control'] : undefined) ?? response['cache-control'];
  return new Set(
    directivesIn(text)
      .filter(({ name, value }) => value === undefined || !/^(?:private|no-cache)$/iu.test(name))
      .map(({ name }) => name.toLowerCase()),
  );
}

/** RFC 9213 §2.2: a field that is no dictionary is ignored. */
function targetedNames(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  try {
    const names = new Set<string>();
    for (const [name, [value]] of parseDictionary(text)) {
      if (typeof value === 'boolean' ? value : name !== 'private') names.add(name);
    }
    return names;
  } catch {
    return undefined;
  }
}

function hasValidator(response: FieldMap): boolean {
  return response['etag'] !== undefined || response['last-modified'] !== undefined;
}

const AT_REST: EdgeState = { bypass: false, doNotCollapse: false, refreshHeldBack: false };
const NOTHING: Found = { selected: [], siblings: [], inLanguage: [] };

function ourVerdict(exchange: RandomExchange): Verdict {
  const stored = storedByUs(exchange);
  const response = stored && validatedByUs(exchange, stored);
  if (response === undefined) return 'ask';
  const request = presented(exchange.secondMethod, exchange.second);
  const candidates: readonly Candidate[] = [{ response, softPurgedAtMs: undefined }];
  const isSelected = response.variantKey === variantKeyOf(response.rule, request.fields);
  const decision = decide({
    request,
    found: isSelected
      ? { selected: candidates, siblings: [], inLanguage: [] }
      : { selected: [], siblings: candidates, inLanguage: [] },
    policy: rfc9111,
    edge: AT_REST,
    nowMs: secondAtMs(exchange),
  });
  if (decision.kind === 'serve') return 'reuse';
  return decision.kind === 'serve-and-refresh' ? 'reuse-and-refresh' : 'ask';
}

/** What the first request leaves in the store. */
function storedByUs({ first, status, response }: RandomExchange): StoredResponse | undefined {
  const request = presented('GET', first);
  const nowMs = EXCHANGE_AT_MS;
  const decision = decide({ request, found: NOTHING, policy: rfc9111, edge: AT_REST, nowMs });
  if (decision.kind !== 'fetch') return undefined;
  const { store } = settle({
    request,
    primaryKey: primaryKeyOf(request, rfc9111, ''),
    decision,
    outcome: { kind: 'response', status, statusText: '', fields: incoming(response) },
    policy: rfc9111,
    times: { requestAtMs: nowMs, responseAtMs: nowMs, nowMs, seq: 0 },
  });
  return store.kind === 'insert' ? store.response : undefined;
}

/** The stored response after the 304; undefined when that leaves nothing in the store. */
function validatedByUs(
  exchange: RandomExchange,
  response: StoredResponse,
): StoredResponse | undefined {
  const { validation } = exchange;
  if (validation === undefined || !hasValidator(exchange.response)) return response;
  const request = presented('GET', validating(exchange.first));
  const candidate: Candidate = { response, softPurgedAtMs: undefined };
  const nowMs = EXCHANGE_AT_MS + validation.afterSeconds * 1000;
  const decision = decide({
    request,
    found: { selected: [candidate], siblings: [], inLanguage: [] },
    policy: rfc9111,
    edge: AT_REST,
    nowMs,
  });
  if (decision.kind !== 'revalidate') return response;
  const { store } = settle({
    request,
    primaryKey: response.primaryKey,
    decision,
    outcome: {
      kind: 'response',
      status: 304,
      statusText: '',
      fields: incoming(notModified(exchange, validation)),
    },
    policy: rfc9111,
    times: { requestAtMs: nowMs, responseAtMs: nowMs, nowMs, seq: 0 },
  });
  return store.kind === 'update' ? store.pairs[0]?.updated : undefined;
}

function validating(first: FieldMap): FieldMap {
  return { ...first, 'cache-control': 'no-cache' };
}

function notModified(
  { response: { etag, 'last-modified': lastModified } }: RandomExchange,
  { afterSeconds, says }: RandomValidation,
): FieldMap {
  return {
    date: imfFixdate(EXCHANGE_AT_MS + afterSeconds * 1000),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
    ...says,
  };
}

function secondAtMs({ response, validation, elapsedSeconds }: RandomExchange): number {
  const waitedSeconds = hasValidator(response) ? (validation?.afterSeconds ?? 0) : 0;
  return EXCHANGE_AT_MS + (waitedSeconds + elapsedSeconds) * 1000;
}

function theirVerdict(exchange: RandomExchange): Verdict {
  const { first, status, response, validation, secondMethod, second } = exchange;
  let nowMs = EXCHANGE_AT_MS;
  class Policy extends CachePolicy {
    now(): number {
      return nowMs;
    }
  }
  let policy: CachePolicy = new Policy(
    { url: '/', method: 'GET', headers: { host: 'edge.test', ...first } },
    { status, headers: { ...response } },
    { shared: true, cacheHeuristic: 0.1 },
  );
  if (!policy.storable()) return 'ask';
  if (validation !== undefined && hasValidator(response)) {
    nowMs += validation.afterSeconds * 1000;
    const asked = { url: '/', method: 'GET', headers: { host: 'edge.test', ...validating(first) } };
    const answer = { status: 304, headers: { ...notModified(exchange, validation) } };
    policy = policy.revalidatedPolicy(asked, answer).policy;
    if (!policy.storable()) return 'ask';
  }
  nowMs = secondAtMs(exchange);
  const { response: answer, revalidation } = policy.evaluateRequest({
    url: '/',
    method: secondMethod,
    headers: { host: 'edge.test', ...second },
  });
  if (answer === undefined) return 'ask';
  return revalidation === undefined ? 'reuse' : 'reuse-and-refresh';
}

function presented(method: string, fields: FieldMap): PresentedRequest {
  return {
    siteId: 'default',
    method,
    scheme: 'http',
    authority: 'edge.test',
    target: '/',
    fields: incoming(fields),
    hasContent: false,
    clientAddress: undefined,
  };
}

function incoming(fields: FieldMap): IncomingFields {
  return new IncomingFields(Object.entries(fields).flat());
}
