import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { popletToEnd, served } from './poplet.ts';

const PAGES: Readonly<Record<string, readonly [status: number, ...lines: string[]]>> = {
  '/promise.js': [200, 'Cache-Control', 's-maxage=60, stale-while-revalidate=600'],
  '/unsure.js': [200, 'Cache-Control', 'no-cache', 'ETag', '"v1"'],
  '/account': [200, 'Cache-Control', 'private, max-age=60'],
  '/gone': [404, 'Cache-Control', 'public, max-age=31536000'],
  '/busy': [429, 'Cache-Control', 'max-age=60'],
  '/part': [206, 'Cache-Control', 'max-age=60', 'ETag', '"v1"', 'Content-Range', 'bytes 0-3/10'],
  '/login': [200, 'Cache-Control', 'max-age=60', 'Set-Cookie', 'sid=1'],
  '/wide?utm_source=x': [200, 'Cache-Control', 'max-age=60', 'Vary', 'User-Agent'],
};

let origin: Server;
let url: string;
const asked: { readonly line: string; readonly headers: IncomingHttpHeaders }[] = [];
let folder: string;
let edge: Awaited<ReturnType<typeof served>>;

beforeAll(async () => {
  origin = createServer((request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const [status, ...lines] = PAGES[request.url ?? ''] ?? [200];
    const body = status === 206 ? '0123' : '';
    response.writeHead(status, [...lines, 'Content-Length', String(body.length)]).end(body);
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  folder = await mkdtemp(path.join(tmpdir(), 'poplet-explain-'));
  await writeFile(path.join(folder, 'menu.json'), '{"soup":9}');
  await writeFile(path.join(folder, '_headers'), '/menu.json\n  Cache-Control: max-age=600\n');
  edge = await served(folder);
});

afterAll(async () => {
  edge.child.kill('SIGTERM');
  await edge.ended;
  origin.close();
  await rm(folder, { recursive: true });
});

function explain(...args: readonly string[]): ReturnType<typeof popletToEnd> {
  return popletToEnd('explain', ...args);
}

/** What one CDN would do, of a server that no edge stands before. */
function explainAs(profile: string, ...args: readonly string[]): ReturnType<typeof popletToEnd> {
  return explain(...args, '--profile', profile);
}

/** Of the edge that runs. */
function explainOwn(...args: readonly string[]): ReturnType<typeof popletToEnd> {
  return explain(...args, '--admin', edge.ready.admin);
}

it('a page of another server: verdict, chain, what comes next, and a header diff', async () => {
  const { code, stdout, stderr } = await explain(
    `${url}/account`,
    '-H',
    'X-Kind: a: b',
    '--profile',
    'rfc9111',
  );
  expect(code).toBe(0);
  expect(stderr).toBe(`${url} was asked directly: this is what rfc9111 makes of it\n`);
  expect(stdout).toBe(`GET ${url}/account  200
Not cached: cache-control says private

Why
  · nothing is stored for this URL                                                   RFC 9111 §4
  · not stored: cache-control says private                                     RFC 9111 §5.2.2.7
  · not compressed: content that does not say its type is not worth it                    Poplet

Then
  the next request  no hit: nothing is stored for this URL
  in the browser    kept for 1 minute (max-age), where no purge reaches it

To have it cached:
  + CDN-Cache-Control: max-age=300
    CDN-Cache-Control is for the CDN alone, which keeps it for 5 minutes; browsers go on as
    before
    careful: the response said private: everybody would get what was made for this visitor. Do
    it only if the page is the same for all
  or
  - Cache-Control: private, max-age=60
  + Cache-Control: max-age=60
    without private, the CDN and every browser may keep it
    careful: the response said private: everybody would get what was made for this visitor. Do
    it only if the page is the same for all
`);
  expect(asked.filter(({ line }) => line === 'GET /account')).toMatchObject([
    { headers: { 'x-kind': 'a: b', 'accept-encoding': 'gzip, deflate, br, zstd' } },
  ]);
});

it('the running edge: by path and by URL, before and after it is cached', async () => {
  const before = await explainOwn('/menu.json');
  expect(before).toMatchObject({ code: 0, stderr: '' });
  expect(before.stdout).toContain('Cached for 10 minutes, by Cache-Control: max-age=600\n');
  expect(before.stdout).toContain('nothing is stored for this URL');
  expect(before.stdout).toContain('\nNot to have it cached:\n  - cache-control: max-age=600\n');
  expect(before.stdout).not.toContain('stale-if-error');
  expect(before.stdout).toContain('With --all, also how to: have it kept, and the origin');

  await (await fetch(`${edge.ready.edge}/menu.json`)).text();
  const after = await explainOwn(`${edge.ready.edge}/menu.json`, '--all');
  expect(after.stdout).toMatch(/^In the cache: fresh for (?:10 minutes|another 9 minutes)/mu);
  expect(after.stdout).toContain('  + cache-control: max-age=600, stale-if-error=86400\n');
});

it('as JSON', async () => {
  const { stdout, code } = await explainAs('rfc9111', `${url}/gone`, '--json');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(JSON.parse(stdout)).toMatchObject({
    url: `${url}/gone`,
    profile: 'rfc9111',
    verdict: { kind: 'cached' },
    upstream: { kind: 'response', status: 404 },
    suggestions: expect.arrayContaining([
      expect.objectContaining({
        goal: 'fresh-shorter',
        patches: [
          {
            on: 'response',
            set: [['Cache-Control', 'public, max-age=60']],
            remove: [],
            replaces: [['Cache-Control', 'public, max-age=31536000']],
          },
        ],
      }),
    ]),
  });
});

it('what no header can change', async () => {
  const { stdout } = await explainAs('rfc9111', `${url}/busy`);
  expect(stdout).toMatch(/\n\nNo header can change that \(RFC 6585 §3\)\.\n$/u);
  expect(stdout).toContain('Not cached: a 429 must not be stored by a cache\n');
});

it('what stands in the verdict is not said again, unless it is news', async () => {
  const { stdout } = await explainAs('rfc9111', `${url}/part`);
  expect(stdout).toContain('\nKept in part (4 of 10 bytes): the origin is asked for the rest\n');
  expect(stdout).toContain('\n\nNo header can change that: 4 of 10 bytes are stored, and ');
  const waiting = await explainAs('rfc9111', `${url}/part`, '-H', 'Cache-Control: only-if-cached');
  expect(waiting.stdout).toMatch(
    /\n\nWithout only-if-cached in the request, the origin would be asked\.\n$/u,
  );
});

it('what is cached, and how it could be of more use', async () => {
  const cookie = await explainAs('rfc9111', `${url}/login`);
  expect(cookie.stdout).toContain(
    '\n\nTo have it cached without the cookie:\n  - Set-Cookie: sid=1\n',
  );
  const { stdout } = await explainAs('rfc9111', `${url}/wide?utm_source=x`);
  expect(stdout).toContain('\n\nTo give more visitors what is stored:\n  - Vary: User-Agent\n');
  expect(stdout).toContain(`

To have one stored answer for all links to the page:
  + No-Vary-Search: params=("utm_source")
`);
});

it('a method that changes something is not sent', async () => {
  const { code, stdout } = await explainAs('rfc9111', `${url}/account`, '--method', 'POST');
  expect(code).toBe(0);
  expect(stdout).toContain(`
No header can change that (RFC 9111 §4).

It was not sent: for an explanation, only GET and HEAD are.

To have its answer serve GETs of this URL:
  + Content-Location: /account
  + CDN-Cache-Control: max-age=300
    where the answer is a 200, Content-Location says that it is what /account shows from now on:
    GETs may have it
`);
  expect(stdout.split('where the answer is a 200')).toHaveLength(2);
  expect(asked.filter(({ line }) => line.startsWith('POST'))).toEqual([]);
});

it.each([
  { args: ['page'], says: '"page" is not a URL or a path' },
  {
    args: ['localhost:5173/page'],
    says: ' hint write it as http://localhost:5173/page, or as a path of the running edge: /data.json\n',
  },
  {
    args: ['data/menu.json'],
    says: ' hint write it as http://localhost:5173/data.json, or as a path of the running edge: /data/menu.json\n',
  },
  {
    args: ['shop.test/menu'],
    says: ' hint write it as http://shop.test/menu, or as a path of the running edge: /shop.test/menu\n',
  },
  { args: ['ftp://localhost/'], says: 'is not a URL or a path' },
  { args: ['/page', '--admin', 'http://127.0.0.1:9'], says: 'nothing answers at' },
  { args: ['http://a.test/', '--admin', 'http://127.0.0.1:9'], says: 'nothing answers at' },
  { args: ['http://127.0.0.1:9/', '-H', 'nonsense'], says: 'is not a header' },
  {
    args: ['http://127.0.0.1:9/', '-X', 'post'],
    says: ' hint methods are written in capitals: POST',
  },
  { args: ['http://127.0.0.1:9/', '-X', 'PURGE'], says: ' hint purge with poplet purge' },
  { args: ['http://127.0.0.1:9/', '--profile', 'rfc911'], says: 'did you mean "rfc9111"?' },
  {
    args: ['http://127.0.0.1:9/', '--profile', 'all', '--profile', 'fastley'],
    says: 'did you mean "fastly"?',
  },
  { args: ['http://127.0.0.1:9/', '-X', 'POST'], says: ' hint name one profile' },
  { args: [], says: 'missing required argument' },
])('$args is refused with a hint', async ({ args, says }) => {
  const { code, stdout, stderr } = await explain(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(says);
});

it('the running edge is known by whatever name leads to it', async () => {
  const { port } = new URL(edge.ready.edge);
  const named = await explainOwn(`http://kitchen.localhost:${port}/menu.json`);
  expect(named).toMatchObject({ code: 0, stderr: '' });
  const other = await explainOwn(`http://127.0.0.1:${new URL(url).port}/account`);
  expect(other.stdout).toMatch(/^profile +stored /mu);
});

it('an edge whose admin API is elsewhere is not taken for an origin server', async () => {
  const page = `${edge.ready.edge}/menu.json`;
  const { code, stdout, stderr } = await explain(page);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    `error ${edge.ready.edge} is an edge of poplet itself, and not that of the admin API at http://127.0.0.1:8081
 hint name its own, which its ready line shows: --admin http://127.0.0.1:8081; or, for a second edge before it, --profile
`,
  );
  // Who asks for a second edge gets it.
  const second = await explainAs('rfc9111', page);
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('Cached for')]);
});

it('another profile than that of the running edge: the origin behind it is asked', async () => {
  const { code, stdout, stderr } = await explainOwn('/menu.json', '--profile', 'fastly');
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+ was asked directly: this is what fastly makes of it\n$/u,
  );
  expect(stdout).toContain(`GET ${edge.ready.edge}/menu.json  200\nCached for 10 minutes, by `);
});

it('a server that does not answer', async () => {
  const { code, stdout, stderr } = await explain('http://127.0.0.1:9/');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('nothing listens at http://127.0.0.1:9\n hint start that server first');
});

describe('all profiles', () => {
  /** What the table says of a profile, by column. */
  function row(stdout: string, profile: string): Readonly<Record<string, string>> {
    const lines = stdout.split('\n');
    const head = lines.find((line) => line.startsWith('profile ')) ?? '';
    const line = lines.find((one) => one.startsWith(`${profile} `)) ?? '';
    const cells = (text: string): readonly string[] => text.trim().split(/ {2,}/u);
    const values = cells(line);
    return Object.fromEntries(cells(head).map((name, index) => [name, values[index] ?? '']));
  }

  it('s-maxage beside stale-while-revalidate: one request, and each CDN’s own answer', async () => {
    asked.length = 0;
    const { code, stdout, stderr } = await explain(`${url}/promise.js`);
    expect([code, stderr]).toEqual([0, '']);
    expect(asked.map(({ line }) => line)).toEqual(['GET /promise.js']);
    const common = { stored: 'yes', 'fresh for': '1 min' };
    expect(row(stdout, 'rfc9111')).toMatchObject({ ...common, refreshed: 'no' });
    expect(row(stdout, 'cloudflare')).toMatchObject({ ...common, refreshed: 'no' });
    expect(row(stdout, 'fastly ?')).toMatchObject({ ...common, refreshed: '10 min' });
    expect(row(stdout, 'cloudfront')).toMatchObject({
      ...common,
      refreshed: '10 min',
      'if it fails': 'always',
    });
    expect(row(stdout, 'cloudfront-caching-disabled')).toMatchObject({ stored: 'no' });
    expect(row(stdout, 'vercel')).toMatchObject({ ...common, refreshed: '10 min' });
    expect(row(stdout, 'netlify')).toMatchObject({ ...common, refreshed: '10 min' });
    expect(row(stdout, 'google-cloud-cdn')).toMatchObject({ ...common, refreshed: 'no' });
    expect(row(stdout, 'keycdn')).toMatchObject({ ...common, refreshed: '10 min' });
    expect(row(stdout, 'akamai-max-age')).toMatchObject({ 'fresh for': '10 y', refreshed: 'no' });
    // What only others than Fastly say of Fastly.
    expect(stdout).toContain('fastly, s-maxage-stale (whether stale-while-revalidate counts');
    expect(stdout).toMatch(
      /As\s+fastly:s-maxage-stale=forbidden:\s+stale:\s+refreshed\s+no,\s+if\s+it\s+fails\s+no/u,
    );
    // The browser is told what the origin says, but by Vercel, which keeps s-maxage for itself.
    expect(stdout).toContain('Cache-Control: s-maxage=60, stale-while-revalidate=600\n');
    expect(stdout).toMatch(/^ {2}cloudflare {2}CF-Cache-Status: MISS, then HIT$/mu);
  });

  it('a CDN’s own configuration, alone and beside a profile', async () => {
    const file = path.join(folder, '.rules.json');
    const rule = {
      action: 'set_cache_settings',
      expression: 'ends_with(http.request.uri.path, ".js")',
      action_parameters: { edge_ttl: { mode: 'override_origin', default: 7 } },
    };
    await writeFile(file, JSON.stringify({ rules: [rule] }));
    const alone = await explainAs(file, `${url}/promise.js`);
    expect(alone.stdout).toContain('Cached for 7 seconds, by the default of this CDN\n');
    const { stdout } = await explain(
      `${url}/promise.js`,
      '--profile',
      'cloudflare',
      '--profile',
      file,
    );
    expect(row(stdout, 'cloudflare')).toMatchObject({ 'fresh for': '1 min' });
    expect(stdout).toMatch(/^cloudflare \(\.rules\.json: rule 1\) +yes +7 s /mu);
  });

  it('fits into 100 columns', async () => {
    const { stdout } = await explain(`${url}/promise.js`);
    const tooLong = stdout.split('\n').filter((line) => line.length > 100);
    expect(tooLong).toEqual([]);
  });

  it('what is not sure, and would make a difference, is said', async () => {
    const { stdout } = await explain(`${url}/unsure.js`, '--profile', 'all');
    expect(row(stdout, 'cloudflare ?')).toMatchObject({ stored: 'no' });
    expect(row(stdout, 'fastly')).toMatchObject({ stored: 'yes', 'fresh for': '1 h' });
    expect(row(stdout, 'cloudfront')).toMatchObject({ stored: 'yes', 'fresh for': '1 s' });
    expect(stdout).toMatch(/As cloudflare:no-cache=validated:\s+kept,\s+but\s+the\s+origin/u);
    // Where it makes no difference, it is not.
    const { stdout: sure } = await explain(`${url}/gone`);
    expect(row(sure, 'cloudflare')).toMatchObject({ stored: 'no' });
  });

  it('a cookie that one of them would not have sent', async () => {
    const { stdout } = await explain(`${url}/promise.js?v=1`, '-H', 'Cookie: sid=1');
    expect(stdout).toMatch(
      /cloudfront, [\w-]*caching-disabled[^.]*would\s+ask\s+without\s+cookie\s+and\s+the\s+query/u,
    );
  });

  it('some profiles, also of a page of the running edge, as JSON', async () => {
    const { code, stdout } = await explainOwn(
      '/menu.json',
      '--profile',
      'cloudflare',
      '--profile',
      'cloudfront:max-ttl=60',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'GET',
      url: `${edge.ready.edge}/menu.json`,
      upstream: {
        status: 200,
        fields: expect.arrayContaining([['cache-control', 'max-age=600']]),
      },
      profiles: [
        {
          profile: 'cloudflare',
          verdict: { kind: 'passed' },
          stored: null,
          fromOrigin: {
            fields: expect.arrayContaining([['CF-Cache-Status', 'DYNAMIC']]),
            browser: { kind: 'fresh', seconds: 600 },
          },
          doubts: [],
        },
        {
          profile: 'cloudfront:max-ttl=60',
          stored: { lifetimeSeconds: 60 },
          key: { uri: `${edge.ready.edge}/menu.json`, query: 'ignored' },
          stale: { whileRevalidateSeconds: 0, onErrorSeconds: null },
        },
      ],
    });
  });
});

it.each([
  ['vercel', 'Vercel-CDN-Cache-Control: max-age=300'],
  ['netlify', 'Netlify-CDN-Cache-Control: max-age=300'],
])('under %s it names a field that one’s own server can send', async (profile, field) => {
  const { code, stdout } = await explainAs(profile, `${url}/account`);
  expect(code).toBe(0);
  expect(stdout).toContain(`+ ${field}`);
  expect(stdout).not.toContain('X-Poplet');
});
