import { correctedInitialAgeMs } from './age.ts';
import type { Policy } from './contracts/policy.ts';
import type { Provenance, StoredFacts } from './contracts/stored-response.ts';
import type { EffectiveCacheControl } from './effective-cache-control.ts';
import type { CacheControl } from './fields/cache-control.ts';
import { parseAge } from './fields/age.ts';
import { parseEntityTag } from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';
import {
  boundedLifetime,
  defaultLifetime,
  explicitLifetime,
  heuristicLifetime,
  type FreshnessLifetime,
} from './freshness.ts';
import type { FieldReader } from './headers.ts';
import { isStrongDate } from './preconditions.ts';
import type { StaleForbiddance } from './reasons.ts';

/** What `factsOf` reads. */
export interface FactsInput {
  readonly primaryKey: string;
  readonly status: number;
  /** As received, or as merged with a 304: what the origin server says of the response. */
  readonly fields: FieldReader;
  /** What is kept of them: a validator that is not stored cannot be asked with. */
  readonly kept: FieldReader;
  readonly effective: EffectiveCacheControl;
  /** Real instants of the exchange that brought the fields. */
  readonly requestAtMs: number;
  readonly responseAtMs: number;
  /** Whose request brought the body. */
  readonly provenance: Provenance;
  /** Whether the request of this exchange is somebody's own: then no lifetime is guessed. */
  readonly isPersonalRequest: boolean;
}

/** Everything about a response that a later decision compares; computed once. */
export function factsOf(input: FactsInput, policy: Policy): StoredFacts {
  const { fields, kept, effective, provenance } = input;
  const { directives } = effective;
  const dateAtMs = dateOf(fields, input.responseAtMs);
  const etagLine = kept.get('etag');
  const lastModifiedLine = kept.get('last-modified');
  const lastModifiedAtMs =
    lastModifiedLine === undefined ? null : parseHttpDate(lastModifiedLine, dateAtMs);
  const ageSeconds = parseAge(fields.lines('age'));
  const { countsFromDate } = policy.freshness;
  const sinceMs = countsFromDate ? dateAtMs : input.responseAtMs;
  const given = boundedLifetime(
    lifetimeOf(input, { dateAtMs: sinceMs, lastModifiedAtMs, policy }),
    input.status,
    policy.freshness,
  );
  // Expires says until when, and the age that is compared with it is none of the time since it came.
  const isUntil = !countsFromDate && given.source === 'expires';
  const lifetimeSeconds = given.lifetimeSeconds + (isUntil ? (ageSeconds ?? 0) : 0);
  const lifetime = { ...given, lifetimeSeconds };
  const named = staleWindows(directives, policy);
  const isPersonal = isPersonalByDefault(provenance, directives, { ...lifetime, ...named });
  const windows = { ...named, ...defaultWindow(named, lifetime, policy) };
  return {
    lifetimeSeconds: lifetime.lifetimeSeconds,
    lifetimeSource: lifetime.source,
    initialAgeMs: correctedInitialAgeMs({
      ageSeconds,
      dateAtMs: sinceMs,
      requestAtMs: input.requestAtMs,
      responseAtMs: input.responseAtMs,
    }),
    alwaysValidate: directives.noCache,
    staleForbiddenBy:
      staleForbiddenBy(effective, policy) ?? (isPersonal ? 'stale-forbidden-personal' : null),
    ...windows,
    immutable: directives.immutable,
    provenance,
    isPersonal,
    etag: etagLine === undefined ? null : parseEntityTag(etagLine),
    lastModifiedAtMs,
    isLastModifiedStrong: isStrongDate(lastModifiedAtMs, dateAtMs),
    dateAtMs,
  };
}

type StaleWindows = Pick<StoredFacts, 'staleWhileRevalidateSeconds' | 'staleIfErrorSeconds'>;

function staleWindows(directives: CacheControl, policy: Policy): StaleWindows {
  const { whileRevalidate, ifError, mostWindowSeconds: most } = policy.stale;
  return {
    staleWhileRevalidateSeconds: whileRevalidate
      ? atMost(directives.staleWhileRevalidateSeconds, most)
      : null,
    staleIfErrorSeconds: ifError ? atMost(directives.staleIfErrorSeconds, most) : null,
  };
}

function atMost(seconds: number | null, most: number): number | null {
  return seconds === null ? null : Math.min(seconds, most);
}

/** What the policy gives a response that has a lifetime and names no window. */
function defaultWindow(
  { staleWhileRevalidateSeconds: named }: StaleWindows,
  { lifetimeSeconds }: Pick<StoredFacts, 'lifetimeSeconds'>,
  { stale: { whileRevalidateByDefaultSeconds: seconds } }: Policy,
): Partial<StaleWindows> {
  return named === null && lifetimeSeconds > 0 ? { staleWhileRevalidateSeconds: seconds } : {};
}

/**
 * A body made for somebody, by an origin server that said nothing about sharing it: no lifetime, no
 * `public`, no stale window. Only the origin server can tell whom it is for.
 */
function isPersonalByDefault(
  provenance: Provenance,
  directives: CacheControl,
  given: StaleWindows & Pick<StoredFacts, 'lifetimeSeconds'>,
): boolean {
  if (provenance === 'anonymous' || directives.public || given.lifetimeSeconds > 0) return false;
  return given.staleWhileRevalidateSeconds === null && given.staleIfErrorSeconds === null;
}

// RFC 9110 §6.6.1: without a (valid) Date, the time of receipt stands for it.
function dateOf(fields: FieldReader, responseAtMs: number): number {
  const line = fields.get('date');
  return (line === undefined ? null : parseHttpDate(line, responseAtMs)) ?? responseAtMs;
}

function lifetimeOf(
  input: FactsInput,
  context: {
    readonly dateAtMs: number;
    readonly lastModifiedAtMs: number | null;
    readonly policy: Policy;
  },
): FreshnessLifetime {
  const { fields, effective } = input;
  const { freshness } = context.policy;
  const explicit = explicitLifetime({ fields, effective, dateAtMs: context.dateAtMs }, freshness);
  if (explicit.source !== 'none') return explicit;
  const given = defaultLifetime(input, freshness);
  if (given !== null) return given;
  if (!mayGuessLifetime(input, context.policy)) return explicit;
  return (
    heuristicLifetime(context.lastModifiedAtMs, context.dateAtMs, context.policy.freshness) ??
    explicit
  );
}

/** RFC 9111 §4.2.2: only statuses defined as heuristically cacheable, or responses marked `public`; and never where the guess could leak. */
function mayGuessLifetime(input: FactsInput, policy: Policy): boolean {
  if (input.isPersonalRequest || input.provenance !== 'anonymous' || input.fields.has('set-cookie'))
    return false;
  return (
    input.effective.directives.public || policy.storability.heuristicStatuses.includes(input.status)
  );
}

function staleForbiddenBy(
  { directives }: EffectiveCacheControl,
  policy: Policy,
): StaleForbiddance | null {
  // RFC 9111 §5.2.2.2
  if (directives.mustRevalidate) return 'stale-forbidden-must-revalidate';
  // RFC 9111 §5.2.2.8
  if (directives.proxyRevalidate) return 'stale-forbidden-proxy-revalidate';
  // RFC 9111 §5.2.2.10
  if (directives.sMaxageSeconds !== null && policy.stale.sMaxageForbidsStale)
    return 'stale-forbidden-s-maxage';
  return null;
}
