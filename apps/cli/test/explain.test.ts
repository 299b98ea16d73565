import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { popletToEnd, served } from './poplet.ts';

const PAGES: Readonly<Record<string, readonly [status: number, ...lines: string[]]>> = {
  '/account': [200, 'Cache-Control', 'private, max-age=60'],
  '/gone': [404, 'Cache-Control', 'public, max-age=31536000'],
  '/busy': [429, 'Cache-Control', 'max-age=60'],
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
    response.writeHead(status, [...lines, 'Content-Length', '0']).end();
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

/** Of the edge that runs. */
function explainOwn(...args: readonly string[]): ReturnType<typeof popletToEnd> {
  return explain(...args, '--admin', edge.ready.admin);
}

it('a page of another server: verdict, chain, what comes next, and a header diff', async () => {
  const { code, stdout, stderr } = await explain(`${url}/account`, '-H', 'X-Kind: a: b');
  expect(code).toBe(0);
  expect(stderr).toBe(
    `no edge of poplet serves ${url}: it was asked directly, once; this is what rfc9111 makes of it\n`,
  );
  expect(stdout).toBe(`GET ${url}/account  200
Not cached: cache-control says private

Why
  · nothing is stored for this URL                                                   RFC 9111 §4
  · not stored: cache-control says private                                     RFC 9111 §5.2.2.7

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
  const { stdout, code } = await explain(`${url}/gone`, '--json');
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
  const { stdout } = await explain(`${url}/busy`);
  expect(stdout).toContain(
    'No header can change that: a 429 must not be stored by a cache (RFC 6585 §3).\n',
  );
});

it('a method that changes something is not sent', async () => {
  const { code, stdout } = await explain(`${url}/account`, '--method', 'POST');
  expect(code).toBe(0);
  expect(stdout).toContain('It was not sent: for an explanation, only GET and HEAD are.\n');
  expect(asked.filter(({ line }) => line.startsWith('POST'))).toEqual([]);
});

it.each([
  { args: ['page'], says: '"page" is not a URL or a path' },
  { args: ['localhost:5173/page'], says: ' hint write it as http://localhost:5173/page, or' },
  { args: ['ftp://localhost/'], says: 'is not a URL or a path' },
  { args: ['/page', '--admin', 'http://127.0.0.1:9'], says: 'nothing answers at' },
  { args: ['http://a.test/', '--admin', 'http://127.0.0.1:9'], says: 'nothing answers at' },
  { args: ['http://127.0.0.1:9/', '-H', 'nonsense'], says: 'is not a header' },
  { args: ['http://127.0.0.1:9/', '--profile', 'rfc911'], says: 'did you mean "rfc9111"?' },
  { args: [], says: 'missing required argument' },
])('$args is refused with a hint', async ({ args, says }) => {
  const { code, stdout, stderr } = await explain(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(says);
});

it('the running edge keeps its own profile', async () => {
  const { code, stderr } = await explainOwn('/menu.json', '--profile', 'rfc9111');
  expect(code).toBe(2);
  expect(stderr).toContain('leave --profile out');
});

it('a server that does not answer', async () => {
  const { code, stdout, stderr } = await explain('http://127.0.0.1:9/');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toContain('nothing listens at http://127.0.0.1:9\n hint start that server first');
});
