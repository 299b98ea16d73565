import * as fc from 'fast-check';

import type { Purge, PurgeSelector } from '@poplet/policy';

// What may happen to a store, over a world so small that purges often meet what they reach.

const SITES = ['main', 'shop'];
const URIS = [
  'https://example.com/',
  'https://example.com/a/1',
  'https://example.com/a/2?q=1',
  'http://example.com:8080/a/1',
  'https://cdn.example.com/a/1',
];
const VARIANTS = ['1', '2'];
const TAGS = ['x', 'y', 'z'];
const SLOTS = [0, 1, 2];

export interface Place {
  readonly siteId: string;
  readonly uri: string;
  readonly variant: string;
}

export interface Labels {
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

export type Step =
  | {
      readonly kind: 'begin';
      readonly slot: number;
      readonly place: Place;
      readonly labels: Labels;
    }
  | { readonly kind: 'commit'; readonly slot: number }
  | { readonly kind: 'ask'; readonly slot: number; readonly place: Place }
  | { readonly kind: 'confirm'; readonly slot: number }
  | { readonly kind: 'purge'; readonly purges: readonly Purge[]; readonly nowMs: number }
  | { readonly kind: 'look'; readonly place: Place }
  | { readonly kind: 'sweep' }
  /** The process ends, and another takes up what is stored. */
  | { readonly kind: 'reopen' };

const place = fc.record({
  siteId: fc.constantFrom(...SITES),
  uri: fc.constantFrom(...URIS),
  variant: fc.constantFrom(...VARIANTS),
});
const labels = fc.record({
  tags: fc.subarray(TAGS),
  groups: fc.subarray(['g', 'G']),
});
const slot = fc.constantFrom(...SLOTS);

const selector: fc.Arbitrary<PurgeSelector> = fc.oneof(
  fc.record({ kind: fc.constant('url' as const), url: fc.constantFrom(...URIS) }),
  fc.record({
    kind: fc.constant('prefix' as const),
    prefix: fc.constantFrom(
      'https://example.com/',
      'https://example.com/a/',
      'http://example.com:8080/',
      'example.com/a',
      'example.com:8080/',
      'cdn.example.com/a/1',
    ),
  }),
  fc.record({
    kind: fc.constant('host' as const),
    host: fc.constantFrom('example.com', 'example.com:8080', 'cdn.example.com', 'example.com:443'),
  }),
  fc.record({
    kind: fc.constant('path' as const),
    path: fc.constantFrom('/', '/a/1', '/a/2?q=1', '/A/2', '/a/'),
    extent: fc.constantFrom('exact' as const, 'prefix' as const),
    hostname: fc.constantFrom(null, 'example.com', 'cdn.example.com'),
    folds: fc.boolean(),
    variantKey: fc.constant(null),
  }),
  fc.record({ kind: fc.constant('tag' as const), tag: fc.constantFrom(...TAGS) }),
  fc.record({
    kind: fc.constant('group' as const),
    origin: fc.constantFrom('https://example.com', 'http://example.com:8080'),
    group: fc.constantFrom('g', 'G'),
  }),
  fc.constant({ kind: 'everything' as const }),
);
const purge: fc.Arbitrary<Purge> = fc.record({
  selector,
  soft: fc.boolean(),
  siteId: fc.constantFrom(undefined, undefined, ...SITES),
});

/** One step; several bodies and validations may be on their way at once, each in its slot. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('begin' as const), slot, place, labels }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('commit' as const), slot }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), slot, place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('confirm' as const), slot }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('purge' as const),
      purges: fc.array(purge, { minLength: 1, maxLength: 2 }),
      nowMs: fc.integer({ min: 0, max: 50 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('look' as const), place }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
);
