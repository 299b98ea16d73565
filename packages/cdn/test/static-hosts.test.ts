// A folder behind the edge of the CDN that hosts it: what its rules and its cache make of it together.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { createCdn } from '../src/index.ts';

type Headers = Readonly<Record<string, string>>;

async function hosted(profile: string, files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-hosted-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const cdn = await createCdn({ sites: [{ source: folder, profile }] });
  onTestFinished(() => cdn.close());
  const go = (target: string, headers: Headers = {}): Promise<Response> =>
    fetch(`${cdn.url}${target}`, { redirect: 'manual', headers });
  return { cdn, go };
}

it('netlify: files for a year at the edge and for all queries, validated by browsers, gone with a deploy', async () => {
  const { cdn, go } = await hosted('netlify', {
    'index.html': 'home',
    'a.css': 'css',
    _headers: '/a.css\n  Cache-Control: public, max-age=60\n',
    _redirects: '/old /a.css\n/* /index.html 200\n',
  });
  expect(cdn.warnings).toEqual([]);
  const first = await go('/a.css?v=1');
  expect(first.headers.get('cache-status')).toMatch(/^"Netlify Edge"; fwd=miss, /u);
  expect(first.headers.get('cache-control')).toBe('public, max-age=60');
  expect(first.headers.has('x-poplet-asset')).toBe(false);
  cdn.edge.clock.advance(300 * 24 * 3_600_000);
  const later = await go('/a.css?v=2');
  expect(later.headers.get('cache-status')).toMatch(/^"Netlify Edge"; hit, /u);
  expect(later.headers.get('age')).toBe('25920000');
  const page = await go('/some/page');
  expect(await page.text()).toBe('home');
  expect(page.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
  const moved = await go('/old');
  expect(moved.status).toBe(301);
  expect(moved.headers.get('location')).toBe('/a.css');
  cdn.edge.deploy();
  expect((await go('/a.css')).headers.get('cache-status')).toMatch(/^"Netlify Edge"; fwd=miss, /u);
});

it('netlify: a rule for some visitors is asked for each, whoever came before', async () => {
  const { go } = await hosted('netlify', {
    'index.html': 'home',
    'de/index.html': 'start',
    _redirects: '/ /de/ 302! Country=de\n',
  });
  for (let visit = 0; visit < 2; visit++) {
    const home = await go('/', { 'x-poplet-country': 'FR' });
    expect(home.status).toBe(200);
    const german = await go('/', { 'x-poplet-country': 'DE' });
    expect(german.status).toBe(302);
    expect(german.headers.get('location')).toBe('/de/');
  }
});

it('a build is announced, and never served by itself', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-built-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'a.css'), 'old');
  const notices: string[] = [];
  const cdn = await createCdn({
    sites: [{ source: folder, profile: 'netlify' }],
    onNotice: (text) => notices.push(text),
  });
  onTestFinished(() => cdn.close());
  const css = async (): Promise<string> => (await fetch(`${cdn.url}/a.css`)).text();
  expect(await css()).toBe('old');
  // As builds do it: everything goes, and comes anew.
  await rm(folder, { recursive: true });
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'a.css'), 'new');
  const text = `${folder} has changed: its files stay at the edge until the next deployment (poplet deploy)`;
  await expect.poll(() => notices).toContain(text);
  expect(await css()).toBe('old');
  const before = notices.length;
  await writeFile(path.join(folder, 'assets', 'b.css'), 'b');
  await expect.poll(() => notices.length).toBeGreaterThan(before);
  cdn.edge.deploy();
  expect(await css()).toBe('new');
});

it('vercel: files of the deployment, clean URLs, redirects by country', async () => {
  const { cdn, go } = await hosted('vercel', {
    'index.html': 'home',
    'about.html': 'about',
    'vercel.json': JSON.stringify({
      cleanUrls: true,
      headers: [{ source: '/about', headers: [{ key: 'X-A', value: '1' }] }],
      redirects: [
        {
          source: '/',
          has: [{ type: 'header', key: 'x-vercel-ip-country', value: 'GB' }],
          destination: '/uk',
          permanent: false,
        },
      ],
    }),
  });
  expect(cdn.warnings).toEqual([]);
  for (const word of ['MISS', 'HIT']) {
    const about = await go(`/about?${word}`);
    expect(about.headers.get('x-vercel-cache')).toBe(word);
    expect(about.headers.get('x-a')).toBe('1');
    expect(about.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
  }
  expect((await go('/about.html')).headers.get('location')).toBe('/about');
  expect((await go('/', { 'x-poplet-country': 'GB' })).headers.get('location')).toBe('/uk');
  expect((await go('/', { 'x-poplet-country': 'US' })).status).toBe(200);
  // What a visitor says in the edge's place does not count.
  expect((await go('/', { 'x-vercel-ip-country': 'GB' })).status).toBe(200);
});

it('cloudflare: the rules of Pages', async () => {
  const { cdn, go } = await hosted('cloudflare:no-cache=validated', {
    'a.css': 'css',
    _headers: '/*\n  X-A: one\n/a.css\n  X-A: two\n',
    _redirects: '/old.css /a.css\n/old.css /b.css\n',
  });
  expect(cdn.warnings).toEqual(['_redirects:2: /old.css stands above already: the first counts']);
  const file = await go('/a.css');
  expect(file.headers.get('x-a')).toBe('one, two');
  expect(file.headers.get('cf-cache-status')).toBe('MISS');
  expect((await go('/old.css')).headers.get('location')).toBe('/a.css');
});

it('fastly hosts no sites: _redirects is not read, and that is said', async () => {
  const { cdn, go } = await hosted('fastly', { 'a.css': 'css', _redirects: '/old.css /a.css\n' });
  expect(cdn.warnings).toEqual(['_redirects: read under --profile netlify and cloudflare alone']);
  expect((await go('/old.css')).status).toBe(404);
});

it('a vercel.json that cannot be read keeps it from starting, with the line', async () => {
  await expect(
    hosted('vercel', { 'index.html': 'home', 'vercel.json': '{\n  "redirects": {}\n}' }),
  ).rejects.toMatchObject({
    code: 'config-invalid',
    message: 'vercel.json:2: redirects: expected array, received object',
  });
});
