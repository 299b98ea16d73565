import { splitList } from './list.ts';

/** What Edge-Control says to a cache. */
export interface EdgeControl {
  /** `no-store` or `bypass-cache`: what Cache-Control says does not matter. */
  readonly isRefused: boolean;
  /** `!no-store`: that of Cache-Control does not count. */
  readonly liftsNoStore: boolean;
  /** From `max-age` or `cache-maxage`; null: it names none that can be read. */
  readonly lifetimeSeconds: number | null;
}

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** A list of directives without regard to case; what is not known is ignored. Of two lifetimes the first counts. */
export function parseEdgeControl(lines: readonly string[]): EdgeControl {
  const directives = splitList(lines.join(',')).map((one) => one.toLowerCase());
  const lifetime = directives.map(lifetimeOf).find((seconds) => seconds !== null);
  return {
    isRefused: directives.some((one) => one === 'no-store' || one === 'bypass-cache'),
    liftsNoStore: directives.includes('!no-store'),
    lifetimeSeconds: lifetime ?? null,
  };
}

/** `max-age=60`, `cache-maxage=1d`: a number, and a unit or none. */
function lifetimeOf(directive: string): number | null {
  const found = /^(?:cache-maxage|max-age)=(\d+)([smhd]?)$/u.exec(directive);
  if (found === null) return null;
  const [, digits, unit] = found;
  const seconds = Number(digits) * (SECONDS_PER_UNIT[unit as string] as number);
  return Math.min(seconds, Number.MAX_SAFE_INTEGER);
}
