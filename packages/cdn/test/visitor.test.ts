// Where visitors are, by configuration and by what a request says: the CDN's fields tell the server, and no others.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { configured, createCdn } from '../src/index.ts';

/** A server that remembers what it was asked with. */
async function server(): Promise<{ readonly url: string; readonly asked: IncomingHttpHeaders[] }> {
  const asked: IncomingHttpHeaders[] = [];
  const listening = createServer((request, response) => {
    asked.push(request.headers);
    response.setHeader('Cache-Control', 's-maxage=60').setHeader('Vary', 'X-Vercel-IP-Country');
    response.end(`for ${String(request.headers['x-vercel-ip-country'])}`);
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(() => void listening.close());
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, asked };
}

it('the visitor of the configuration, unless a request says otherwise', async () => {
  const { url, asked } = await server();
  const cdn = await createCdn({
    sites: [{ source: url, profile: 'vercel' }],
    visitor: { country: 'DE', city: 'Berlin', postalCode: '10117', address: '203.0.113.9' },
  });
  onTestFinished(() => cdn.close());
  const go = async (headers: Readonly<Record<string, string>> = {}): Promise<string> =>
    (await fetch(`${cdn.url}/a`, { headers })).text();

  expect([await go(), await go(), await go({ 'X-Poplet-Country': 'DE' })]).toEqual([
    'for DE',
    'for DE',
    'for DE',
  ]);
  expect(asked).toHaveLength(1);
  expect(await go({ 'X-Poplet-Country': 'FR', 'X-Poplet-Client-Address': '2001:db8::1' })).toBe(
    'for FR',
  );
  expect(asked).toMatchObject([
    {
      'x-vercel-ip-country': 'DE',
      'x-vercel-ip-city': 'Berlin',
      'x-vercel-ip-postal-code': '10117',
      'x-forwarded-for': '203.0.113.9',
      'x-real-ip': '203.0.113.9',
    },
    { 'x-vercel-ip-country': 'FR', 'x-vercel-ip-city': 'Berlin', 'x-real-ip': '2001:db8::1' },
  ]);
  expect(
    asked.flatMap((headers) => Object.keys(headers).filter((name) => /poplet/u.test(name))),
  ).toEqual([]);
});

it('an explanation is of a request from there, too', async () => {
  const { url } = await server();
  const cdn = await createCdn({
    sites: [{ source: url, profile: 'vercel' }],
    visitor: { country: 'DE' },
  });
  onTestFinished(() => cdn.close());
  await fetch(`${cdn.url}/a`, { headers: { Accept: '*/*', 'Accept-Encoding': 'identity' } });
  const headers = { Accept: '*/*', 'Accept-Encoding': 'identity' };
  const { verdict } = await cdn.edge.explain({ url: `${cdn.url}/a`, headers });
  expect(verdict.kind).toBe('hit');
});

it('is what the configuration file says', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-visitor-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const configFile = path.join(folder, 'poplet.config.json');
  await writeFile(configFile, JSON.stringify({ visitor: { country: 'DE', address: '::1' } }));
  const { visitor } = await configured({ source: '.', configFile, overrides: {} });
  expect(visitor).toEqual({ country: 'DE', address: '::1' });
});

it('a place that no field can carry is refused', async () => {
  const { url } = await server();
  await expect(
    createCdn({ sites: [{ source: url, profile: 'vercel' }], visitor: { city: 'a\r\nb' } }),
  ).rejects.toMatchObject({ code: 'invalid-option' });
});
