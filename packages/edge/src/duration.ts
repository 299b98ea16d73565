import { PopletError } from '@poplet/policy';

const EXAMPLES = '"250ms", "90s", "2m", "1h30m" or "1d"';

/** Largest unit first, and each at most once. */
const DURATION =
  /^(?:(?<days>\d+)d)?(?:(?<hours>\d+)h)?(?:(?<minutes>\d+)m)?(?:(?<seconds>\d+)s)?(?:(?<milliseconds>\d+)ms)?$/u;

const MS_PER_UNIT = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
} as const;

/**
 * Milliseconds that a text such as `90s`, `1h30m` or `250ms` stands for. Strict: whole numbers, each
 * with a unit (`d h m s ms`), largest first, each unit once, no sign and no white space.
 *
 * A number alone is refused, since seconds and milliseconds are both a fair guess.
 * Throws a `PopletError` `invalid-option` whose hint says how to write one.
 */
export function parseDuration(text: string): number {
  const groups = DURATION.exec(text)?.groups;
  if (text === '' || groups === undefined) throw notADuration(text, hintFor(text));

  let totalMs = 0;
  for (const [unit, factor] of Object.entries(MS_PER_UNIT)) {
    totalMs += Number(groups[unit] ?? 0) * factor;
  }
  if (!Number.isSafeInteger(totalMs)) throw notADuration(text, 'it is too long to be counted');
  return totalMs;
}

function notADuration(text: string, hint: string): PopletError {
  return new PopletError('invalid-option', `${JSON.stringify(text)} is not a duration`, { hint });
}

function hintFor(text: string): string {
  if (/^\d+$/u.test(text)) return `a number needs its unit: write "${text}s" or "${text}ms"`;
  if (/^[\d.]+(?:ms|[smhd])$/u.test(text)) {
    return 'only whole numbers: write "1h30m" for one and a half hours, "1s500ms" for 1.5 seconds';
  }
  return `write it as ${EXAMPLES}: whole numbers with units, the largest first`;
}
