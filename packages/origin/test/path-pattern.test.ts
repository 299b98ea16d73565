import { describe, expect, test } from 'vitest';
import { type DialectName, DIALECTS } from '../src/dialect.ts';
import { compilePattern, fillValue } from '../src/path-pattern.ts';

function match(pattern: string, pathname: string, dialect: DialectName, host = 'localhost:8080') {
  const compiled = compilePattern(pattern, DIALECTS[dialect]);
  if (compiled.kind === 'malformed') throw new Error(compiled.problem);
  const captures = compiled.pattern.match(pathname, host);
  return captures && Object.fromEntries(captures);
}

describe.each(['neutral', 'cloudflare'] as const)('%s: anchored, exact', (dialect) => {
  test.each([
    ['/', '/', {}],
    ['/', '/a', null],
    ['/a', '/a', {}],
    ['/a', '/A', null],
    ['/a', '/a/', null],
    ['/*', '/', { splat: '' }],
    ['/*', '/a/b.js', { splat: 'a/b.js' }],
    ['/blog/*', '/blog', null],
    ['/blog/*', '/blog/', { splat: '' }],
    ['/*.js', '/a/b.js', { splat: 'a/b' }],
    ['/*.js', '/a/b.json', null],
    ['/a.b', '/axb', null],
    ['/:year/:slug', '/2024/x', { year: '2024', slug: 'x' }],
    ['/:year', '/2024/x', null],
    ['/:year', '/', null],
    ['/posts/:id.html', '/posts/7.html', { id: '7' }],
    ['/files/:name/*', '/files/a/b/c', { name: 'a', splat: 'b/c' }],
    // One spelling on both sides.
    ['/über', '/%C3%BCber', {}],
    ['/%C3%BCber', '/%C3%BCber', {}],
    ['/a%20b', '/a%20b', {}],
    ['/a(1)+[x]', '/a(1)+%5Bx%5D', {}],
  ])('%s  %s', (pattern, pathname, expected) => {
    expect(match(pattern, pathname, dialect)).toEqual(expected);
  });

  test('hosts', () => {
    const pattern = 'https://:sub.example.com/*';
    expect(match(pattern, '/a', dialect, 'www.example.com:8443')).toEqual({
      sub: 'www',
      splat: 'a',
    });
    expect(match(pattern, '/a', dialect, 'WWW.example.COM')).toEqual({ sub: 'www', splat: 'a' });
    expect(match(pattern, '/a', dialect, 'a.b.example.com')).toBeNull();
    expect(match(pattern, '/a', dialect, 'www-example.com')).toBeNull();
  });
});

describe('netlify: by segment, case folded, slash optional', () => {
  test.each([
    ['/a', '/A/', true],
    ['/blog/*', '/blog', true],
    ['/blog/*', '/blog/', true],
    ['/blog/*', '/blog/a/b', true],
    // A quirk of its own: the slash is optional even here.
    ['/blog/*', '/blogger', true],
    ['/*', '/', true],
    ['/:page', '/a', true],
    ['/:page', '/a/b', false],
    ['/hello*world', '/hello-big-world', true],
    ['/*.js', '/a/b.js', true],
    ['/a.b', '/axb', false],
  ])('%s  %s  %s', (pattern, pathname, matches) => {
    expect(match(pattern, pathname, 'netlify') !== null).toBe(matches);
  });
});

describe('values', () => {
  test('names stand for what they captured; others stay', () => {
    const captures = new Map([
      ['movie', 'alien'],
      ['splat', 'a/b'],
    ]);
    expect(fillValue('see :movie at :splat, 12:30, :other', captures)).toBe(
      'see alien at a/b, 12:30, :other',
    );
  });

  test('a line break in the path stays percent-encoded', () => {
    expect(match('/x/:name', '/x/a%0D%0AX-Evil:%201', 'neutral')).toEqual({
      name: 'a%0D%0AX-Evil:%201',
    });
  });
});
