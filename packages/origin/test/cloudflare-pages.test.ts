// What a site says in _headers and _redirects, as Cloudflare Pages reads them.
import { describe, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { PAGES } from './hosts.ts';
import { type Files, serveSite } from './site.ts';

async function site(files: Files) {
  const { url, origin } = await serveSite(
    { 'index.html': 'home', 'about.html': 'about', '404.html': 'lost', ...files },
    { hosting: PAGES },
  );
  const go = async (target: string): Promise<string> => {
    const { status, headers, text } = await ask(url, target);
    return `${status} ${headers['location'] ?? text.trim()}`;
  };
  return { url, origin, go };
}

describe('_redirects', () => {
  test('come before files, with 302 where no status is named; the query goes on', async () => {
    const { go, origin } = await site({
      _redirects: ['/about /me', '/x /y?a=1 301', '/z https://example.com/z 308'].join('\n'),
    });
    expect(await go('/about?b=2')).toBe('302 /me?b=2');
    expect(await go('/x?b=2')).toBe('301 /y?a=1');
    expect(await go('/z?b=2')).toBe('308 https://example.com/z?b=2');
    expect(await go('/about/')).toBe('301 /about');
    expect(origin.warnings).toEqual([]);
  });

  test('the first that matches counts, also where a pattern stands above a path', async () => {
    const { go, origin } = await site({
      _redirects: [
        '/a/c /three 301',
        '/a/* /one/:splat 301',
        '/a/b /two 301',
        '/p/:id/:name /q/:name/:id',
      ].join('\n'),
    });
    expect(await go('/a/b')).toBe('301 /one/b');
    expect(await go('/a/c')).toBe('301 /three');
    expect(await go('/a/c/d')).toBe('301 /one/c/d');
    expect(await go('/p/1/n')).toBe('302 /q/n/1');
    expect(await go('/p/1/n/m')).toBe('404 lost');
    expect(origin.warnings).toEqual([
      '_redirects:3: /a/b never matches: _redirects:2 (/a/*) answers first',
    ]);
  });

  test('are for any method', async () => {
    const { url } = await site({ _redirects: '/form /other 307\n/app/* /about 200\n' });
    const posted = await ask(url, '/form?a=1', { method: 'POST' });
    expect([posted.status, posted.headers['location']]).toEqual([307, '/other?a=1']);
    expect((await ask(url, '/app/x', { method: 'POST' })).status).toBe(405);
  });

  test('get the fields that _headers has for their path', async () => {
    const { url } = await site({
      _redirects: '/old/* /new/:splat 301\n',
      _headers: '/old/*\n  Cache-Control: max-age=9\n  X-Was: :splat\n/about*\n  X-About: 1\n',
    });
    const moved = await ask(url, '/old/a');
    expect(moved.headers).toMatchObject({
      location: '/new/a',
      'cache-control': 'max-age=9',
      'x-was': 'a',
    });
    // Of the slash, too.
    expect((await ask(url, '/about/')).headers).toMatchObject({
      location: '/about',
      'x-about': '1',
    });
  });

  test('200 rewrites to a page of the site, one step', async () => {
    const { go } = await site({ _redirects: ['/app/* /about 200', '/b /app/x 200'].join('\n') });
    expect(await go('/app/x')).toBe('200 about');
    expect(await go('/b')).toBe('404 lost');
  });

  test.each([
    ['/a /b 404', '404 is no status for a rule: 200, 301, 302, 303, 307, 308 is expected'],
    ['/a /b 301!', 'a status is expected behind the destination, not "301!"'],
    ['/a /b 301 Country=de', '"from to status" is expected, and nothing behind it: Country=de'],
    ['/a https://b.test 200', 'with the status 200 only a path of the site can answer, not a URL'],
    ['https://a.test/ /b', 'a path begins with "/"'],
    ['/* /index.html 200', 'it would lead to itself, again and again: the host ignores it'],
    ['/* /index', 'it would lead to itself, again and again: the host ignores it'],
    ['/a', 'a destination is expected behind the path: a path, or a URL'],
    ['/a b', 'the destination begins with "/" or "https://", not "b"'],
    ['/a http://b.test/', 'the destination begins with "/" or "https://", not "http://b.test/"'],
    ['/docs/ /docs/index.html', 'it would lead to itself, again and again: the host ignores it'],
    ['/a/*/* /b', 'one "*" is allowed, not 2'],
    [`/a /${'b'.repeat(2000)}`, 'longer than 2000 characters'],
  ])('%s is left out, with its line', async (line, problem) => {
    const { origin } = await site({ _redirects: `\n${line} # why\n` });
    expect(origin.warnings).toEqual([`_redirects:2: ${problem}`]);
  });

  test('of what a rule is from the path counts, with a slash or without', async () => {
    const { go, origin } = await site({
      _redirects: 'x /y\n/q?a=1 /z 301\n/* https://x.test/index.html 302\n',
    });
    expect(origin.warnings).toEqual([]);
    expect(await go('/x')).toBe('302 /y');
    expect(await go('/q?a=2')).toBe('301 /z?a=2');
    expect(await go('/other')).toBe('302 https://x.test/index.html');
  });

  test('the first of two for one path counts', async () => {
    const { go, origin } = await site({ _redirects: '/a /b\n/a /c\n' });
    expect(await go('/a')).toBe('302 /b');
    expect(origin.warnings).toEqual(['_redirects:2: /a stands above already: the first counts']);
  });

  test('2000 rules and, from the first dynamic one on, 100 more', async () => {
    const fixed = Array.from({ length: 2001 }, (_, index) => `/s${index} /x`);
    const dynamic = Array.from({ length: 99 }, (_, index) => `/d${index}/* /x`);
    const { go, origin } = await site({
      _redirects: [...fixed, ...dynamic, '/late /x', '/too-late /x'].join('\n'),
    });
    expect(await go('/s1999')).toBe('302 /x');
    expect(await go('/s2000')).toBe('404 lost');
    expect(await go('/d98/a')).toBe('302 /x');
    expect(await go('/late')).toBe('302 /x');
    expect(await go('/too-late')).toBe('404 lost');
    expect(origin.warnings).toEqual([
      '_redirects:2001: more than 2000 rules: it is ignored',
      '_redirects:2102: more than 100 rules from the first with "*" or ":name" on: it is ignored',
    ]);
  });
});

test('_headers in the dialect of Pages: joined, detached, with what the pattern captured', async () => {
  const { url } = await site({
    _headers: ['/*', '  X-A: one', '  Link: </a>', '/:page', '  X-A: :page', '  ! Link'].join('\n'),
  });
  const { headers } = await ask(url, '/about');
  expect(headers['x-a']).toBe('one, about');
  expect(headers['link']).toBeUndefined();
});

test('what Pages does not read is told', async () => {
  const { origin } = await site({ 'netlify.toml': '', 'vercel.json': '{}' });
  expect(origin.warnings).toEqual([
    'netlify.toml: Cloudflare Pages does not read it',
    'vercel.json: Cloudflare Pages does not read it',
  ]);
});
