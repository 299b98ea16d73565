import { expect, test } from 'vitest';
import { codingQuality, languageQuality, mediaQuality } from '../../src/fields/quality.ts';

test.each<[string, string | undefined, number | null]>([
  ['de', 'de', 1000],
  ['de', 'DE', 1000],
  ['de;q=0.5', 'de-AT', 500],
  ['de;q=0.5, de-at;q=0.2', 'de-AT', 200],
  ['de;q=0.5, de-at;q=0.2', 'de-AT-1996', 200],
  ['de;q=0.5', 'den', 0],
  ['de-AT', 'de', 0],
  ['de, *;q=0.1', 'fr', 100],
  ['de;q=0, *;q=0.1', 'de', 0],
  ['de', 'fr', 0],
  ['de;q=0.3, fr;q=0.7', 'de, fr, it', 700],
  ['', 'de', 0],
  ['de', undefined, null],
  ['de', '', null],
  ['de;q=2', 'de', null],
  ['de;level=1', 'de', null],
  // No tag is that long.
  ['*', 'x'.repeat(256), 1000],
  ['*', 'x'.repeat(257), null],
  ['de', `de, ${'x'.repeat(257)}`, null],
  // Nothing is in that many languages.
  ['de', 'de,'.repeat(64), 1000],
  ['de', 'de,'.repeat(65), null],
])(
  'a client that accepts %j wants the language %j to %j thousandths',
  (accepted, given, quality) => {
    expect(languageQuality(accepted, given)).toBe(quality);
  },
);

test.each<[string, string | undefined, number | null]>([
  ['gzip', 'gzip', 1000],
  ['GZIP;q=0.5', 'gzip', 500],
  ['x-gzip', 'gzip', 1000],
  ['gzip', 'X-GZIP', 1000],
  ['gzip', 'br', 0],
  ['gzip, *;q=0.2', 'br', 200],
  ['br;q=0, *', 'br', 0],
  ['gzip', undefined, 1],
  ['gzip', '', 1],
  ['gzip, identity;q=0.3', undefined, 300],
  ['gzip, *;q=0', undefined, 0],
  ['', undefined, 1],
  ['', 'gzip', 0],
  ['gzip, br;q=0.4', 'gzip, br', 400],
  ['gzip;q=1.5', 'gzip', null],
  ['gzip', 'gzip,'.repeat(64), 1000],
  ['gzip', 'gzip,'.repeat(65), null],
])('a client that accepts %j wants the coding %j to %j thousandths', (accepted, given, quality) => {
  expect(codingQuality(accepted, given)).toBe(quality);
});

test.each<[string, string | undefined, number | null]>([
  ['text/html', 'text/html', 1000],
  ['TEXT/html;Q=0.5', 'text/HTML', 500],
  ['text/html', 'text/html; charset=utf-8', 1000],
  ['text/*;q=0.3', 'text/css', 300],
  ['text/*;q=0.3, text/css;q=0.2', 'text/css', 200],
  ['text/css;q=0.2, text/*;q=0.3', 'text/css', 200],
  ['*/*;q=0.1, text/*;q=0.3', 'text/css', 300],
  ['*/*;q=0.1, text/*;q=0.3', 'image/png', 100],
  ['image/*', 'text/css', 0],
  ['text/html', 'text/css', 0],
  ['text/html;level=1', 'text/html', 0],
  ['text/html;level=1;q=0.4, text/html;q=0.7', 'text/html; Level=1; charset=utf-8', 400],
  ['text/html;level=1;a=b, text/html;level=1;q=0.7', 'text/html;a=b;level=1', 1000],
  ['text/html ; q=0.5', 'text/html', 500],
  ['text/html;', 'text/html', 1000],
  // Of two that are as specific, the first.
  ['text/html;q=0.1, text/html;q=0.2', 'text/html', 100],
  ['', 'text/html', 0],
  ['text/html', undefined, null],
  ['text/html', '', null],
  ['text/html', 'text', null],
  ['text/html', 'text/', null],
  ['text/html', '/html', null],
  ['text', 'text/html', null],
  ['te xt/html', 'text/html', null],
  ['text/html;q=2', 'text/html', null],
  ['text/*;q=2, text/html', 'text/html', null],
  ['text/html;q=0.5;q=0.6', 'text/html', 500],
  ['text/html;a="b"', 'text/html', null],
  ['text/html', 'text/html;a="b"', null],
])('a client that accepts %j wants the type %j to %j thousandths', (accepted, given, quality) => {
  expect(mediaQuality(accepted, given)).toBe(quality);
});
