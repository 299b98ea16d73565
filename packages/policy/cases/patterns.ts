import type { Case, Expectation, OriginAnswer, RequestScript } from '@poplet/conformance';
import { REQUEST_DIRECTIVES } from '@poplet/policy';

/** What a client asks for but no-store. */
export const ALL_BUT_NO_STORE = REQUEST_DIRECTIVES.filter((name) => name !== 'no-store');

type Told = Omit<Case, 'steps'>;

interface Pattern {
  /** Both requests; default: a plain GET. */
  readonly request?: RequestScript;
  readonly origin: OriginAnswer;
  /** Beside where the first answer came from. */
  readonly first?: Omit<Expectation, 'from'>;
  readonly second?: Omit<Expectation, 'from'>;
}

/** Two requests: the origin answers the first, the cache the second. */
export function reused(told: Told & Pattern): Case {
  const { request = {}, origin, first, second, ...rest } = told;
  return {
    ...rest,
    steps: [
      { request, origin, expect: { from: 'origin', stored: true, ...first } },
      { request, expect: { from: 'cache', outcome: 'hit', ...second } },
    ],
  };
}

/** Two requests: the origin answers both, the second without conditions. */
export function notStored(told: Told & Pattern): Case {
  const { request = {}, origin, first, second, ...rest } = told;
  const upstream = { absent: ['if-none-match', 'if-modified-since'] };
  return {
    ...rest,
    steps: [
      { request, origin, expect: { from: 'origin', stored: false, ...first } },
      { request, origin, expect: { from: 'origin', upstream, ...second } },
    ],
  };
}

/** Two requests: the origin answers the first and confirms it (304) before the second is answered. */
export function checkedEachTime(told: Told & Pattern): Case {
  const { request = {}, origin, first, second, ...rest } = told;
  return {
    ...rest,
    steps: [
      { request, origin, expect: { from: 'origin', stored: true, ...first } },
      { request, origin: { status: 304 }, expect: { from: 'validated', ...second } },
    ],
  };
}

/** About 3 KB of text that compresses well. */
export const LONG_BODY = Array.from(
  { length: 100 },
  (_, index) => `.rule-${index} { margin: ${index}px }\n`,
).join('');
