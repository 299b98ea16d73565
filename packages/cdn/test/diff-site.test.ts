import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { diffSite, type SiteDiff } from '../src/index.ts';

/** What differs, by URL. */
function summary({ differences }: SiteDiff): Readonly<Record<string, string>> {
  return Object.fromEntries(
    differences.map(({ url, status, aspects }) => [url, `${status} ${aspects.join(' ')}`]),
  );
}

describe('a folder', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'poplet-diff-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(path.join(folder, 'index.html'), '<h1>Shop</h1>');
    await writeFile(path.join(folder, 'about.html'), '<h1>About</h1>');
    await writeFile(path.join(folder, 'assets', 'app-DaKb12xY.js'), 'export {}');
    await writeFile(
      path.join(folder, '_headers'),
      '/about*\n  Cache-Control: max-age=600, stale-while-revalidate=60\n/assets/*\n  Cache-Control: s-maxage=60, stale-while-revalidate=600\n',
    );
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('every file as the origin server answers it, and a page that is missing', async () => {
    const found = await diffSite({
      source: folder,
      profiles: ['cloudflare', 'fastly'],
      aspects: ['stored', 'lifetime', 'stale'],
    });
    expect(found).toMatchObject({
      source: folder,
      profiles: ['cloudflare', 'fastly'],
      compared: 6,
      leftOut: 0,
      failures: [],
    });
    expect(summary(found)).toEqual({
      '/': '200 stored stale',
      '/index.html': '200 stored stale',
      '/about': '200 stored lifetime stale',
      '/about.html': '200 stored lifetime stale',
      '/assets/app-DaKb12xY.js': '200 stale',
    });
    const asset = found.differences.find(({ url }) => url.startsWith('/assets/'));
    expect(asset?.treatments).toMatchObject([
      {
        profile: 'cloudflare',
        stored: 'fresh',
        lifetime: 60,
        stale: { whileRevalidateSeconds: 0 },
      },
      { profile: 'fastly', stored: 'fresh', lifetime: 60, stale: { whileRevalidateSeconds: 600 } },
    ]);
  });

  it('only what was asked about', async () => {
    const found = await diffSite({
      source: folder,
      profiles: ['cloudflare', 'fastly'],
      aspects: ['lifetime'],
    });
    expect(summary(found)).toEqual({ '/about': '200 lifetime', '/about.html': '200 lifetime' });
  });

  it('profiles with options: none of it differs', async () => {
    const found = await diffSite({
      source: folder,
      profiles: ['fastly', 'fastly:no-store=ignored'],
    });
    expect([found.compared, found.differences]).toEqual([6, []]);
  });

  it('each CDN that hosts folders has it served as it would', async () => {
    const plain = await mkdtemp(path.join(tmpdir(), 'poplet-diff-'));
    await writeFile(path.join(plain, 'logo.svg'), '<svg/>');
    const found = await diffSite({
      source: plain,
      profiles: ['fastly', 'netlify'],
      aspects: ['lifetime', 'browser'],
    });
    await rm(plain, { recursive: true });
    const logo = found.differences.find(({ url }) => url === '/logo.svg');
    expect(logo?.treatments[1]).toMatchObject({
      profile: 'netlify',
      lifetime: 31_536_000,
      browser: {
        status: 200,
        fields: expect.arrayContaining([
          [expect.stringMatching(/^cache-control$/iu), 'public, max-age=0, must-revalidate'],
        ]),
      },
    });
  });

  it('what cannot be listed is not passed over', async () => {
    const linked = await mkdtemp(path.join(tmpdir(), 'poplet-diff-'));
    await symlink(path.join(folder, 'index.html'), path.join(linked, 'index.html'));
    await expect(
      diffSite({ source: linked, profiles: ['cloudflare', 'fastly'] }),
    ).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('cannot be listed'),
    });
    await rm(linked, { recursive: true });
  });

  it.each<[profiles: readonly [string, string], source: string, code: string]>([
    [['cloudflare', 'cloudflare'], '.', 'invalid-option'],
    [['cloudflare', 'fastly:no-store=refused'], './nowhere', 'folder-missing'],
    [['cloudflare', 'fastyl'], '.', 'invalid-option'],
    [['cloudflare', 'fastly'], 'http://127.0.0.1:9/', 'upstream-unreachable'],
  ])('%j of %s is refused', async (profiles, source, code) => {
    await expect(diffSite({ source, profiles })).rejects.toMatchObject({ code });
  });
});

describe('a page', () => {
  let origin: Server;
  let url: string;
  const asked: string[] = [];
  const BODIES: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/shop': [
      'text/html',
      '<link rel=stylesheet href=/style.css><script type=module src=/app.js></script><img src=/logo.png><img src="http://elsewhere.test/x.png"><a href=/next>',
    ],
    '/style.css': ['text/css', '@font-face { src: url(font.woff2) } @import "more.css";'],
    '/more.css': ['text/css', 'p { background: url(/logo.png) }'],
    '/app.js': ['text/javascript', 'import "./part.js"; import("./later.js");'],
    '/part.js': ['text/javascript', 'import "./app.js";'],
    '/cut': ['text/html', '<img src=/cut.png>'],
    '/many': [
      'text/html',
      Array.from({ length: 50 }, (_, index) => `<img src="/${index}.png">`).join(''),
    ],
  };

  beforeAll(async () => {
    origin = createServer((request, response) => {
      asked.push(`${request.url}`);
      if (request.url === '/cut.png') {
        request.socket.destroy();
        return;
      }
      const [type, body] = BODIES[request.url ?? ''] ?? ['image/png', 'x'];
      response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=60' }).end(body);
    });
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    asked.length = 0;
  });

  afterAll(() => {
    origin.close();
  });

  it('and what it loads from the same origin, and that in turn', async () => {
    const found = await diffSite({
      source: `${url}/shop`,
      profiles: ['cloudflare', 'fastly'],
      aspects: ['stored'],
    });
    expect(found.compared).toBe(7);
    expect(summary(found)).toEqual({ '/shop': '200 stored' });
    expect([...new Set(asked)].toSorted()).toEqual([
      '/app.js',
      '/font.woff2',
      '/logo.png',
      '/more.css',
      '/part.js',
      '/shop',
      '/style.css',
    ]);
  });

  it('no more than the limit, and how many were left out', async () => {
    const found = await diffSite({
      source: `${url}/many`,
      profiles: ['rfc9111', 'vercel'],
      aspects: ['stored'],
      limit: 10,
    });
    expect([found.compared, found.differences.length, found.leftOut]).toEqual([10, 10, 41]);
  });

  it('what gives no answer is named', async () => {
    const found = await diffSite({ source: `${url}/cut`, profiles: ['rfc9111', 'cloudflare'] });
    expect(found.failures).toEqual([{ url: '/cut.png', message: expect.any(String) }]);
    expect(found.compared).toBe(1);
  });
});
