import type { HeaderPatch } from './header-patch.ts';

/**
 * What a suggestion promises, of the same request asked again:
 *
 * | goal | promise |
 * |---|---|
 * | cached | it is a hit, and no Set-Cookie is handed out |
 * | not-cached | nothing of the response is stored |
 * | validated | it is stored, and never used without asking the origin server |
 * | fresh-longer | it is still a hit when freshness would have ended |
 * | fresh-shorter | it is a hit, and no more when a few minutes have passed |
 * | stale-while-revalidate | once stale, it is served at once and refreshed in the background |
 * | stale-on-error | once stale, it is served when the origin server answers with an error |
 * | fewer-variants | the same request is a hit for somebody else whose User-Agent, Cookie, Referer or X-Forwarded-For is different, and no Set-Cookie is handed out |
 * | fewer-urls | the same URL without its parameters for tracking (utm_source, gclid …) is a hit, and no Set-Cookie is handed out |
 * | answers-get | a GET of the same URL is a hit, and no Set-Cookie is handed out |
 */
export type Goal =
  | 'cached'
  | 'not-cached'
  | 'validated'
  | 'fresh-longer'
  | 'fresh-shorter'
  | 'stale-while-revalidate'
  | 'stale-on-error'
  | 'fewer-variants'
  | 'fewer-urls'
  | 'answers-get';

/** What would have to change for the exchange to go another way. */
export interface Suggestion {
  readonly goal: Goal;
  /** One patch for each side that has to change: applied together, they do what the goal promises. */
  readonly patches: readonly SidePatch[];
  /** In words, one sentence each. */
  readonly why: readonly string[];
  /** What could go wrong if the page is not the same for everybody; null where nothing could. */
  readonly warning: string | null;
  /** The clauses that make it work. */
  readonly spec: readonly string[];
}

export interface SidePatch extends HeaderPatch {
  readonly on: Side;
  /** The lines that it changes or removes, as they are. */
  readonly replaces: readonly (readonly [name: string, value: string])[];
}

/** The client's request, or the origin server's response. */
export type Side = 'request' | 'response';
