// What a site says in vercel.json, as Vercel reads it.
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOrigin } from '@poplet/origin';
import { ask, type Question } from './ask.ts';
import { VERCEL } from './hosts.ts';
import { addFiles, type Files, serveFolder, serveSite, writeSite } from './site.ts';

const FILES: Files = {
  'index.html': 'home',
  'about.html': 'about',
  'docs/index.html': 'docs',
  'a.css': 'css',
  '404.html': 'lost',
};

async function site(config: object | string, files: Files = {}) {
  const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2);
  const { url, origin } = await serveSite(
    { ...FILES, 'vercel.json': text, ...files },
    { hosting: VERCEL },
  );
  const go = async (target: string, question?: Question): Promise<string> => {
    const { status, headers, text: body } = await ask(url, target, question);
    return `${status} ${headers['location'] ?? body.trim()}`;
  };
  return { url, origin, go };
}

describe('pages', () => {
  test('without a word, as their files are called; a folder with a slash and without', async () => {
    const { url, go } = await site({});
    expect(await go('/about.html')).toBe('200 about');
    expect(await go('/about')).toBe('404 lost');
    expect(await go('/docs')).toBe('200 docs');
    expect(await go('/docs/')).toBe('200 docs');
    expect((await ask(url, '/a.css')).headers).toMatchObject({
      'cache-control': 'public, max-age=0, must-revalidate',
      'x-asset': 'max-age=1',
    });
  });

  test('cleanUrls', async () => {
    const { go } = await site({ cleanUrls: true });
    expect(await go('/about')).toBe('200 about');
    expect(await go('/about.html?a=1')).toBe('308 /about?a=1');
    expect(await go('/docs/index.html')).toBe('308 /docs');
    expect(await go('/index')).toBe('308 /');
    expect(await go('/')).toBe('200 home');
  });

  test('trailingSlash: true', async () => {
    const { go } = await site({ trailingSlash: true, cleanUrls: true });
    expect(await go('/docs')).toBe('308 /docs/');
    expect(await go('/docs/')).toBe('200 docs');
    expect(await go('/about/')).toBe('200 about');
    expect(await go('/a.css')).toBe('200 css');
    expect(await go('/a.css/')).toBe('308 /a.css');
  });

  test('trailingSlash: false', async () => {
    const { go } = await site({ trailingSlash: false });
    expect(await go('/docs/')).toBe('308 /docs');
    expect(await go('/docs')).toBe('200 docs');
    expect(await go('/')).toBe('200 home');
  });
});

describe('redirects', () => {
  test('come before files; 308 by default, 307, or the status that is named', async () => {
    const { go, origin } = await site({
      redirects: [
        { source: '/a.css', destination: '/b.css' },
        { source: '/old/:id(\\d+)', destination: '/new/:id', permanent: false },
        { source: '/blog/:path*', destination: 'https://blog.test/:path*', statusCode: 301 },
        { source: '/view', destination: '/x?from=view', permanent: true },
      ],
    });
    expect(origin.warnings).toEqual([]);
    expect(await go('/a.css')).toBe('308 /b.css');
    expect(await go('/old/12')).toBe('307 /new/12');
    expect(await go('/old/x')).toBe('404 lost');
    expect(await go('/blog/a/b?c=1')).toBe('301 https://blog.test/a/b?c=1');
    expect(await go('/view?y=1')).toBe('308 /x?from=view');
    expect(await go('/OLD/12')).toBe('404 lost');
  });

  test('has and missing: fields, cookies, queries and the host', async () => {
    const { url, go } = await site({
      redirects: [
        {
          source: '/',
          has: [{ type: 'header', key: 'X-Vercel-IP-Country', value: 'GB' }],
          destination: '/uk',
          permanent: false,
        },
        {
          source: '/',
          has: [{ type: 'cookie', key: 'beta' }],
          missing: [{ type: 'cookie', key: 'no' }],
          destination: '/beta',
          permanent: false,
        },
        {
          source: '/s',
          has: [{ type: 'query', key: 'q', value: '(?<word>\\w+)-.*' }],
          destination: '/found/:word',
          permanent: false,
        },
        {
          source: '/',
          has: [{ type: 'host', value: 'old\\.test' }],
          destination: 'https://new.test/',
          permanent: true,
        },
        {
          source: '/',
          has: [{ type: 'header', key: 'x-a', value: { inc: ['1', '2'], neq: '3' } }],
          destination: '/listed',
          permanent: false,
        },
      ],
    });
    expect(await go('/', { headers: { 'x-vercel-ip-country': 'GB' } })).toBe('307 /uk');
    expect(await go('/', { headers: { 'x-vercel-ip-country': 'GBX' } })).toBe('200 home');
    expect(await go('/', { headers: { cookie: 'a=1; beta=x' } })).toBe('307 /beta');
    expect(await go('/', { headers: { cookie: 'beta=x; no=1' } })).toBe('200 home');
    expect(await go('/s?q=red-x')).toMatch(/^307 \/found\/red/u);
    expect(await go('/', { headers: { host: 'old.test:8080' } })).toBe('308 https://new.test/');
    expect(await go('/', { headers: { 'x-a': '2' } })).toBe('307 /listed');
    expect(await go('/', { headers: { 'x-a': '3' } })).toBe('200 home');
    // Others may be led elsewhere: no file that is the same for all.
    expect((await ask(url, '/')).headers['x-asset']).toBeUndefined();
    expect((await ask(url, '/a.css')).headers['x-asset']).toBe('max-age=1');
  });
});

describe('headers', () => {
  test('of each rule that matches, the last one wins; with what the source captured', async () => {
    const { url, origin } = await site({
      headers: [
        {
          source: '/(.*)',
          headers: [
            { key: 'X-A', value: 'all' },
            { key: 'Cache-Control', value: 'max-age=5' },
          ],
        },
        { source: '/:file(.*\\.css)', headers: [{ key: 'X-A', value: 'file :file' }] },
        {
          source: '/',
          has: [{ type: 'header', key: 'x-b' }],
          headers: [{ key: 'X-B', value: 'asked' }],
        },
      ],
    });
    expect(origin.rules.map(({ source, pattern }) => `${source} ${pattern}`)).toEqual([
      'vercel.json:3 /(.*)',
      'vercel.json:16 /:file(.*\\.css)',
      'vercel.json:25 /',
    ]);
    expect((await ask(url, '/a.css')).headers).toMatchObject({
      'x-a': 'file a.css',
      'cache-control': 'max-age=5',
      'x-asset': 'max-age=1',
    });
    const home = await ask(url, '/', { headers: { 'x-b': '1' } });
    expect(home.headers).toMatchObject({ 'x-a': 'all', 'x-b': 'asked' });
    expect(home.headers['x-asset']).toBeUndefined();
    expect((await ask(url, '/')).headers['x-b']).toBeUndefined();
  });

  test('a rule that matches nothing is told', async () => {
    const { origin } = await site({
      headers: [{ source: '/none/(.*)', headers: [{ key: 'X-A', value: '1' }] }],
    });
    expect(origin.warnings).toEqual(['vercel.json:3: /none/(.*) matches nothing in the folder']);
  });
});

test('redirects and rewrites that never match are told, with what answers first', async () => {
  const { origin } = await site(
    [
      '{ "cleanUrls": true, "redirects": [',
      '  { "source": "/old.html", "destination": "/new" },',
      '  { "source": "/a/:id", "destination": "/b" },',
      '  { "source": "/a/1", "destination": "/c" },',
      '  { "source": "/some", "destination": "/d", "has": [{ "type": "cookie", "key": "x" }] },',
      '  { "source": "/some", "destination": "/e" },',
      '  { "source": "/some", "destination": "/f" }',
      '], "rewrites": [',
      '  { "source": "/some", "destination": "/about" },',
      '  { "source": "/about", "destination": "/index.html" },',
      '  { "source": "/gone/(.*)", "destination": "/nope" },',
      '  { "source": "/gone/a", "destination": "/about" },',
      '  { "source": "/(.*)", "destination": "/index.html" },',
      '  { "source": "/app", "destination": "https://app.test/" },',
      '  { "source": "/(.*)", "destination": "/docs/" }',
      ']}',
    ].join('\n'),
  );
  expect(origin.warnings).toEqual([
    'vercel.json:10: /about never matches: there is a file, which comes first',
    'vercel.json:2: /old.html never matches: vercel.json:1 (cleanUrls) answers first',
    'vercel.json:4: /a/1 never matches: vercel.json:3 (/a/:id) answers first',
    'vercel.json:7: /some never matches: vercel.json:6 (/some) answers first',
    'vercel.json:9: /some never matches: vercel.json:6 (/some) answers first',
    'vercel.json:14: /app never matches: vercel.json:13 (/(.*)) answers first',
    'vercel.json:15: /(.*) never matches: vercel.json:13 (/(.*)) answers first',
    'vercel.json:11: there is no /nope in the folder',
  ]);
});

describe('rewrites', () => {
  test('come behind files, to pages of the site', async () => {
    const { go } = await site({
      rewrites: [
        { source: '/a.css', destination: '/about.html' },
        { source: '/user/:id', destination: '/about.html' },
        { source: '/gone', destination: '/nope.html' },
        { source: '/app/(.*)', destination: '/index.html' },
      ],
    });
    expect(await go('/a.css')).toBe('200 css');
    expect(await go('/user/1')).toBe('200 about');
    expect(await go('/app/x/y')).toBe('200 home');
    expect(await go('/gone')).toBe('404 lost');
  });

  test('and to other servers', async () => {
    const backend = http.createServer((request, response) => {
      response.setHeader('X-From', `${request.method} ${request.url}`);
      response.end('from there');
    });
    backend.listen(0, '127.0.0.1');
    await once(backend, 'listening');
    onTestFinished(() => void backend.close());
    const { port } = backend.address() as AddressInfo;
    const { url } = await site({
      rewrites: [
        { source: '/api/:path*', destination: `http://127.0.0.1:${port}/v2/:path*` },
        { source: '/item/:id', destination: `http://127.0.0.1:${port}/item?v=1` },
      ],
    });
    // What the destination leaves out of the source goes into its query; that of the request goes on.
    expect((await ask(url, '/item/5')).headers['x-from']).toBe('GET /item?v=1&id=5');
    expect((await ask(url, '/item/5?b=2&v=%20')).headers['x-from']).toBe('GET /item?id=5&b=2&v=+');
    const answer = await ask(url, '/api/a/b?c=1');
    expect(answer).toMatchObject({ status: 200, text: 'from there' });
    expect(answer.headers['x-from']).toBe('GET /v2/a/b?c=1');
    expect(answer.headers['x-asset']).toBeUndefined();
    const posted = await fetch(`${url}/api/x`, { method: 'POST', body: 'x' });
    expect(posted.headers.get('x-from')).toBe('POST /v2/x');
  });
});

describe('vercel.json', () => {
  test('is found at the root of the project', async () => {
    const project = await writeSite({
      'package.json': '{}',
      'vercel.json': '{"redirects":[{"source":"/x","destination":"/y"}]}',
    });
    const folder = path.join(project, 'dist');
    await mkdir(folder);
    await addFiles(folder, { 'index.html': 'home' });
    const { url } = await serveFolder(folder, { hosting: VERCEL });
    expect((await ask(url, '/x')).headers['location']).toBe('/y');
  });

  test.each([
    [
      '{\n  "cleanUrls": true,\n}',
      3,
      'this is no JSON: a name in double quotes is expected, and no comma before "}"',
    ],
    ['{\n  "cleanUrls": true\n  "trailingSlash": true\n}', 3, 'this is no JSON: "," is expected'],
    ['// why\n{}', 1, 'this is no JSON: JSON has no comments'],
    ['{"a": yes}', 1, 'this is no JSON: a value is expected: text stands in double quotes'],
    ['{\n"redirects": [', 2, 'this is no JSON: "]" is expected'],
    ['{\n  "cleanUrls": "yes"\n}', 2, 'cleanUrls: expected boolean, received string'],
    [
      '{\n "redirects": [\n  {"source": "/a", "destination": "/b"},\n  {"source": "/a"}\n ]\n}',
      4,
      'redirects[1].destination: expected string, received undefined',
    ],
    [
      '{\n "redirects": [\n  {"source": "a", "destination": "/b"}\n ]\n}',
      3,
      'redirects[0].source: a path that begins with "/" is expected',
    ],
    [
      '{\n "redirects": [\n  {"source": "/a", "destination": "/b", "permament": true}\n ]\n}',
      3,
      'redirects[0]: permament is not known here',
    ],
    [
      '{\n "redirects": [\n  {"source": "/a", "destination": "/b", "permanent": true,\n   "statusCode": 301}\n ]\n}',
      3,
      'redirects[0]: either permanent or statusCode is expected, not both',
    ],
    [
      '{\n "rewrites": [\n  {"source": "/a(", "destination": "/b"}\n ]\n}',
      3,
      'Rewrite at index 0 has invalid `source` regular expression "/a(".',
    ],
    [
      '{\n "headers": [\n  {"source": "/a", "headers": []}\n ]\n}',
      3,
      'headers[0].headers: Too small: expected array to have >=1 items',
    ],
    [
      '{\n "redirects": [\n  {"source": "/a", "destination": "/b",\n   "has": [{"type": "header", "key": "x", "value": "("}]}\n ]\n}',
      4,
      'redirects[0].has[0].value: a regular expression is expected',
    ],
    [
      '{\n "redirects": [\n  {"source": "/a", "destination": "/b",\n   "has": [{"type": "header", "key": "x", "value": {"re": "("}}]}\n ]\n}',
      4,
      'redirects[0].has[0].value.re: a regular expression is expected',
    ],
    [
      '{\n "redirects": [\n  {"source": "/a", "destination": "/b",\n   "has": [{"type": "header", "key": "x", "value": {"equals": "y"}}]}\n ]\n}',
      4,
      'redirects[0].has[0].value: equals is not known here',
    ],
  ])('%s is an error with its line', async (text, line, message) => {
    const folder = await writeSite({ 'index.html': 'home', 'vercel.json': text });
    const failed: unknown = await createOrigin({ folder, hosting: VERCEL }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'config-invalid' });
    expect((failed as Error).message).toContain(`vercel.json:${line}: ${message}`);
  });

  test('more than 2048 rules of a kind are an error', async () => {
    const rewrites = Array.from({ length: 2049 }, (_, index) => ({
      source: `/${index}`,
      destination: '/about.html',
    }));
    const text = JSON.stringify({ rewrites }, null, 1);
    const folder = await writeSite({ 'index.html': 'home', 'vercel.json': text });
    await expect(createOrigin({ folder, hosting: VERCEL })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/^vercel\.json:2: rewrites: /u),
    });
  });

  test('files that Vercel does not read, and what is not followed, are told', async () => {
    const { origin } = await site('{\n "functions": {},\n "routes": []\n}', {
      _headers: '/*\n  X-A: 1\n',
      _redirects: '/a /b\n',
    });
    expect(origin.warnings).toEqual([
      'vercel.json:3: routes (legacy) are not followed here: use redirects, rewrites and headers',
      '_headers: Vercel does not read it',
      '_redirects: Vercel does not read it',
    ]);
  });
});
