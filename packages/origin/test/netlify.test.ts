// What a site says in _headers, _redirects and netlify.toml, as Netlify reads them.
import { once } from 'node:events';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOrigin } from '@poplet/origin';
import { ask, type Question } from './ask.ts';
import { NETLIFY } from './hosts.ts';
import { addFiles, type Files, serveFolder, serveSite, writeSite } from './site.ts';

const PAGES: Files = {
  'index.html': 'home',
  'about.html': 'about',
  'docs/index.html': 'docs',
  '404.html': 'lost',
};

async function site(files: Files) {
  const { url, origin, folder } = await serveSite({ ...PAGES, ...files }, { hosting: NETLIFY });
  /** Status, and where to or what. */
  const go = async (target: string, question?: Question): Promise<string> => {
    const { status, headers, text } = await ask(url, target, question);
    return `${status} ${headers['location'] ?? text.trim()}`;
  };
  return { url, origin, folder, go };
}

test('a folder that is named as a file of rules is no such file', async () => {
  const { go } = await site({ '_redirects/notes.txt': '/ /about', '_headers/notes.txt': '/*' });
  expect(await go('/')).toBe('200 home');
});

describe('files', () => {
  test('are validated by browsers, and told to be files of the deploy', async () => {
    const { url } = await site({ 'app-3f9c1a7e.js': 'code' });
    for (const target of ['/', '/about', '/app-3f9c1a7e.js']) {
      expect((await ask(url, target)).headers).toMatchObject({
        'cache-control': 'public, max-age=0, must-revalidate',
        'x-asset': 'max-age=1',
      });
    }
    const missing = await ask(url, '/nothing');
    expect(missing.status).toBe(404);
    expect(missing.headers['x-asset']).toBeUndefined();
  });
});

describe('_redirects', () => {
  test('leads on with 301, or the status that it names', async () => {
    const { go, origin } = await site({
      _redirects: [
        '# moved',
        '/home              /',
        '/my-redirect       /about    302  # for a while',
        '/gone   /about 410',
        '/ext  https://example.com/x  308',
      ].join('\n'),
    });
    expect(origin.warnings).toEqual([]);
    expect(await go('/home')).toBe('301 /');
    expect(await go('/home/')).toBe('301 /');
    expect(await go('/my-redirect')).toBe('302 /about');
    expect(await go('/gone')).toBe('410 about');
    expect(await go('/ext')).toBe('308 https://example.com/x');
    expect(await go('/Home')).toBe('404 lost');
  });

  test('fills in :placeholders and :splat, and hands the query on', async () => {
    const { go } = await site({
      _redirects: [
        '/news/:year/:month/* /blog/:month-:year/:splat',
        '/shop/* https://shop.test/:splat?from=site 302',
        '/all/* /x/:splat',
      ].join('\n'),
    });
    expect(await go('/news/2026/11/a/b?x=1')).toBe('301 /blog/11-2026/a/b?x=1');
    expect(await go('/shop/a%20b?x=1')).toBe('302 https://shop.test/a%20b?from=site');
    expect(await go('/all')).toBe('301 /x/');
    expect(await go('/news/2026')).toBe('404 lost');
  });

  test('a file comes first, unless the rule is forced', async () => {
    const { go, origin } = await site({
      _redirects: ['/about  /docs/  302', '/docs/* /elsewhere 302!', '/* /index.html 200'].join(
        '\n',
      ),
    });
    expect(await go('/about')).toBe('200 about');
    expect(await go('/docs/')).toBe('302 /elsewhere');
    expect(await go('/app/page?x=1')).toBe('200 home');
    expect(origin.warnings).toEqual([
      '_redirects:1: /about never matches: there is a file, which comes first (write ! behind the status to have the rule win)',
    ]);
  });

  test('the first that matches wins, and what is never reached is told', async () => {
    const { go, origin } = await site({
      _redirects: [
        '/a/* /one',
        '/a/b /two',
        '/c /three Country=de',
        '/c /four 302',
        '/c /five',
      ].join('\n'),
    });
    expect(await go('/a/b')).toBe('301 /one');
    expect(origin.warnings).toEqual([
      '_redirects:3: a status is expected behind the destination (301, or 301! to have it hold for files too), not "Country=de"',
      '_redirects:2: /a/b never matches: _redirects:1 (/a/*) answers first',
      '_redirects:5: /c never matches: _redirects:4 (/c) answers first',
    ]);
  });

  test('query parameters', async () => {
    const { go } = await site({
      _redirects: ['/store id=:id /item/:id 301', '/store tag=new /new 302', '/store /all'].join(
        '\n',
      ),
    });
    expect(await go('/store?id=a%2Fb')).toBe('301 /item/a%2Fb');
    expect(await go('/store?tag=new')).toBe('302 /new');
    expect(await go('/store?tag=old')).toBe('301 /all?tag=old');
  });

  test('Country, Language and Cookie, as netlify dev tells them', async () => {
    const { go, url } = await site({
      _redirects: [
        '/ /de 302! Country=de,at',
        '/ /fr 302! Language=fr',
        '/ /beta 302! Cookie=beta,early',
        '/ /us 302! Country=us Language=es',
      ].join('\n'),
    });
    expect(await go('/', { headers: { 'x-country': 'AT' } })).toBe('302 /de');
    expect(await go('/', { headers: { cookie: 'nf_country=de', 'x-country': 'US' } })).toBe(
      '302 /de',
    );
    expect(await go('/', { headers: { 'accept-language': 'en;q=0.4, fr-CH' } })).toBe('302 /fr');
    expect(await go('/', { headers: { 'accept-language': 'en, fr;q=0.9' } })).toBe('200 home');
    expect(await go('/', { headers: { cookie: 'a=1; nf_lang=fr' } })).toBe('302 /fr');
    expect(await go('/', { headers: { cookie: 'early=' } })).toBe('302 /beta');
    expect(await go('/', { headers: { 'accept-language': 'es' } })).toBe('302 /us');
    // Whoever else asks may be led elsewhere: this is no file that is the same for all.
    const home = await ask(url, '/');
    expect(home.status).toBe(200);
    expect(home.headers['x-asset']).toBeUndefined();
    expect((await ask(url, '/about')).headers['x-asset']).toBe('max-age=1');
  });

  test('Role matches nobody, and says so', async () => {
    const { go, origin } = await site({
      _redirects: '/admin/* /docs/index.html 200! Role=admin\n',
    });
    expect(await go('/admin/')).toBe('404 lost');
    expect(origin.warnings).toEqual([
      '_redirects:1: a rule with Role= never matches here: nobody is signed in',
    ]);
  });

  test('what counts for nothing is told', async () => {
    const { origin } = await site({
      _redirects: '/a/* https://a.test/:splat 200 Sign=SECRET\n',
      'netlify.toml':
        '[[redirects]]\nfrom = "/b"\nto = "https://b.test/"\nstatus = 200\nsigned = "S"\nheaders = { X-A = "1" }\n',
    });
    expect(origin.warnings).toEqual([
      '_redirects:1: Sign counts for nothing here',
      'netlify.toml:1: headers counts for nothing here',
      'netlify.toml:1: signed counts for nothing here',
    ]);
  });

  test('rewrites: another page with its status, with the rules for headers of the path that was asked for', async () => {
    const { url, go, origin } = await site({
      'de/404.html': 'verloren',
      _headers: '/app/*\n  X-App: yes\n/docs/*\n  X-Docs: yes\n',
      _redirects: ['/app/* /docs 200', '/de/* /de/404.html 404', '/none /nope 200'].join('\n'),
    });
    const page = await ask(url, '/app/a');
    expect(page.text).toBe('docs');
    expect(page.headers).toMatchObject({ 'x-app': 'yes', 'x-asset': 'max-age=1' });
    expect(page.headers['x-docs']).toBeUndefined();
    expect(await go('/de/x')).toBe('404 verloren');
    expect(await go('/none')).toBe('404 lost');
    expect(origin.warnings).toEqual(['_redirects:3: there is no /nope in the folder']);
  });

  test('proxies: another server answers, whatever the method, without a word of this one', async () => {
    const seen: string[] = [];
    const backend = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(
          `${request.method} ${request.headers.host} ${request.url} ${Buffer.concat(chunks).toString()}`,
        );
        response.writeHead(201, { 'cache-control': 'max-age=5', 'x-from': 'backend' });
        response.end('from there');
      });
    });
    backend.listen(0, '127.0.0.1');
    await once(backend, 'listening');
    onTestFinished(() => void backend.close());
    const { port } = backend.address() as AddressInfo;
    const { url, go } = await site({
      _headers: '/*\n  X-Mine: yes\n',
      _redirects: [
        `/api/* http://127.0.0.1:${port}/v1/:splat 200`,
        '/down/* http://127.0.0.1:9/:splat 200',
        '/at/:host http://:host/ 200',
      ].join('\n'),
    });
    const answer = await ask(url, '/api/a?b=1');
    expect(answer).toMatchObject({ status: 201, text: 'from there' });
    expect(answer.headers).toMatchObject({ 'cache-control': 'max-age=5', 'x-from': 'backend' });
    expect(answer.headers['x-asset']).toBeUndefined();
    expect(answer.headers['x-mine']).toBeUndefined();
    const posted = await fetch(`${url}/api/b`, {
      method: 'POST',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(posted.status).toBe(201);
    expect(seen).toEqual([
      `GET 127.0.0.1:${port} /v1/a?b=1 `,
      `POST 127.0.0.1:${port} /v1/b {"a":1}`,
    ]);
    expect(await go('/down/a')).toMatch(/^502 502: 127\.0\.0\.1:9 cannot be reached: /u);
    expect(await go('/at/a%20b')).toBe('502 502: http://a%20b/ is no URL');
    expect((await fetch(`${url}/about`, { method: 'POST', body: 'x' })).status).toBe(405);
  });

  test.each([
    ['/a', 'a destination that begins with "/", "http:" or "https:" is expected'],
    ['/a b', 'a destination that begins with "/", "http:" or "https:" is expected'],
    ['/a x /b', 'name=value is expected between the paths, not "x"'],
    ['/a /b 999', '999 is no status for a rule: one from 200 to 599 is expected'],
    ['/a /b 301 Moon=full', 'Moon is no condition: Country, Language, Cookie or Role is expected'],
    [
      '/a /b 301 de',
      'Country=, Language=, Cookie= or Role= is expected behind the status, not "de"',
    ],
    ['/a 301', 'a destination is expected behind the path: a path, or a URL'],
    ['a /b', 'a path begins with "/"'],
    ['/.netlify/x /b', 'paths below /.netlify are the host’s own'],
    ['/a/*/b /c', '"*" stands at the end of a path alone'],
    ['/a?b=c /d', 'a path has no "?" or "#": query parameters stand behind it as name=value'],
    ['/a /a', 'it would lead to itself, again and again: the host ignores it'],
  ])('%s is left out, with its line', async (line, problem) => {
    const { origin } = await site({ _redirects: `# first\n${line}\n` });
    expect(origin.warnings).toEqual([`_redirects:2: ${problem}`]);
  });

  test('a rule that forwards needs no destination; one for a host is for that host', async () => {
    const { go } = await site({
      'old/a.html': 'old a',
      _redirects: ['/old/* 200', 'http://blog.test/* https://www.test/blog/:splat 301!'].join('\n'),
    });
    expect(await go('/old/a')).toBe('200 old a');
    expect(await go('/x', { headers: { host: 'blog.test:80' } })).toBe(
      '301 https://www.test/blog/x',
    );
    expect(await go('/x')).toBe('404 lost');
  });
});

describe('_headers', () => {
  test('without regard to case and to the slash at the end, and not for redirects', async () => {
    const { url, origin } = await site({
      _headers: '/ABOUT/\n  X-A: 1\n  X-A: 2\n/docs/*\n  X-B: :splat\n',
      _redirects: '/docs/old /about\n',
    });
    expect(origin.warnings).toEqual([]);
    expect((await ask(url, '/about')).headers['x-a']).toBe('1, 2');
    expect((await ask(url, '/docs/')).headers['x-b']).toBe(':splat');
    expect((await ask(url, '/docs/old')).headers['x-b']).toBeUndefined();
  });

  test('Basic-Auth asks nobody, and says so', async () => {
    const { origin } = await site({ _headers: '/docs/*\n  Basic-Auth: me:secret\n' });
    expect(origin.warnings).toEqual([
      '_headers:1: Basic-Auth asks nobody for a password here, and turns no caching off',
    ]);
  });
});

describe('netlify.toml', () => {
  const TOML = `
[build]
  publish = "dist"

[[headers]]
  for = "/*"
  [headers.values]
    X-Frame-Options = "DENY"
    cache-control = '''
    max-age=0,
    no-cache'''

[[redirects]]
  from = "/old/*"
  to = "/about"
  status = 302
  force = true
  query = { id = ":id" }
  conditions = { Country = ["de"] }

[[redirects]]
  from = "/moved"
  to = "/toml"
`;

  test('headers and redirects, behind those of the files', async () => {
    const { url, go, origin } = await site({
      'netlify.toml': TOML,
      _headers: '/*\n  X-Frame-Options: SAMEORIGIN\n  X-Mine: yes\n',
      _redirects: '/moved /file\n',
    });
    expect((await ask(url, '/about')).headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-mine': 'yes',
      'cache-control': 'max-age=0, no-cache',
      'x-asset': 'max-age=1',
    });
    expect(await go('/moved')).toBe('301 /file');
    expect(await go('/old/x?id=1', { headers: { 'x-country': 'DE' } })).toBe('302 /about');
    expect(await go('/old/x?id=1')).toBe('404 lost');
    expect(origin.warnings).toEqual([
      'netlify.toml:21: /moved never matches: _redirects:1 (/moved) answers first',
    ]);
  });

  test('is found at the root of the project, above the folder that is served', async () => {
    const project = await writeSite({ 'package.json': '{}', 'netlify.toml': TOML });
    const folder = path.join(project, 'out', 'site');
    await mkdir(folder, { recursive: true });
    await addFiles(folder, { 'about.html': 'about' });
    const { url } = await serveFolder(folder, { hosting: NETLIFY });
    expect((await ask(url, '/about')).headers['x-frame-options']).toBe('DENY');
  });

  test('but not above that', async () => {
    const above = await writeSite({ 'netlify.toml': TOML });
    const folder = path.join(above, 'project', 'dist');
    await mkdir(folder, { recursive: true });
    await addFiles(path.dirname(folder), { 'package.json': '{}' });
    await addFiles(folder, { 'about.html': 'about' });
    const { url } = await serveFolder(folder, { hosting: NETLIFY });
    expect((await ask(url, '/about')).headers['x-frame-options']).toBeUndefined();
  });

  test('that is no TOML is an error with its line', async () => {
    const folder = await writeSite({ 'netlify.toml': '[build]\n\n[[redirects]\n  from = "/a"\n' });
    await expect(createOrigin({ folder, hosting: NETLIFY })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(/^netlify\.toml:3: this is no TOML: /u),
    });
  });

  test.each([
    ['[[redirects]]\nfrom = 1', 'from is expected to be a path'],
    ['[[redirects]]\nfrom = "/a"\nto = 2', 'to is expected to be a path or a URL'],
    ['[[redirects]]\nfrom = "/a"\nto = "/b"\nstatus = "301"', 'status is expected to be a number'],
    ['[[redirects]]\nfrom = "/a"\nto = "/b"\nforce = 1', 'force is expected to be true or false'],
    [
      '[[redirects]]\nfrom = "/a"\nto = "/b"\nforced = true',
      'forced is not known here: from, to, status, force, query, conditions, headers, signed are',
    ],
    [
      '[[redirects]]\nfrom = "/a"\nto = "/b"\nquery = { a = 1 }',
      'query is expected to be a table of texts: { id = ":id" }',
    ],
    [
      '[[redirects]]\nfrom = "/a"\nto = "/b"\nconditions = { Country = 1 }',
      'conditions is expected to be a table of lists: { Country = ["de"] }',
    ],
    ['[[headers]]\nfor = "/a"', '[headers.values] with fields is expected'],
    ['[[headers]]\nfor = 1', 'for is expected to be a path'],
    [
      '[[headers]]\nfor = "/*"\n[headers.values]\nX-A = 1',
      'X-A is expected to be a text, or a list of texts',
    ],
    ['[[headers]]\nfor = "/*"\n[headers.values]\n"X A" = "b"', '"X A" is not a field name'],
  ])('%s is left out, with its line', async (text, problem) => {
    const { origin } = await site({ 'netlify.toml': `\n\n${text}\n` });
    expect(origin.warnings).toEqual([`netlify.toml:3: ${problem}`]);
  });

  test('is read again when it changes; while it cannot be read, what stood there holds', async () => {
    const { url, origin, folder } = await site({ 'netlify.toml': TOML });
    const file = path.join(folder, 'netlify.toml');
    const replace = async (text: string): Promise<void> => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    };
    await replace('[[headers]');
    expect((await ask(url, '/about')).headers['x-frame-options']).toBe('DENY');
    expect(origin.warnings[0]).toMatch(
      /^netlify\.toml:1: this is no TOML: .*: what stood there before still holds$/u,
    );
    await replace('[[headers]]\nfor = "/*"\n[headers.values]\nX-B = "2"\n');
    const { headers } = await ask(url, '/about');
    expect(headers['x-b']).toBe('2');
    expect(headers['x-frame-options']).toBeUndefined();
    expect(origin.warnings).toEqual([]);
  });
});

test('what Netlify does not read is told', async () => {
  const { origin } = await site({ 'vercel.json': '{}' });
  expect(origin.warnings).toEqual(['vercel.json: Netlify does not read it']);
});

test('without a host, _redirects is told not to be read', async () => {
  const { origin } = await serveSite({ 'index.html': 'home', _redirects: '/a /b\n' });
  expect(origin.warnings).toEqual([
    '_redirects: read under --profile netlify and cloudflare alone',
  ]);
});
