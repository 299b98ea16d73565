import { describe, expect, test } from 'vitest';
import { formatHttpDate, parseHttpDate } from '../../src/fields/http-date.ts';

const NOV_1994 = 784_111_777_000;

describe('parseHttpDate', () => {
  test.each<[string, number]>([
    // RFC 9110 §5.6.7: one instant in the three formats.
    ['Sun, 06 Nov 1994 08:49:37 GMT', NOV_1994],
    ['Sunday, 06-Nov-94 08:49:37 GMT', NOV_1994],
    ['Sun Nov  6 08:49:37 1994', NOV_1994],
    ['Sun Nov 16 08:49:37 1994', NOV_1994 + 864_000_000],
    ['Sun Nov 06 08:49:37 1994', NOV_1994],
    // RFC 9111 §4.2: a cache matches case-insensitively.
    ['sun, 06 nov 1994 08:49:37 gmt', NOV_1994],
    ['SUN, 06 NOV 1994 08:49:37 GMT', NOV_1994],
    ['sunday, 06-NOV-94 08:49:37 GMT', NOV_1994],
    ['SUN NOV  6 08:49:37 1994', NOV_1994],
    // The name of the day is not held against the date.
    ['Mon, 06 Nov 1994 08:49:37 GMT', NOV_1994],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Wed, 31 Dec 1969 23:59:59 GMT', -1000],
    ['Thu, 18 Aug 2050 02:01:18 GMT', 2_544_400_878_000],
    ['Tue, 19 Jan 2038 03:14:08 GMT', 2_147_483_648_000],
    ['Tue, 29 Feb 2000 00:00:00 GMT', 951_782_400_000],
    ['Thu, 29 Feb 2024 00:00:00 GMT', 1_709_164_800_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 253_402_300_799_000],
    ['Sat, 01 Jan 0000 00:00:00 GMT', -62_167_219_200_000],
    ['Mon, 01 Jan 0001 00:00:00 GMT', -62_135_596_800_000],
    // RFC 9111 §4.2: the leap second becomes the nearest earlier one.
    ['Sat, 31 Dec 2016 23:59:60 GMT', 1_483_228_799_000],
    // Two digits without a clock.
    ['Thursday, 01-Jan-70 00:00:00 GMT', 0],
    ['Friday, 31-Dec-99 23:59:59 GMT', 946_684_799_000],
    ['Saturday, 01-Jan-00 00:00:00 GMT', 946_684_800_000],
    ['Tuesday, 31-Dec-69 23:59:59 GMT', 3_155_759_999_000],
  ])('%j → %d', (text, atMs) => {
    expect(parseHttpDate(text)).toBe(atMs);
  });

  test.each([
    '',
    '0',
    '-1',
    'never',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 AEST',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37 GMT+1',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun,  06 Nov 1994 08:49:37 GMT',
    'Sun, 06  Nov 1994 08:49:37 GMT',
    'Sun 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06-Nov-1994 08:49:37 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 8:49:37 GMT',
    'Sun, 06 Nov 1994 08.49.37 GMT',
    'Sun, 06 Nov 1994 08:49 GMT',
    'Xyz, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nvo 1994 08:49:37 GMT',
    'Sun, 06 11 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov  6 08:49:37 1994 GMT',
    'Sun Nov  6 08:49:37 94',
    'Sun, 06 Nov 199٤ 08:49:37 GMT',
    // No such day or time.
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 32 Jan 1994 08:49:37 GMT',
    'Wed, 29 Feb 2023 00:00:00 GMT',
    'Thu, 29 Feb 1900 00:00:00 GMT',
    'Mon, 29 Feb 2100 00:00:00 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:60 GMT',
    'Sun, 06 Nov 1994 23:59:61 GMT',
    'Sun, 06 Nov 1994 12:59:60 GMT',
    'Sun, 06 Nov 1994 23:58:60 GMT',
    'Thu, 32 Dec 2020 00:00:00 GMT',
    'Sun Nov  0 08:49:37 1994',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text)).toBeNull();
  });

  // RFC 9110 §5.6.7: more than 50 years in the future means the most recent year in the past.
  test.each<[string, string, string]>([
    ['Sunday, 06-Nov-94 08:49:37 GMT', '2026-11-22T00:00:00Z', '1994-11-06T08:49:37Z'],
    ['Friday, 01-Jan-76 00:00:00 GMT', '2026-11-22T00:00:00Z', '2076-01-01T00:00:00Z'],
    ['Sunday, 22-Nov-76 00:00:00 GMT', '2026-11-22T00:00:00Z', '2076-11-22T00:00:00Z'],
    ['Sunday, 22-Nov-76 00:00:01 GMT', '2026-11-22T00:00:00Z', '1976-11-22T00:00:01Z'],
    ['Saturday, 01-Jan-77 00:00:00 GMT', '2026-11-22T00:00:00Z', '1977-01-01T00:00:00Z'],
    ['Sunday, 22-Nov-26 00:00:00 GMT', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z'],
    ['Saturday, 21-Nov-26 00:00:00 GMT', '2026-11-22T00:00:00Z', '2026-11-21T00:00:00Z'],
    ['Monday, 01-Jan-10 00:00:00 GMT', '2080-01-01T00:00:00Z', '2110-01-01T00:00:00Z'],
    ['Friday, 31-Dec-99 00:00:00 GMT', '2000-01-01T00:00:00Z', '1999-12-31T00:00:00Z'],
    ['Tuesday, 29-Feb-00 00:00:00 GMT', '2026-11-22T00:00:00Z', '2000-02-29T00:00:00Z'],
  ])('%j seen at %s is %s', (text, now, expected) => {
    expect(parseHttpDate(text, Date.parse(now))).toBe(Date.parse(expected));
  });

  test('a day that its century has not is not looked for in the century before', () => {
    const now = Date.parse('1660-01-01T00:00:00Z');
    expect(parseHttpDate('Monday, 29-Feb-00 00:00:00 GMT', now)).toBeNull();
  });

  test('a clock that shows no time is no clock', () => {
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', Number.NaN)).toBe(NOV_1994);
  });
});

describe('formatHttpDate', () => {
  test('the first and the last day of every month of every year', () => {
    const wrong: string[] = [];
    for (let month = 0; month < 12 * 9999; month++) {
      for (const atMs of [monthBegins(month), monthBegins(month + 1) - 1000]) {
        if (formatHttpDate(atMs) !== new Date(atMs).toUTCString()) wrong.push(formatHttpDate(atMs));
      }
    }
    expect(wrong).toEqual([]);
  });

  function monthBegins(months: number): number {
    return new Date(0).setUTCFullYear(Math.floor(months / 12), months % 12, 1);
  }

  test.each<[number, string]>([
    [NOV_1994, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [NOV_1994 + 999, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [NOV_1994 + 0.5, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [0, 'Thu, 01 Jan 1970 00:00:00 GMT'],
    [-1, 'Wed, 31 Dec 1969 23:59:59 GMT'],
    [951_782_400_000, 'Tue, 29 Feb 2000 00:00:00 GMT'],
    [951_868_800_000, 'Wed, 01 Mar 2000 00:00:00 GMT'],
    [1_709_164_800_000, 'Thu, 29 Feb 2024 00:00:00 GMT'],
    [4_107_542_400_000, 'Mon, 01 Mar 2100 00:00:00 GMT'],
    [253_402_300_799_999, 'Fri, 31 Dec 9999 23:59:59 GMT'],
    [253_402_300_800_000, 'Fri, 31 Dec 9999 23:59:59 GMT'],
    [Number.POSITIVE_INFINITY, 'Fri, 31 Dec 9999 23:59:59 GMT'],
    [-62_167_219_200_000, 'Sat, 01 Jan 0000 00:00:00 GMT'],
    [Number.NEGATIVE_INFINITY, 'Sat, 01 Jan 0000 00:00:00 GMT'],
    [Number.NaN, 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ])('%d → %j', (atMs, text) => {
    expect(formatHttpDate(atMs)).toBe(text);
  });
});
