import { currentAgeSeconds, ttlSecondsOf } from '../age.ts';
import type { Decision } from '../contracts/decision.ts';
import type { Policy } from '../contracts/policy.ts';
import type { Settlement } from '../contracts/settlement.ts';
import type { Candidate, StoredResponse } from '../contracts/stored-response.ts';
import { effectiveCacheControl } from '../effective-cache-control.ts';
import { renderReason, type Reason } from '../reasons.ts';
import { usualSpelling } from './draft.ts';
import type { Verdict } from './explanation.ts';
import { durationWords } from './lifetimes.ts';

export interface VerdictInput {
  readonly decision: Decision;
  /** Undefined where the upstream was not asked. */
  readonly settlement: Settlement | undefined;
  /** What is stored for the request afterwards. */
  readonly candidate: Candidate | undefined;
  /** The same request a moment later. */
  readonly next: Decision;
  readonly policy: Policy;
  readonly nowMs: number;
}

/** What became of the request, in one line. */
export function verdictOf(input: VerdictInput): Verdict {
  const { decision, settlement } = input;
  switch (decision.kind) {
    case 'serve':
      return decision.outcome === 'hit'
        ? { kind: 'hit', text: `In the cache: fresh for ${freshness(input, decision.candidate)}` }
        : { kind: 'stale', text: `Served stale: ${last(decision.reasons)}` };
    case 'serve-and-refresh':
      return {
        kind: 'stale',
        text: `Served stale while it is refreshed: ${last(decision.reasons)}`,
      };
    case 'pass':
    case 'tunnel':
      return { kind: 'passed', text: `Not cached: ${last(decision.reasons)}` };
    case 'reject':
      return { kind: 'rejected', text: `Answered ${decision.status}: ${last(decision.reasons)}` };
    case 'fetch':
    case 'revalidate':
    case 'complete':
      return settlement === undefined
        ? { kind: 'rejected', text: `The origin would be asked: ${last(decision.reasons)}` }
        : settledVerdict(input, settlement);
    default:
      return decision satisfies never;
  }
}

function settledVerdict(
  input: VerdictInput,
  { answer, store, outcome, reasons }: Settlement,
): Verdict {
  if (outcome === 'error')
    return {
      kind: 'failed',
      text: `No answer: ${last(reasons).replace(/^no answer from the origin: /u, '')}`,
    };
  if (outcome === 'stale') return { kind: 'stale', text: `Served stale: ${last(reasons)}` };
  const { candidate, next } = input;
  const loop = reasons.find(({ code }) => code === 'loop-behind');
  if (loop !== undefined) return { kind: 'not-cached', text: `A loop: ${renderReason(loop)}` };
  if (candidate === undefined || store.kind === 'none' || store.kind === 'remove') {
    return {
      kind: 'not-cached',
      text: `Not cached: ${last(reasons).replace(/^not stored: /u, '')}`,
    };
  }
  const confirmed = answer.kind === 'stored' ? ' again' : '';
  if (next.kind === 'serve') {
    return { kind: 'cached', text: `Cached${confirmed} for ${freshness(input, candidate)}` };
  }
  const { part, bodyBytes } = candidate.response;
  if (part !== null && next.reasons.some(({ code }) => code === 'stored-in-part')) {
    const held = `${bodyBytes} of ${part.completeBytes} bytes`;
    return { kind: 'kept', text: `Kept in part (${held}): the origin is asked for the rest` };
  }
  const { lifetimeSeconds, alwaysValidate } = candidate.response.facts;
  const isFresh = !alwaysValidate && ttlSecondsOf(candidate, input.nowMs) > 0;
  if (isFresh) {
    const demand = next.reasons.find(({ code }) => code.startsWith('request-'));
    const but = demand === undefined ? '' : `; but ${renderReason(demand)}`;
    return {
      kind: 'cached-for-others',
      text: `Cached${confirmed} for ${freshness(input, candidate)}${but}`,
    };
  }
  const why = alwaysValidate
    ? 'no-cache'
    : lifetimeSeconds === 0
      ? 'it has no lifetime'
      : `its age of ${durationWords(currentAgeSeconds(candidate.response, input.nowMs))} is past its lifetime of ${durationWords(lifetimeSeconds)}`;
  return { kind: 'kept', text: `Kept, but the origin is asked each time: ${why}` };
}

/** How long it is still fresh, and by which field. */
function freshness({ nowMs, policy }: VerdictInput, candidate: Candidate): string {
  const { response } = candidate;
  const ageSeconds = currentAgeSeconds(response, nowMs);
  const left = durationWords(ttlSecondsOf(candidate, nowMs));
  const age = ageSeconds === 0 ? '' : ` (it is ${durationWords(ageSeconds)} old)`;
  const isAlone = ageSeconds === 0 ? left : `another ${left}`;
  return `${isAlone}, by ${sourceOf(response, policy)}${age}`;
}

/** The field and directive that gave the lifetime, as they are written, or what else did. */
function sourceOf(response: StoredResponse, policy: Policy): string {
  const { facts, fields } = response;
  const { lifetimeSource: source, lifetimeSeconds } = facts;
  switch (source) {
    case 'heuristic':
      return 'a guess from Last-Modified';
    case 'expires':
      return `Expires: ${fields.get('expires')}`;
    case 'default':
      return 'the default of this CDN';
    case 'overruled':
      return 'the least that this CDN stores anything, although the origin forbids it';
    case 'surrogate-control':
      return `${lifetimeFieldOf(response, policy)}: max-age`;
    case 'edge-control':
      return `Edge-Control: ${fields.get('edge-control')}`;
    case 'cdn-cache-control':
    case 's-maxage':
    case 'max-age':
    case 'head':
    case 'none': {
      const { field, directives } = effectiveCacheControl(fields, policy.freshness);
      const directive = directives.sMaxageSeconds === null ? 'max-age' : 's-maxage';
      const given = directives.sMaxageSeconds ?? directives.maxAgeSeconds;
      const bounded = given === lifetimeSeconds ? '' : ', within the bounds of this CDN';
      return `${usualSpelling(field)}: ${directive}=${given}${bounded}`;
    }
    default:
      return source satisfies never;
  }
}

/** The one that is there, of those whose max-age is the lifetime. */
function lifetimeFieldOf({ fields }: StoredResponse, { freshness: { lifetimeFields } }: Policy) {
  return usualSpelling(lifetimeFields.find((name) => fields.has(name)) ?? '');
}

/** The reason that settled the matter, in words. */
function last(reasons: readonly Reason[]): string {
  const found = reasons.at(-1);
  return found === undefined ? '' : renderReason(found);
}
