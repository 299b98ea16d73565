const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Lifetimes that people write, in seconds: five minutes where nothing speaks for another. */
const USUAL = [5 * MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, YEAR];

/** What is given to a response that needs a lifetime. */
export const FIRST_LIFETIME_SECONDS = 5 * MINUTE;

/** The shortest usual lifetime above so many seconds; undefined above a year. */
export function lifetimeAbove(seconds: number): number | undefined {
  return USUAL.find((lifetime) => lifetime > seconds);
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [YEAR, 'year'],
  [DAY, 'day'],
  [HOUR, 'hour'],
  [MINUTE, 'minute'],
  [1, 'second'],
];

/** A duration in words, in its two largest units: `10 minutes`, `1 day 3 hours`. */
export function durationWords(seconds: number): string {
  const words: string[] = [];
  let left = Math.floor(seconds);
  for (const [size, name] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
  }
  if (words.length === 0) return '0 seconds';
  return `${left > 0 ? 'about ' : ''}${words.join(' ')}`;
}
