import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { popletToEnd } from './poplet.ts';

// Each starts a process, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poplet-diff-'));
  await writeFile(path.join(folder, 'index.html'), '<h1>Shop</h1>');
  await writeFile(path.join(folder, 'app.js'), 'export {}');
  await writeFile(
    path.join(folder, '_headers'),
    '/*\n  Cache-Control: s-maxage=60, stale-while-revalidate=600\n',
  );
});

afterAll(() => rm(folder, { recursive: true }));

function diff(...args: readonly string[]): ReturnType<typeof popletToEnd> {
  return popletToEnd('diff', ...args);
}

const TWO = ['--profile', 'cloudflare', '--profile', 'fastly'] as const;

it('what differs, grouped, with why; exit status 4', async () => {
  const { code, stdout, stderr } = await diff(...TWO, folder, '--on', 'stored,lifetime,stale');
  expect([code, stderr]).toEqual([4, '']);
  expect(stdout).toBe(`cloudflare and fastly treat 3 of 4 URLs of ${folder} differently
stored 2 · lifetime 2 · stale 3

/
/index.html
  stored    cloudflare  no
            fastly      yes
  lifetime  cloudflare  -
            fastly      1 min
  why       cloudflare  Not cached: this CDN goes by the ending of the path, and / has none that
                        it caches: passed on, never stored
            fastly      Cached for 1 minute, by Cache-Control: s-maxage=60

/app.js
  stale     cloudflare  refreshed no, if it fails no
            fastly      refreshed 10 min, if it fails 10 min
`);
});

it('nothing differs: exit status 0', async () => {
  const profiles = ['--profile', 'fastly', '--profile', 'fastly:stale-if-error=on'];
  const { code, stdout } = await diff(...profiles, '--on', 'stored', folder);
  expect([code, stdout]).toEqual([
    0,
    `fastly and fastly:stale-if-error=on treat all 4 URLs of ${folder} alike\n`,
  ]);
});

it('a CDN’s own configuration beside a profile', async () => {
  const file = path.join(folder, '.rules.json');
  const rule = {
    action: 'set_cache_settings',
    expression: 'http.request.uri.path eq "/"',
    action_parameters: { cache: true, cache_reserve: { eligible: true } },
  };
  await writeFile(file, JSON.stringify({ rules: [rule] }));
  const profiles = ['--profile', 'cloudflare', '--profile', file];
  const { code, stdout, stderr } = await diff(...profiles, folder, '--on', 'stored', '--json');
  expect(code).toBe(4);
  expect(stderr).toContain('not emulated: rules[0].action_parameters.cache_reserve: ');
  expect(JSON.parse(stdout)).toMatchObject({
    profiles: ['cloudflare', 'cloudflare (.rules.json)'],
    differences: [
      {
        url: '/',
        treatments: [
          { stored: 'no' },
          { profile: 'cloudflare (.rules.json: rule 1)', stored: 'fresh' },
        ],
      },
    ],
  });
});

it('as JSON', async () => {
  const { code, stdout } = await diff(...TWO, folder, '--on=stale', '--json');
  expect(code).toBe(4);
  expect(stdout.split('\n')).toHaveLength(2);
  expect(JSON.parse(stdout)).toMatchObject({
    source: folder,
    profiles: ['cloudflare', 'fastly'],
    aspects: ['stale'],
    compared: 4,
    differences: [
      { url: '/', status: 200, aspects: ['stale'] },
      {
        url: '/app.js',
        treatments: [
          { profile: 'cloudflare', stale: { whileRevalidateSeconds: 0 } },
          { profile: 'fastly', stale: { whileRevalidateSeconds: 600 } },
        ],
      },
      { url: '/index.html' },
    ],
  });
});

it.each([
  { args: ['.'], says: 'two profiles are compared' },
  { args: [...TWO, '--profile', 'vercel', '.'], says: 'two profiles are compared' },
  { args: ['--profile', 'cloudflair', '--profile', 'fastly', '.'], says: '"cloudflare"?' },
  { args: [...TWO, './nowhere'], says: 'there is no folder ./nowhere' },
  { args: [...TWO, '--on', 'life', '.'], says: 'what is: stored, lifetime, stale, key, browser' },
  { args: [...TWO, '--on', 'lifetme', '.'], says: 'did you mean "lifetime"?' },
  { args: [...TWO, '--limit', 'few', '.'], says: 'it is a number above 0' },
  { args: [...TWO, '-H', 'x', '.'], says: 'is not a header' },
])('$args is refused with a hint', async ({ args, says }) => {
  const { code, stdout, stderr } = await diff(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(says);
  expect(stderr).toContain('\n hint ');
});

it('a server that does not answer', async () => {
  const { code, stderr } = await diff(...TWO, 'http://127.0.0.1:9/');
  expect(code).toBe(3);
  expect(stderr).toContain('start that server first');
});
