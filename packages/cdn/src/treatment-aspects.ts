import type { FieldPairs, StaleWindowsView, Treatment } from '@poplet/policy';

/** What two caches may do differently with one response. */
export const ASPECTS = ['stored', 'lifetime', 'stale', 'key', 'browser'] as const;

export type Aspect = (typeof ASPECTS)[number];

/** What a cache does with a response, as far as somebody who chooses a CDN would ask. */
export interface TreatmentAspects {
  /** `fresh`: the next request is answered at once; `validated`: each use asks the origin server. */
  readonly stored: 'fresh' | 'validated' | 'no';
  /** Seconds; null where nothing is fresh. */
  readonly lifetime: number | null;
  /** Null: nothing is stored. */
  readonly stale: StaleWindowsView | null;
  /** Null: nothing is stored. */
  readonly key: AspectKey | null;
  readonly browser: BrowserAspect;
}

interface AspectKey {
  readonly query: 'whole' | 'any-order' | 'ignored';
  /** Request fields that tell answers apart, lower case. */
  readonly fields: readonly string[];
}

/** What browsers, and caches of visitors, are told. */
interface BrowserAspect {
  readonly status: number | null;
  readonly fields: FieldPairs;
}

/** Fields that say how long a response may be kept, and by whom. */
const TOLD: ReadonlySet<string> = new Set([
  'cache-control',
  'cdn-cache-control',
  'expires',
  'pragma',
  'set-cookie',
  'surrogate-control',
  'vary',
]);

/** A treatment without words, so that two of them can be compared. */
export function aspectsOf({
  verdict,
  stored,
  stale,
  key,
  ...answers
}: Treatment): TreatmentAspects {
  const isFresh = verdict.kind === 'cached' || verdict.kind === 'cached-for-others';
  const { status = null, fields = [] } = answers.fromCache ?? answers.fromOrigin ?? {};
  return {
    stored: stored === null ? 'no' : isFresh ? 'fresh' : 'validated',
    lifetime: stored !== null && isFresh ? stored.lifetimeSeconds : null,
    stale,
    key: key === null ? null : { query: key.query, fields: stored?.variesOn ?? [] },
    browser: {
      status,
      fields: fields.filter(([name]) => TOLD.has(name.toLowerCase())),
    },
  };
}

/** Those in which two treatments differ. */
export function differingAspects(
  one: Treatment,
  other: Treatment,
  aspects: readonly Aspect[] = ASPECTS,
): readonly Aspect[] {
  const [first, second] = [aspectsOf(one), aspectsOf(other)];
  return aspects.filter(
    (aspect) => JSON.stringify(first[aspect]) !== JSON.stringify(second[aspect]),
  );
}
