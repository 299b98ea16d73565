import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { createCdn, profileNamed, type CdnOptions } from '../src/index.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-cdn-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

async function started(options: CdnOptions): ReturnType<typeof createCdn> {
  const cdn = await createCdn(options);
  onTestFinished(() => cdn.close());
  return cdn;
}

/** Whether something listens on a loopback port. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return await new Promise((resolve) => {
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

it('puts an edge in front of a folder', async () => {
  const source = await folderWith({
    'a.json': '1',
    _headers: '/a.json\n  Cache-Control: max-age=60\n',
  });
  const cdn = await started({ sites: [{ source }] });
  for (const outcome of ['fwd=uri-miss', 'hit']) {
    const response = await fetch(`${cdn.url}/a.json`);
    expect(await response.text()).toBe('1');
    expect(response.headers.get('cache-status')).toContain(`poplet;${outcome}`);
  }
  expect(cdn.origins.get('default')?.journal.list()).toHaveLength(1);
  expect(cdn.profiles).toEqual(['rfc9111']);
});

it('keeps two sites apart by their hosts', async () => {
  const [shop, blog] = [
    await folderWith({ 'index.html': 'shop' }),
    await folderWith({ 'index.html': 'blog' }),
  ];
  const cdn = await started({
    sites: [
      { id: 'shop', hosts: ['shop.localhost'], source: shop },
      { id: 'blog', hosts: ['blog.localhost'], source: blog },
    ],
  });
  const { port } = new URL(cdn.url);
  const bodyOf = (host: string): Promise<string> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, headers: { host } }, (response) => {
        response.setEncoding('utf8').once('data', resolve);
      }).once('error', reject);
    });
  expect(await bodyOf('shop.localhost')).toBe('shop');
  expect(await bodyOf('blog.localhost')).toBe('blog');
  expect((await fetch(cdn.url)).status).toBe(421);
});

it('scripts faults of the folder over the admin API', async () => {
  const source = await folderWith({ 'a.json': '1' });
  const cdn = await started({ sites: [{ source }] });
  const faults = [{ pattern: '/a.json', fault: { kind: 'status', status: 503 } }];
  const answer = await fetch(`${cdn.adminUrl}/poplet/v1/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults }),
  });
  expect(answer.status).toBe(200);
  expect((await fetch(`${cdn.url}/a.json`)).status).toBe(503);
  await fetch(`${cdn.adminUrl}/poplet/v1/faults`, { method: 'DELETE' });
  expect((await fetch(`${cdn.url}/a.json`)).status).toBe(200);
});

it('refuses one port for the edge and the admin API, before anything is opened', async () => {
  const source = await folderWith({ 'a.json': '1' });
  const both = { sites: [{ source }], port: 8081, adminPort: 8081 };
  for (const hosts of [
    {},
    { host: 'localhost' },
    { host: '0.0.0.0' },
    { adminHost: '::', adminToken: 'a' },
  ]) {
    await expect(createCdn({ ...both, ...hosts })).rejects.toMatchObject({
      code: 'invalid-option',
      message: 'the edge and the admin API cannot both listen on port 8081',
      hint: 'give the admin API another: --admin-port 8082, or 0 for any free one',
    });
  }
  // Two addresses have ports of their own.
  const free = new URL((await started({ sites: [{ source }] })).url).port;
  const apart = { port: Number(free), adminPort: Number(free), host: '127.0.0.2' };
  const cdn = await started({ sites: [{ source }], ...apart, adminHost: '127.0.0.3' });
  expect([cdn.url, cdn.adminUrl]).toEqual([`http://127.0.0.2:${free}`, `http://127.0.0.3:${free}`]);
});

it('stands in front of a server', async () => {
  const server = createServer((_, response) => void response.end('from the server')).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  for (const source of [`127.0.0.1:${port}`, `localhost:${port}`, `:${port}`, String(port)]) {
    const cdn = await started({ sites: [{ source }] });
    expect(await (await fetch(cdn.url)).text()).toBe('from the server');
  }
});

it.each([
  { source: './no-such', code: 'folder-missing' },
  { source: import.meta.filename, code: 'folder-missing' },
  { source: 'http://127.0.0.1:1', code: 'upstream-unreachable' },
  { source: 'http://127.0.0.1:1/path', code: 'bad-upstream-url' },
])('refuses $source', async ({ source, code }) => {
  await expect(createCdn({ sites: [{ source }] })).rejects.toMatchObject({ code });
});

it('refuses what only a folder can have for a server', async () => {
  const rules = [{ source: 'here', pattern: '/*', set: [{ name: 'x-a', value: '1' }], unset: [] }];
  const site = { source: 'http://127.0.0.1:1', origin: { rules, spaFallback: true } };
  await expect(createCdn({ sites: [site] })).rejects.toMatchObject({
    code: 'invalid-option',
    message: 'spaFallback, headers: only for folders, and http://127.0.0.1:1 is a server',
  });
});

it('closes what it had begun when a later step fails', async () => {
  const source = await folderWith({ 'index.html': 'x' });
  const first = await started({ sites: [{ source }] });
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const adminPort = Number(new URL(first.adminUrl).port);
  await expect(createCdn({ sites: [{ source }], port, adminPort })).rejects.toMatchObject({
    code: 'port-in-use',
  });
  expect(await isTaken(port)).toBe(false);
});

it('frees its ports when it is closed', async () => {
  const cdn = await createCdn({ sites: [{ source: await folderWith({ 'index.html': 'x' }) }] });
  await fetch(cdn.url);
  const ports = [cdn.url, cdn.adminUrl].map((url) => Number(new URL(url).port));
  await cdn.close();
  expect(await Promise.all(ports.map(isTaken))).toEqual([false, false]);
});

it('suggests the nearest profile', () => {
  expect(() => profileNamed('rfc-9111')).toThrow(/there is no profile "rfc-9111"/);
  expect(profileNamed('rfc9111').name).toBe('rfc9111');
});

it('holds clients and servers to the limits it is given', async () => {
  const server = createServer((request, response) => {
    if (request.url !== '/never') response.end('fine');
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cdn = await started({
    sites: [{ source, timeouts: { headMs: 300 } }],
    limits: { targetBytes: 100, contentBytes: 10 },
  });
  const statusOf = async (target: string, body?: string): Promise<number> => {
    const init = body === undefined ? {} : { method: 'POST', body };
    return (await fetch(cdn.url + target, init)).status;
  };
  expect(await statusOf('/')).toBe(200);
  expect(await statusOf('/never')).toBe(504);
  expect(await statusOf(`/${'a'.repeat(100)}`)).toBe(414);
  expect(await statusOf('/', 'more than ten')).toBe(413);
});
