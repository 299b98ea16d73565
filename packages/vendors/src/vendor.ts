import type { Policy } from '@poplet/policy';

/**
 * How well a statement about a CDN is known.
 *
 * | evidence | meaning |
 * |---|---|
 * | doc | the vendor's own documentation or source says so |
 * | doc2 | somebody else's page that quotes the vendor says so |
 * | run | the vendor's own software was run |
 * | meas | measured from outside on a live service |
 * | mem | general knowledge, not looked up |
 * | mem-low | a guess |
 */
export type Evidence = 'doc' | 'doc2' | 'run' | 'meas' | 'mem' | 'mem-low';

/** One statement about what a CDN does. */
export interface Fact {
  /** Kebab-case, begins with the vendor's name. */
  readonly id: string;
  /** A sentence in the indicative. */
  readonly claim: string;
  readonly evidence: Evidence;
  /** Where it was read: the name of a page, or of a measurement. */
  readonly source: string;
  /** Cases that show it. Empty only beside `withoutCase`. */
  readonly caseIds: readonly string[];
  /** Why no case shows it. */
  readonly withoutCase?: WithoutCase;
}

/** `not-emulated`: the profile does otherwise; `no-case`: it does so, and no case can tell. */
export interface WithoutCase {
  readonly kind: 'not-emulated' | 'no-case';
  readonly because: string;
}

/** A way in which a CDN can be set up. */
export interface Profile {
  readonly policy: Policy;
  /** One line, for `poplet profiles`. */
  readonly summary: string;
}

/** One CDN. */
export interface Vendor {
  /** Kebab-case; the name of its folder, and of its first profile. */
  readonly name: string;
  /** As it calls itself. */
  readonly title: string;
  readonly profiles: readonly Profile[];
  readonly facts: readonly Fact[];
}
