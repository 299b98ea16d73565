import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { addFiles, serveSite } from './site.ts';

describe('Cache-Control by default', () => {
  test('hashed names for good, pages validated, the rest for a minute', async () => {
    const { url } = await serveSite({
      'index.html': 'home',
      'docs/index.html': 'docs',
      'assets/index-B-x_9kQ2.js': 'code',
      'logo.svg': '<svg/>',
      'data.json': '{}',
      'sw.js': 'worker',
    });
    const cacheControl = async (target: string) =>
      (await ask(url, target)).headers['cache-control'];
    expect(await cacheControl('/')).toBe('public, max-age=0, must-revalidate');
    expect(await cacheControl('/docs/')).toBe('public, max-age=0, must-revalidate');
    expect(await cacheControl('/docs')).toBe('public, max-age=0, must-revalidate');
    expect(await cacheControl('/nope')).toBe('public, max-age=0, must-revalidate');
    expect(await cacheControl('/sw.js')).toBe('public, max-age=0, must-revalidate');
    expect(await cacheControl('/assets/index-B-x_9kQ2.js')).toBe(
      'public, max-age=31536000, immutable',
    );
    expect(await cacheControl('/logo.svg')).toBe('public, max-age=60');
    expect(await cacheControl('/data.json')).toBe('public, max-age=60');
  });

  test('others can be chosen, or none', async () => {
    const { url } = await serveSite(
      { 'index.html': 'home', 'a.png': 'a' },
      { cacheDefaults: { pages: 'no-cache', others: null } },
    );
    expect((await ask(url, '/')).headers['cache-control']).toBe('no-cache');
    expect((await ask(url, '/a.png')).headers['cache-control']).toBeUndefined();
  });
});

describe('rules', () => {
  test('replace the default, add, remove, in the order of the file and then of the configuration', async () => {
    const { url, origin } = await serveSite(
      {
        'index.html': 'home',
        'account.html': 'mine',
        'img/a.png': 'a',
        _headers: [
          '/*',
          '  X-Frame-Options: DENY',
          '  Cache-Control: public, max-age=600',
          '/account',
          '  Cache-Control: no-store',
          '/img/:name',
          '  X-Image: :name of :splat',
          '  Set-Cookie: a=1',
          '  Set-Cookie: b=2',
          '  ! ETag',
          '  ! Last-Modified',
        ].join('\n'),
      },
      {
        rules: [
          {
            source: 'headers[0]',
            pattern: '/img/*',
            set: [{ name: 'cache-control', value: 'max-age=5' }],
            unset: ['x-frame-options'],
          },
        ],
      },
    );
    expect(origin.warnings).toEqual([]);
    expect(origin.rules.map(({ source }) => source)).toEqual([
      '_headers:1',
      '_headers:4',
      '_headers:6',
      'headers[0]',
    ]);
    expect((await ask(url, '/')).headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'public, max-age=600',
    });
    expect((await ask(url, '/account')).headers['cache-control']).toBe('no-store');
    const image = await ask(url, '/img/a.png');
    expect(image.headers).toMatchObject({
      'cache-control': 'max-age=5',
      'x-image': 'a.png of :splat',
      'set-cookie': 'a=1,b=2',
    });
    expect(image.headers['x-frame-options']).toBeUndefined();
    expect(image.headers['etag']).toBeUndefined();
    const conditional = await ask(url, '/img/a.png', { headers: { 'if-none-match': '"x"' } });
    expect(conditional.status).toBe(200);
  });

  test('a tag of one’s own is what conditions are judged by', async () => {
    const { url } = await serveSite({ _headers: '/a.txt\n  ETag: W/"mine"\n', 'a.txt': 'a' });
    const status = async (etag: string) =>
      (await ask(url, '/a.txt', { headers: { 'if-none-match': etag } })).status;
    expect(await status('"mine"')).toBe(304);
    expect(await status('"other"')).toBe(200);
  });

  test('nothing a path carries can break out of a value', async () => {
    const { url } = await serveSite(
      { 'index.html': 'app', _headers: '/x/:name\n  X-Name: :name\n' },
      { spaFallback: true },
    );
    const { headers } = await ask(url, '/x/a%0D%0AX-Evil:1', { headers: { accept: 'text/html' } });
    expect([headers['x-name'], headers['x-evil']]).toEqual(['a%0D%0AX-Evil:1', undefined]);
  });

  test('dialects: what two rules make of one field, and how paths compare', async () => {
    const files = {
      'docs/index.html': 'docs',
      _headers: '/docs/*\n  X-A: one\n/*\n  X-A: two\n/DOCS\n  X-B: folded\n',
    };
    const netlify = await serveSite(files, { headers: 'netlify' });
    const cloudflare = await serveSite(files, { headers: 'cloudflare' });
    const neutral = await serveSite(files);
    const fields = async (url: string) => {
      const { headers } = await ask(url, '/docs/');
      return [headers['x-a'], headers['x-b']];
    };
    expect(await fields(netlify.url)).toEqual(['two', 'folded']);
    expect(await fields(cloudflare.url)).toEqual(['one, two', undefined]);
    expect(await fields(neutral.url)).toEqual(['two', undefined]);
  });
});

describe('rules of the configuration that no answer could follow', () => {
  const refused = (name: string, value: string) =>
    serveSite(
      { 'index.html': 'home' },
      { rules: [{ source: 'headers[0]', pattern: '/*', set: [{ name, value }], unset: [] }] },
    );

  test.each([
    ['X Bad', 'a', 'headers[0]: /*: "X Bad" is not a field name'],
    ['', 'a', 'headers[0]: /*: "" is not a field name'],
    ['X-A', 'a\r\nX-Evil: 1', 'headers[0]: /*: X-A: the value has characters no field can carry'],
    ['X-A', '✓', 'headers[0]: /*: X-A: the value has characters no field can carry'],
  ])('%j: %j', async (name, value, message) => {
    await expect(refused(name, value)).rejects.toMatchObject({ code: 'invalid-option', message });
  });

  test('the same in _headers is a warning, and the rest holds', async () => {
    const { url, origin } = await serveSite({
      'index.html': 'home',
      _headers: '/*\n  X Bad: a\n  X-A: ✓\n  X-B: b\n',
    });
    expect(origin.warnings).toEqual([
      '_headers:2: "X Bad" is not a field name',
      '_headers:3: X-A: the value has characters no field can carry',
    ]);
    const { status, headers } = await ask(url, '/');
    expect([status, headers['x-a'], headers['x-b']]).toEqual([200, undefined, 'b']);
  });
});

describe('warnings', () => {
  test('nothing to serve, until there is', async () => {
    const { origin, folder } = await serveSite({ '.gitkeep': '', _headers: '' });
    expect(origin.warnings).toEqual([
      `there is nothing in ${folder} that could be served: build the site first`,
    ]);
    await addFiles(folder, { 'index.html': 'home' });
    await origin.reload();
    expect(origin.warnings).toEqual([]);
  });

  test('no page for what is unknown', async () => {
    const files = { 'index.html': 'home' };
    const { origin, folder } = await serveSite(files, { spaFallback: 'app.html' });
    expect(origin.warnings).toEqual([
      `there is no app.html in ${folder}: unknown pages will be 404, not that page`,
    ]);
    expect((await serveSite(files, { spaFallback: true })).origin.warnings).toEqual([]);
  });

  test('lines that cannot be used, rules without effect', async () => {
    const { origin } = await serveSite(
      {
        'index.html': 'home',
        'about.html': 'about',
        'img/a b.png': 'a',
        _headers: [
          '/*',
          '  X-A: b',
          '  Content-Length: 5',
          '/about',
          '  max-age=5',
          '  X-B: c',
          '/old/*',
          '  X-C: d',
          '/img/a b.png',
          '  X-D: e',
          '/img/a%20b.png',
          '  X-E: f',
          '/_headers',
          '  X-F: g',
        ].join('\n'),
      },
      {
        rules: [
          { source: 'headers[0]', pattern: 'about', set: [{ name: 'X-G', value: 'h' }], unset: [] },
          {
            source: 'headers[1]',
            pattern: '/*.woff2',
            set: [{ name: 'X-H', value: 'i' }],
            unset: [],
          },
        ],
      },
    );
    expect(origin.warnings).toEqual([
      '_headers:5: "Name: value" is expected',
      '_headers:9: a pattern has no white space; write %20',
      '_headers:1: Content-Length is left to the server',
      'headers[0]: about: a path begins with "/"',
      '_headers:7: /old/* matches nothing in the folder',
      '_headers:13: /_headers matches nothing in the folder',
      'headers[1]: /*.woff2 matches nothing in the folder',
    ]);
  });

  test('with a fallback, a page needs no file', async () => {
    const { origin } = await serveSite(
      { 'index.html': 'app', _headers: '/users/*\n  X-A: b\n/*.woff2\n  X-B: c\n' },
      { spaFallback: true },
    );
    expect(origin.warnings).toEqual(['_headers:3: /*.woff2 matches nothing in the folder']);
  });
});

describe('_headers changes while the folder is served', () => {
  test('the next request follows the new rules, the warnings too', async () => {
    const { url, folder, origin } = await serveSite({ 'index.html': 'home' });
    const field = async () => (await ask(url, '/')).headers['x-a'];
    expect(await field()).toBeUndefined();
    await addFiles(folder, { _headers: '/*\n  X-A: 1\n' });
    expect(await field()).toBe('1');
    await addFiles(folder, { _headers: '/*\n  X-A: 2\n/nope\n  X-B: 1\n' });
    expect(await field()).toBe('2');
    await origin.reload();
    expect(origin.warnings).toEqual(['_headers:3: /nope matches nothing in the folder']);
  });

  test('while a build has the file away, its rules hold; later they do not', async () => {
    const { url, folder } = await serveSite({
      _headers: '/account\n  Cache-Control: no-store\n',
      'account.html': 'mine',
    });
    const cacheControl = async () => (await ask(url, '/account')).headers['cache-control'];
    expect(await cacheControl()).toBe('no-store');
    await rm(path.join(folder, '_headers'));
    expect(await cacheControl()).toBe('no-store');
    await addFiles(folder, { _headers: '' });
    expect(await cacheControl()).toBe('no-store');
    await pause(2100);
    expect(await cacheControl()).toBe('public, max-age=0, must-revalidate');
  });
});
