/**
 * A second opinion: http-cache-semantics judges the same exchange. Where the two differ, either an
 * excuse (`excuses.ts`) names the clause that speaks for this side, or it is a disagreement.
 */
import CachePolicy from 'http-cache-semantics';

import {
  IncomingFields,
  decide,
  primaryKeyOf,
  rfc9111,
  settle,
  variantKeyOf,
} from '@poplet/policy';
import type { Candidate, EdgeState, Found, PresentedRequest, StoredResponse } from '@poplet/policy';

import { EXCUSES } from './excuses.ts';
import { EXCHANGE_AT_MS } from './random-exchange.ts';
import type { FieldMap, RandomExchange } from './random-exchange.ts';

/** What becomes of the second request: answered from the store, also refreshed behind its back, or neither. */
export type Verdict = 'reuse' | 'reuse-and-refresh' | 'ask';

export interface Comparison {
  readonly ours: Verdict;
  readonly theirs: Verdict;
  /** Id of the excuse, where the two differ and one applies. */
  readonly excuse: string | undefined;
}

export function compare(exchange: RandomExchange): Comparison {
  const ours = ourVerdict(exchange);
  const theirs = theirVerdict(exchange);
  const excuse =
    ours === theirs
      ? undefined
      : EXCUSES.find(({ applies }) => applies({ exchange, ours, theirs }))?.id;
  return { ours, theirs, excuse };
}

const AT_REST: EdgeState = { bypass: false, doNotCollapse: false, refreshHeldBack: false };
const NOTHING: Found = { selected: [], siblings: [] };

function ourVerdict(exchange: RandomExchange): Verdict {
  const response = storedByUs(exchange);
  if (response === undefined) return 'ask';
  const request = presented(exchange.secondMethod, exchange.second);
  const candidates: readonly Candidate[] = [{ response, softPurgedAtMs: undefined }];
  const isSelected = response.variantKey === variantKeyOf(response.rule, request.fields);
  const decision = decide({
    request,
    found: isSelected
      ? { selected: candidates, siblings: [] }
      : { selected: [], siblings: candidates },
    policy: rfc9111,
    edge: AT_REST,
    nowMs: EXCHANGE_AT_MS + exchange.elapsedSeconds * 1000,
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

function theirVerdict({
  first,
  status,
  response,
  elapsedSeconds,
  secondMethod,
  second,
}: RandomExchange): Verdict {
  let nowMs = EXCHANGE_AT_MS;
  class Policy extends CachePolicy {
    now(): number {
      return nowMs;
    }
  }
  const policy = new Policy(
    { url: '/', method: 'GET', headers: { host: 'edge.test', ...first } },
    { status, headers: { ...response } },
    { shared: true, cacheHeuristic: 0.1 },
  );
  if (!policy.storable()) return 'ask';
  nowMs += elapsedSeconds * 1000;
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
