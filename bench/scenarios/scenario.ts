import type { Fields } from '../load/browser.ts';
import type { Target } from '../load/target.ts';
import type { Ability, PeerId } from '../peers/peer.ts';

/** One kind of load, the same for every cache. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly scheme: 'http' | 'https';
  readonly protocol: 'http/1.1' | 'h2';
  readonly store: 'memory' | 'disk';
  readonly needs: readonly Ability[];
  readonly bodyBytes: number;
  /** What is asked for. Paths of two caches are never the same; those of two rounds may be. */
  readonly target: (peer: PeerId, round: number) => Target;
  /** Request fields beside those of a browser. */
  readonly fields: Fields;
  readonly answer: ExpectedAnswer;
  /** Which requests reach the origin: none, as all is stored; each as it is new; each as it may not be stored. */
  readonly upstream: 'never' | 'each-new' | 'each-always';
  /** Whether, in every round, Poplet's answers change twice: by a purge, and by a step of the clock. */
  readonly changes: boolean;
}

export type ExpectedAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'not-modified' }
  /** From `startByte` up to but not including `endByte`. */
  | { readonly kind: 'part'; readonly startByte: number; readonly endByte: number };

/** A hit in memory over plain HTTP/1.1, which most scenarios are but for a detail. */
export const PLAIN_HIT = {
  scheme: 'http',
  protocol: 'http/1.1',
  store: 'memory',
  needs: [],
  bodyBytes: 1024,
  fields: {},
  answer: { kind: 'whole' },
  upstream: 'never',
  changes: false,
} as const satisfies Partial<Scenario>;
