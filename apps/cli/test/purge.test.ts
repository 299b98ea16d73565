import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';

import { poplet, popletToEnd, type Ready, type Run } from './poplet.ts';

// Each starts a process or several, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let run: Run;
let ready: Ready;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poplet-purge-'));
  const site = path.join(folder, 'site');
  await mkdir(path.join(site, 'assets'), { recursive: true });
  await writeFile(path.join(site, 'assets', 'a.js'), 'a');
  await writeFile(path.join(site, 'menu.json'), '{}');
  const config = path.join(folder, 'poplet.config.json');
  const sites = ['shop.test', 'wiki.test'].map((host) => ({
    id: host.split('.')[0],
    hosts: [host, ...(host === 'shop.test' ? ['127.0.0.1'] : ['localhost', '[::1]'])],
    source: site,
    headers: [{ for: '/*', set: { 'Cache-Control': 'max-age=600', 'Cache-Groups': '"g"' } }],
  }));
  await writeFile(config, JSON.stringify({ sites }));
  run = poplet('--config', config, '--port', '0', '--admin-port', '0', '--json', '--quiet');
  await run.until(/\n/);
  ready = JSON.parse(run.stdout()) as Ready;
});

afterAll(async () => {
  run.child.kill('SIGTERM');
  await run.ended;
  await rm(folder, { recursive: true });
});

/** Whether the edge had an answer stored for this host; it has afterwards. */
async function isStored(target: string, host: string): Promise<boolean> {
  const { port } = new URL(ready.edge);
  const status = await new Promise<string>((resolve, reject) => {
    const headers = { host: `${host}:${port}` };
    get({ port, host: '127.0.0.1', path: target, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(String(response.headers['cache-status'])));
    }).on('error', reject);
  });
  return status.includes('poplet;hit');
}

function purge(...args: readonly string[]): ReturnType<typeof popletToEnd> {
  return popletToEnd('purge', ...args, '--admin', ready.admin);
}

const HOSTS = ['shop.test', 'wiki.test', '127.0.0.1'];

beforeEach(async () => {
  for (const host of HOSTS) {
    for (const target of ['/assets/a.js', '/menu.json']) {
      await isStored(target, host);
    }
  }
});

it.each([
  ['a path', ['/assets/a.js']],
  ['a prefix that is a path', ['--prefix', '/assets']],
])('%s reaches every name of the edge, and nothing else', async (_, args) => {
  const { code, stdout, stderr } = await purge(...args);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^purged \(purge \d+\): the next requests fetch anew\n$/);
  for (const host of HOSTS) {
    expect([host, await isStored('/assets/a.js', host)]).toEqual([host, false]);
    expect([host, await isStored('/menu.json', host)]).toEqual([host, true]);
  }
});

it('a prefix that is a URL reaches that host only', async () => {
  const { port } = new URL(ready.edge);
  expect((await purge('--prefix', `http://wiki.test:${port}/`)).code).toBe(0);
  expect(await isStored('/menu.json', 'shop.test')).toBe(true);
  expect(await isStored('/menu.json', 'wiki.test')).toBe(false);
});

it.each([
  ['a URL', (port: string) => [`http://localhost:${port}/menu.json`]],
  ['a prefix', (port: string) => ['--prefix', `http://localhost:${port}/me`]],
  ['a host', (port: string) => ['--host', `localhost:${port}`]],
  ['a host without its port', () => ['--host', 'localhost']],
])('%s at one name of this machine reaches all that the same site answers for', async (_, args) => {
  const { port } = new URL(ready.edge);
  for (const host of ['[::1]', 'localhost']) await isStored('/menu.json', host);
  const { code, stderr } = await purge(...args(port));
  expect([code, stderr]).toEqual([0, '']);
  for (const host of ['localhost', '[::1]']) {
    expect([host, await isStored('/menu.json', host)]).toEqual([host, false]);
  }
  // Of another site.
  expect(await isStored('/menu.json', '127.0.0.1')).toBe(true);
});

it.each([
  ['http://elsewhere.test/menu.json'],
  ['--prefix', 'http://elsewhere.test/'],
  ['--host', 'elsewhere.test'],
])('a name that does not lead to the edge is said: %s %s', async (...args) => {
  const { code, stdout, stderr } = await purge(...args);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^purged /)]);
  expect(stderr).toContain('elsewhere.test');
  expect(stderr).toContain(
    `does not lead to the running edge, which is ${new URL(ready.edge).origin}`,
  );
});

it('as JSON', async () => {
  const one = await purge('/menu.json', '--json');
  expect(JSON.parse(one.stdout)).toEqual({
    sequence: expect.any(Number),
    // localhost, 127.0.0.1, [::1] and the two names.
    selectors: 5,
    soft: false,
  });
  const soft = await purge('--prefix', '/assets', '--soft', '--json');
  expect(JSON.parse(soft.stdout)).toMatchObject({ selectors: 5, soft: true });
});

it('names below a wildcard are left out of a path, which is said; explain knows them', async () => {
  const config = path.join(folder, 'wild.config.json');
  const sites = [{ hosts: ['*.wild.test'], source: './site' }];
  await writeFile(config, JSON.stringify({ sites }));
  const wild = poplet('--config', config, '--port', '0', '--admin-port', '0', '--json');
  onTestFinished(async () => {
    wild.child.kill('SIGTERM');
    await wild.ended;
  });
  await wild.until(/\n/);
  const { admin, edge } = JSON.parse(wild.stdout()) as Ready;
  const purged = await popletToEnd('purge', '/menu.json', '--admin', admin);
  expect([purged.code, purged.stderr]).toEqual([
    0,
    'warning names below wild.test are left out, for only their visitors know them: write whole URLs for those, or --everything\n',
  ]);
  const page = `http://a.b.wild.test:${new URL(edge).port}/menu.json`;
  const explained = await popletToEnd('explain', page, '--admin', admin);
  expect(explained).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(page) });
});

it('a group reaches every name of the edge', async () => {
  expect((await purge('--group', 'g')).code).toBe(0);
  for (const host of HOSTS) expect(await isStored('/menu.json', host)).toBe(false);
});

it.each([
  { args: [], says: 'nothing to purge was named' },
  { args: ['/a', '--everything'], says: 'more than one kind of purge was named' },
  {
    args: ['--prefix', 'assets'],
    says: ' hint a path of the running edge begins with a slash: /assets',
  },
  { args: ['assets/a.js'], says: '"assets/a.js" is neither a path nor a URL\n hint a path of' },
  { args: ['./assets/a.js'], says: 'begins with a slash: /assets/a.js' },
  { args: ['/a.js', 'b.js'], says: '"b.js" is neither a path nor a URL' },
  { args: ['localhost:8080/a.js'], says: ' hint write http://localhost:8080/a.js' },
  { args: ['shop.test:8080'], says: ' hint write http://shop.test:8080' },
])('$args is refused', async ({ args, says }) => {
  const { code, stderr } = await purge(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
});

it('that other edges cannot be told of now is no mistake of the person: exit code 3', async () => {
  // As the admin API answers while Redis is away.
  const problem = {
    type: 'urn:poplet:problem:store-away',
    detail: 'other edges are told once the store is back',
    hint: 'purge again if it ended before that',
  };
  const admin = createServer((_request, response) => {
    response.writeHead(503, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify(problem));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void admin.close());
  await once(admin, 'listening');
  const { port } = admin.address() as AddressInfo;
  const at = ['--admin', `http://127.0.0.1:${port}`];
  expect(await popletToEnd('purge', '--everything', ...at)).toEqual({
    code: 3,
    stdout: '',
    stderr: `error ${problem.detail}\n hint ${problem.hint}\n`,
  });
});
