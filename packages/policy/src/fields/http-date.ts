import { remembered } from '../remembered.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const LONG_DAYS = 'Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday';

const DAY_NAME = `(?:${DAYS.join('|')})`;
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';

// RFC 9111 §4.2: dates are specified case-sensitive, but a cache matches them case-insensitively; a
// zone other than GMT makes a date invalid.
const IMF_FIXDATE = new RegExp(
  `^${DAY_NAME}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`,
  'i',
);
const RFC_850 = new RegExp(
  `^(?:${LONG_DAYS}), (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`,
  'i',
);
const ASCTIME = new RegExp(
  `^${DAY_NAME} ${MONTH} (?<day>\\d{2}| \\d) ${TIME} (?<year>\\d{4})$`,
  'i',
);

const MS_PER_DAY = 86_400_000;
/** First and last millisecond of the years that four digits can say, 0000 to 9999. */
const FIRST_MS = -62_167_219_200_000;
const LAST_MS = 253_402_300_799_999;

/** A day of the proleptic Gregorian calendar. Months count from 1 to 12; 13 is January of the next year. */
interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The parts of a date that matched one of the three formats. */
type DateParts = Readonly<Record<string, string>>;

/**
 * An HTTP-date in any of its three formats, as milliseconds since the epoch; null when the text is
 * none of them or names no instant of the calendar. The name of the day is not held against the date.
 * `nowMs` decides the century of a two-digit year; without it 70 to 99 are 19xx and the rest 20xx.
 */
export function parseHttpDate(text: string, nowMs = Number.NaN): number | null {
  // RFC 9110 §5.6.7: a recipient accepts all three formats.
  const instant = longDate(text);
  if (instant !== 'other') return instant;
  const short = RFC_850.exec(text)?.groups;
  return short === undefined ? null : instantOfShortYear(short, nowMs);
}

/** Of the two formats with a whole year. */
const longDate = remembered((text): number | null | 'other' => {
  const parts = (IMF_FIXDATE.exec(text) ?? ASCTIME.exec(text))?.groups;
  return parts === undefined ? 'other' : instantOf(parts, Number(parts['year']));
});

/**
 * The instant as IMF-fixdate, fractions of a second dropped. Instants outside the years 0000 to 9999
 * become the nearest inside them, NaN becomes the epoch.
 */
export function formatHttpDate(atMs: number): string {
  const clampedMs = Number.isNaN(atMs) ? 0 : Math.min(Math.max(atMs, FIRST_MS), LAST_MS);
  const days = Math.floor(clampedMs / MS_PER_DAY);
  const { year, month, day } = civilFromDays(days);
  const time = formatTimeOfDay(clampedMs - days * MS_PER_DAY);
  // RFC 9110 §5.6.7: a sender generates IMF-fixdate only.
  return `${dayName(days)}, ${digits(day, 2)} ${MONTHS[month - 1]} ${digits(year, 4)} ${time} GMT`;
}

function instantOf(parts: DateParts, year: number): number | null {
  const month = monthNumber(parts['month'] as string);
  const day = Number(parts['day']);
  if (day < 1 || day > daysInMonth(year, month)) return null;
  const time = timeOfDayMs(parts);
  return time === null ? null : daysFromCivil({ year, month, day }) * MS_PER_DAY + time;
}

function instantOfShortYear(parts: DateParts, nowMs: number): number | null {
  const short = Number(parts['year']);
  if (!Number.isFinite(nowMs)) {
    return instantOf(parts, short + (short >= 70 ? 1900 : 2000));
  }
  // RFC 9110 §5.6.7: what appears to be more than 50 years in the future is the most recent year in
  // the past with the same last two digits.
  const limitMs = fiftyYearsAfter(nowMs);
  const limitYear = civilFromDays(Math.floor(limitMs / MS_PER_DAY)).year;
  const year = limitYear - modulo(limitYear - short, 100);
  const atMs = instantOf(parts, year);
  return atMs !== null && atMs > limitMs ? instantOf(parts, year - 100) : atMs;
}

function fiftyYearsAfter(nowMs: number): number {
  const days = Math.floor(nowMs / MS_PER_DAY);
  const today = civilFromDays(days);
  const later = daysFromCivil({ ...today, year: today.year + 50 });
  return nowMs + (later - days) * MS_PER_DAY;
}

function timeOfDayMs(parts: DateParts): number | null {
  const hour = Number(parts['hour']);
  const minute = Number(parts['minute']);
  const second = Number(parts['second']);
  if (hour > 23 || minute > 59) return null;
  // RFC 9110 §5.6.7: 23:59:60 is a leap second, and the only second numbered 60. RFC 9111 §4.2: a time
  // that cannot be represented becomes the nearest earlier one.
  if (second === 60 && hour === 23 && minute === 59) return MS_PER_DAY - 1000;
  return second > 59 ? null : ((hour * 60 + minute) * 60 + second) * 1000;
}

function formatTimeOfDay(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor(seconds / 60) % 60;
  return `${digits(hour, 2)}:${digits(minute, 2)}:${digits(seconds % 60, 2)}`;
}

function monthNumber(name: string): number {
  const lower = name.toLowerCase();
  return MONTHS.findIndex((month) => month.toLowerCase() === lower) + 1;
}

function daysInMonth(year: number, month: number): number {
  // The thirteenth month is the first of the next year.
  return daysFromCivil({ year, month: month + 1, day: 1 }) - daysFromCivil({ year, month, day: 1 });
}

/** 1970-01-01 was a Thursday. */
function dayName(days: number): string {
  return DAYS[modulo(days + 4, 7)] as string;
}

/**
 * Days since 1970-01-01. Years are counted from 1 March, so that a leap day is the last of its year and
 * (153 m + 2) / 5 gives the days before month m; 719468 days lie between 0000-03-01 and the epoch.
 */
function daysFromCivil({ year, month, day }: CivilDay): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * modulo(month - 3, 12) + 2) / 5) + day - 1;
  return 365 * marchYear + leapDaysBefore(marchYear) + dayOfYear - 719_468;
}

/** The inverse of `daysFromCivil`, within eras of 400 years (146097 days). */
function civilFromDays(days: number): CivilDay {
  const era = Math.floor((days + 719_468) / 146_097);
  const dayOfEra = days + 719_468 - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - 365 * yearOfEra - leapDaysBefore(yearOfEra);
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}

/** Leap days before 1 March of the year. */
function leapDaysBefore(year: number): number {
  return Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
}

/** The remainder that is never negative. */
function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
