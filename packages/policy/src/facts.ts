import { correctedInitialAgeMs } from './age.ts';
import type { Policy } from './contracts/policy.ts';
import type { StoredFacts } from './contracts/stored-response.ts';
import { effectiveCacheControl, type EffectiveCacheControl } from './effective-cache-control.ts';
import { parseAge } from './fields/age.ts';
import { parseEntityTag } from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';
import { explicitLifetime, heuristicLifetime, type FreshnessLifetime } from './freshness.ts';
import type { FieldReader } from './headers.ts';
import type { ReasonCode } from './reasons.ts';

/** What `factsOf` reads. */
export interface FactsInput {
  readonly status: number;
  readonly fields: FieldReader;
  /** Real instants of the exchange that brought the fields. */
  readonly requestAtMs: number;
  readonly responseAtMs: number;
  /** Whether the request carried Cookie or Authorization: then no lifetime is guessed. */
  readonly personalRequest: boolean;
}

/** Everything about a response that a later decision compares; computed once. */
export function factsOf(input: FactsInput, policy: Policy): StoredFacts {
  const { fields } = input;
  const effective = effectiveCacheControl(fields, policy.freshness);
  const { directives } = effective;
  const dateAtMs = dateOf(fields, input.responseAtMs);
  const etagLine = fields.get('etag');
  const lastModifiedLine = fields.get('last-modified');
  const lastModifiedAtMs =
    lastModifiedLine === undefined ? null : parseHttpDate(lastModifiedLine, dateAtMs);
  const { lifetimeSeconds, source } = lifetimeOf(input, effective, {
    dateAtMs,
    lastModifiedAtMs,
    policy,
  });
  return {
    lifetimeSeconds,
    lifetimeSource: source,
    initialAgeMs: correctedInitialAgeMs({
      ageSeconds: parseAge(fields.lines('age')),
      dateAtMs,
      requestAtMs: input.requestAtMs,
      responseAtMs: input.responseAtMs,
    }),
    alwaysValidate: directives.noCache,
    staleForbiddenBy: staleForbiddenBy(effective, policy),
    staleWhileRevalidateSeconds: policy.stale.whileRevalidate
      ? directives.staleWhileRevalidateSeconds
      : null,
    staleIfErrorSeconds: policy.stale.ifError ? directives.staleIfErrorSeconds : null,
    immutable: directives.immutable,
    etag: etagLine === undefined ? null : parseEntityTag(etagLine),
    lastModifiedAtMs,
    dateAtMs,
  };
}

// RFC 9110 §6.6.1: without a (valid) Date, the time of receipt stands for it.
function dateOf(fields: FieldReader, responseAtMs: number): number {
  const line = fields.get('date');
  return (line === undefined ? null : parseHttpDate(line, responseAtMs)) ?? responseAtMs;
}

function lifetimeOf(
  input: FactsInput,
  effective: EffectiveCacheControl,
  context: {
    readonly dateAtMs: number;
    readonly lastModifiedAtMs: number | null;
    readonly policy: Policy;
  },
): FreshnessLifetime {
  const explicit = explicitLifetime(input.fields, effective, context.dateAtMs);
  if (explicit.source !== 'none') return explicit;
  if (!mayGuessLifetime(input, effective, context.policy)) return explicit;
  return (
    heuristicLifetime(context.lastModifiedAtMs, context.dateAtMs, context.policy.freshness) ??
    explicit
  );
}

/** RFC 9111 §4.2.2: only statuses defined as heuristically cacheable, or responses marked `public`; and never where the guess could leak. */
function mayGuessLifetime(
  input: FactsInput,
  { directives }: EffectiveCacheControl,
  policy: Policy,
): boolean {
  if (input.personalRequest || input.fields.has('set-cookie')) return false;
  return directives.public || policy.storability.heuristicStatuses.includes(input.status);
}

function staleForbiddenBy(
  { directives }: EffectiveCacheControl,
  policy: Policy,
): ReasonCode | null {
  // RFC 9111 §5.2.2.2
  if (directives.mustRevalidate) return 'stale-forbidden-must-revalidate';
  // RFC 9111 §5.2.2.8
  if (directives.proxyRevalidate) return 'stale-forbidden-proxy-revalidate';
  // RFC 9111 §5.2.2.10
  if (directives.sMaxageSeconds !== null && policy.stale.sMaxageForbidsStale)
    return 'stale-forbidden-s-maxage';
  return null;
}
