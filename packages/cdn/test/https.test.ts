// createCdn over HTTPS: whose certificates are shown, and where it is found.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openAuthority } from '@poplet/certificates';
import { afterEach, expect, it } from 'vitest';

import { createCdn, type Cdn, type CdnOptions, type CdnSite } from '../src/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'poplet-cdn-https-'));
const site = mkdtempSync(path.join(folder, 'site-'));
writeFileSync(path.join(site, 'a.txt'), 'fine');

const cdns: Cdn[] = [];
afterEach(async () => {
  for (const cdn of cdns.splice(0)) await cdn.close();
  rmSync(path.join(folder, 'ca'), { recursive: true, force: true });
});

async function start(
  https: CdnOptions['https'],
  sites: readonly CdnSite[] = [{ source: site }],
): Promise<Cdn> {
  const cdn = await createCdn({ sites, https });
  cdns.push(cdn);
  return cdn;
}

const LOCAL = { authorityFolder: path.join(folder, 'ca') };

/** Status and body, for a client that trusts one authority and connects to this machine. */
function ask(url: string, ca: string): Promise<readonly [number | undefined, string]> {
  const { hostname, port, pathname, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { host: '127.0.0.1', port, path: pathname, agent: false };
    if (isIP(hostname) === 0) options.servername = hostname;
    const sent = request({ ...options, headers: { host }, ca }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve([response.statusCode, body]));
    });
    sent.on('error', reject).end();
  });
}

it('is plain HTTP unless asked for', async () => {
  const cdn = await start(undefined);
  expect(cdn).toMatchObject({ authority: undefined, addresses: [cdn.url] });
  expect([cdn.url, cdn.adminUrl].map((url) => new URL(url).protocol)).toEqual(['http:', 'http:']);
});

it('shows certificates of the local authority, on the edge and the admin API', async () => {
  const cdn = await start(LOCAL);
  expect(cdn.warnings).toEqual([]);
  const { certificate = '', history } = cdn.authority ?? {};
  expect(history).toBe('made');
  expect(await ask(`${cdn.url}/a.txt`, certificate)).toEqual([200, 'fine']);
  expect(await ask(`${cdn.url.replace('127.0.0.1', 'a.localhost')}/a.txt`, certificate)).toEqual([
    200,
    'fine',
  ]);
  const [status] = await ask(`${cdn.adminUrl}/poplet/v1/health`, certificate);
  expect(status).toBe(200);
  expect((await start(LOCAL)).authority?.fingerprint).toBe(cdn.authority?.fingerprint);
});

it('has each site at its own name, and says when the authority is another one', async () => {
  const first = await start(LOCAL);
  const cdn = await start(LOCAL, [
    { id: 'shop', hosts: ['shop.example', 'www.shop.example'], source: site },
    { id: 'img', hosts: ['img.test'], source: site },
  ]);
  const { port } = new URL(cdn.url);
  expect(cdn.addresses).toEqual([`https://shop.example:${port}`, `https://img.test:${port}`]);
  expect(cdn.authority?.fingerprint).not.toBe(first.authority?.fingerprint);
  expect(cdn.warnings).toEqual([
    'the local CA did not cover these hosts, or was about to expire: there is a new one, to be trusted again (poplet ca install)',
  ]);
  for (const address of cdn.addresses)
    expect(await ask(`${address}/a.txt`, cdn.authority?.certificate ?? '')).toEqual([200, 'fine']);
});

it('has certificates for the names below a wildcard, at any depth', async () => {
  const cdn = await start(LOCAL, [{ hosts: ['*.shop.example', '*.localhost'], source: site }]);
  const { port } = new URL(cdn.url);
  expect(cdn.addresses).toEqual([`https://www.shop.example:${port}`]);
  expect(cdn.authority?.hosts).toContain('shop.example');
  for (const host of ['www.shop.example', 'a.b.shop.example', 'c.localhost', 'd.c.localhost'])
    expect(await ask(`https://${host}:${port}/a.txt`, cdn.authority?.certificate ?? '')).toEqual([
      200,
      'fine',
    ]);
});

it('shows a certificate that was brought, on the admin API where it is for that', async () => {
  const authority = await openAuthority({ folder: LOCAL.authorityFolder });
  const now = Date.now();
  const bring = async (...names: readonly string[]): Promise<{ cert: string; key: string }> => {
    const pair = await authority.certify(names, { fromMs: now - 1e6, untilMs: now + 1e8 });
    const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')];
    writeFileSync(cert, pair.cert);
    writeFileSync(key, pair.key);
    return { cert, key };
  };
  const whole = await start(await bring('localhost', '127.0.0.1'));
  expect(whole).toMatchObject({ authority: undefined, warnings: [] });
  expect(await ask(`${whole.url}/a.txt`, authority.certificate)).toEqual([200, 'fine']);
  expect((await ask(`${whole.adminUrl}/poplet/v1/health`, authority.certificate))[0]).toBe(200);
  const named = await start(await bring('shop.test'));
  expect(named.warnings).toEqual(['the certificate is for shop.test: open the page by that name']);
  expect(named.adminUrl).toMatch(/^http:/u);
  const { port } = new URL(named.url);
  expect(await ask(`https://shop.test:${port}/a.txt`, authority.certificate)).toEqual([
    200,
    'fine',
  ]);
  const wild = [{ hosts: ['*.shop.test'], source: site }];
  await expect(start(await bring('shop.test'), wild)).rejects.toThrow(
    /is for shop\.test, and not for www\.shop\.test$/u,
  );
  expect((await start(await bring('*.shop.test'), wild)).warnings).toEqual([]);
});

it('asks for both of a pair', async () => {
  await expect(start({ cert: 'cert.pem' })).rejects.toMatchObject({ code: 'invalid-option' });
  await expect(start({ key: 'key.pem' })).rejects.toMatchObject({ code: 'invalid-option' });
});
