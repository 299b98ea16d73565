import { describe, expect, test } from 'vitest';
import { readRequestPath } from '../src/request-path.ts';

describe('paths', () => {
  test.each([
    ['/', [], false, '/', ''],
    ['/a/b.js', ['a', 'b.js'], false, '/a/b.js', ''],
    ['/docs/', ['docs'], true, '/docs/', ''],
    ['/a?x=/../y', ['a'], false, '/a', '?x=/../y'],
    ['/a%20b', ['a b'], false, '/a%20b', ''],
    ['/a b', ['a b'], false, '/a%20b', ''],
    ['/%61', ['a'], false, '/a', ''],
    ['/ü', ['ü'], false, '/%C3%BC', ''],
    ['/a:b@c+d', ['a:b@c+d'], false, '/a:b@c+d', ''],
    ['/%23%3F', ['#?'], false, '/%23%3F', ''],
    ['/...', ['...'], false, '/...', ''],
    ['http://a.test/x?y', ['x'], false, '/x', '?y'],
    ['http://a.test', [], false, '/', ''],
    ['http://a.test?y', [], false, '/', '?y'],
  ])('%s', (target, segments, hasTrailingSlash, pathname, search) => {
    expect(readRequestPath(target)).toEqual({
      kind: 'path',
      path: { segments, hasTrailingSlash, pathname, search },
    });
  });
});

describe('refused', () => {
  test.each([
    '/..',
    '/../etc/passwd',
    '/a/../b',
    '/a/..',
    '/./a',
    '/a/.',
    '/%2e%2e/etc/passwd',
    '/%2E%2E%2Fetc/passwd',
    '/..%2fetc',
    '/a%2fb',
    '/a%5cb',
    String.raw`/..\etc`,
    '/a%00.html',
    '//',
    '//a',
    '/a//b',
    '/a//',
  ])('%s', (target) => {
    expect(readRequestPath(target)).toEqual({ kind: 'refused' });
  });
});

test.each(['*', 'a', '', '/%', '/%E0%A4%A', '/%zz'].filter((target) => target !== ''))(
  'malformed: %s',
  (target) => {
    expect(readRequestPath(target)).toEqual({ kind: 'malformed' });
  },
);
