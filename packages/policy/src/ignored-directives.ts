import type { CacheControl } from './fields/cache-control.ts';

/** The directives as if those of these names had not been given; `notGiven`: what each of them is then. */
export function withoutDirectives<Name extends string>(
  given: CacheControl,
  names: readonly Name[],
  notGiven: Readonly<Record<Name, Partial<CacheControl>>>,
): CacheControl {
  if (names.length === 0) return given;
  return Object.assign({}, given, ...names.map((name) => notGiven[name])) as CacheControl;
}
