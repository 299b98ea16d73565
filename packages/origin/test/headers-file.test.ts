import { describe, expect, test } from 'vitest';
import { DIALECTS, parseHeadersFile } from '@poplet/origin';

describe('the grammar', () => {
  test('comments, blank lines, blocks, indentation or none, CRLF and a byte order mark', () => {
    const text =
      '\uFEFF# all pages\r\n/*\r\n  X-Frame-Options: DENY\r\n\r\n  # a note\r\n\tReferrer-Policy: no-referrer\r\n/assets/*\r\nCache-Control: max-age=60\r\n';
    expect(parseHeadersFile(text, DIALECTS.neutral)).toEqual({
      rules: [
        {
          source: '_headers:2',
          pattern: '/*',
          set: [
            { name: 'X-Frame-Options', value: 'DENY' },
            { name: 'Referrer-Policy', value: 'no-referrer' },
          ],
          unset: [],
        },
        {
          source: '_headers:7',
          pattern: '/assets/*',
          set: [{ name: 'Cache-Control', value: 'max-age=60' }],
          unset: [],
        },
      ],
      problems: [],
    });
  });

  test('a value may contain colons', () => {
    const { rules } = parseHeadersFile(
      '/\n  Link: <https://a.test/x>; rel=preload\n',
      DIALECTS.neutral,
    );
    expect(rules[0]?.set).toEqual([{ name: 'Link', value: '<https://a.test/x>; rel=preload' }]);
  });

  test('a repeated name is joined, whatever its case', () => {
    const { rules } = parseHeadersFile(
      '/\n  Cache-Control: public\n  cache-control: max-age=60\n',
      DIALECTS.neutral,
    );
    expect(rules[0]?.set).toEqual([{ name: 'Cache-Control', value: 'public, max-age=60' }]);
  });

  test('Set-Cookie is not joined', () => {
    const { rules } = parseHeadersFile(
      '/\n  Set-Cookie: a=1\n  Set-Cookie: b=2\n',
      DIALECTS.neutral,
    );
    expect(rules[0]?.set).toEqual([
      { name: 'Set-Cookie', value: 'a=1' },
      { name: 'Set-Cookie', value: 'b=2' },
    ]);
  });

  test('"! Name" removes a field', () => {
    const { rules } = parseHeadersFile('/\n  ! X-Powered-By\n  !ETag\n', DIALECTS.cloudflare);
    expect(rules[0]?.unset).toEqual(['x-powered-by', 'etag']);
  });

  test('an https URL opens a block', () => {
    const { rules } = parseHeadersFile(
      'https://:sub.pages.dev/*\n  X-Robots-Tag: noindex\n',
      DIALECTS.cloudflare,
    );
    expect(rules[0]?.pattern).toBe('https://:sub.pages.dev/*');
  });

  test('an empty file', () => {
    expect(parseHeadersFile('', DIALECTS.neutral)).toEqual({ rules: [], problems: [] });
  });
});

describe('what cannot be used is left out and reported with its line', () => {
  test.each([
    ['a field before any path', 'X-A: b\n', 1, 'a path must come before the first field'],
    ['no colon', '/\n  X-A: b\n  X-B\n', 3, '"Name: value" is expected'],
    ['a name with a space', '/\n  X-A: b\n  X B: c\n', 3, '"X B" is not a field name'],
    ['no name', '/\n  X-A: b\n  : c\n', 3, '"" is not a field name'],
    ['no value', '/\n  X-A: b\n  X-B:\n', 3, 'X-B has no value'],
    [
      'a value beyond Latin-1',
      '/\n  X-A: b\n  X-B: 日本\n',
      3,
      'X-B: the value has characters no field can carry',
    ],
    ['"!" with more than a name', '/\n  X-A: b\n  ! X-B: c\n', 3, '"! Name" names one field'],
    ['a block without fields', '/\n\n/b\n  X-A: b\n', 1, 'no fields below /'],
    [
      'a path with a query',
      '/a?b=1\n  X-A: b\n',
      1,
      'a pattern has no "?" or "#": queries are not compared',
    ],
    ['a plain http URL', 'http://a.test/\n  X-A: b\n', 1, 'a URL must begin with https://'],
    ['a URL with a port', 'https://a.test:8080/\n  X-A: b\n', 1, 'a URL must not name a port'],
    [
      'a URL without a path',
      'https://a.test\n  X-A: b\n',
      1,
      'a URL needs a path: https://example.com/*',
    ],
    ['":splat" beside "*"', '/:splat/*\n  X-A: b\n', 1, '":splat" already stands for "*"'],
    ['a placeholder twice', '/:a/:a\n  X-A: b\n', 1, '":a" stands twice'],
  ])('%s', (_name, text, line, message) => {
    expect(parseHeadersFile(text, DIALECTS.neutral).problems).toEqual([{ line, message }]);
  });

  test('the fields of a refused path do not fall to the block above', () => {
    const { rules, problems } = parseHeadersFile(
      '/a\n  X-A: b\n/x?y\n  Cache-Control: no-store\n/c\n  X-C: d\n',
      DIALECTS.neutral,
    );
    expect(rules.map(({ pattern, set }) => [pattern, set.length])).toEqual([
      ['/a', 1],
      ['/c', 1],
    ]);
    expect(problems).toHaveLength(1);
  });
});

describe('dialects', () => {
  test('Netlify knows neither "!" nor URLs', () => {
    const { rules, problems } = parseHeadersFile(
      '/\n  ! ETag\n  X-A: b\nhttps://a.test/*\n  X-B: c\n',
      DIALECTS.netlify,
    );
    expect(problems).toEqual([
      { line: 2, message: '"!" is not known here: a field cannot be removed' },
    ]);
    // As on Netlify, the URL is a field called "https" of the block above.
    expect(rules).toHaveLength(1);
    expect(rules[0]?.set).toContainEqual({ name: 'https', value: '//a.test/*' });
  });

  test('Cloudflare takes 100 rules', () => {
    const text = Array.from({ length: 101 }, (_, n) => `/${n}\n  X-A: b\n`).join('');
    const { rules, problems } = parseHeadersFile(text, DIALECTS.cloudflare);
    expect(rules).toHaveLength(100);
    expect(problems).toEqual([
      { line: 201, message: 'more than 100 rules: what follows is ignored' },
    ]);
    expect(parseHeadersFile(text, DIALECTS.neutral).rules).toHaveLength(101);
  });

  test('Cloudflare takes lines of 2000 characters', () => {
    const fits = `X-A: ${'b'.repeat(1995)}`;
    const text = `/\n  ${fits}\n  ${fits}c\n`;
    expect(parseHeadersFile(text, DIALECTS.cloudflare).problems).toEqual([
      { line: 3, message: 'longer than 2000 characters' },
    ]);
    expect(parseHeadersFile(text, DIALECTS.netlify).problems).toEqual([]);
  });

  test('Cloudflare takes one "*"', () => {
    const text = '/a*b*\n  X-A: b\n';
    expect(parseHeadersFile(text, DIALECTS.cloudflare).problems).toEqual([
      { line: 1, message: 'one "*" is allowed, not 2' },
    ]);
    expect(parseHeadersFile(text, DIALECTS.netlify).problems).toEqual([]);
    expect(parseHeadersFile(text, DIALECTS.neutral).problems).toEqual([]);
  });
});
