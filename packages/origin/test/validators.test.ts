import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { addFiles, serveSite } from './site.ts';

const RULES = '/*\n  CDN-Cache-Control: max-age=600\n  Cache-Tag: all\n';

describe('validators', () => {
  test('a strong tag of the content, and Last-Modified', async () => {
    const { url, folder } = await serveSite({ 'a.txt': 'same', 'b.txt': 'same', 'c.txt': 'else' });
    await utimes(path.join(folder, 'a.txt'), new Date(0), new Date('2026-11-01T10:00:00.900Z'));
    const a = await ask(url, '/a.txt');
    // The first 22 characters of the SHA-256 of "same" in base64url.
    expect(a.headers['etag']).toBe('"CWcRXygTo1Qervd96dnVdz"');
    expect(a.headers['last-modified']).toBe('Sun, 01 Nov 2026 10:00:00 GMT');
    expect((await ask(url, '/b.txt')).headers['etag']).toBe(a.headers['etag']);
    expect((await ask(url, '/c.txt')).headers['etag']).not.toBe(a.headers['etag']);
  });

  test('builds of one size made at one time differ (mistake 25)', async () => {
    const { url, folder } = await serveSite({ 'a.js': 'release 5' });
    const file = path.join(folder, 'a.js');
    const builtAt = new Date('2026-11-01T10:00:00Z');
    await utimes(file, builtAt, builtAt);
    const before = await ask(url, '/a.js');
    await addFiles(folder, { 'a.js': 'release 6' });
    await utimes(file, builtAt, builtAt);
    const after = await ask(url, '/a.js', {
      headers: { 'if-none-match': before.headers['etag'] ?? '' },
    });
    expect(after.headers['last-modified']).toBe(before.headers['last-modified']);
    expect([after.status, after.text]).toEqual([200, 'release 6']);
  });

  test('times that a tool set are not told as Last-Modified, nor times to come', async () => {
    const { url, folder } = await serveSite({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    await utimes(path.join(folder, 'a.txt'), new Date(0), new Date(0));
    const npm = new Date('1985-10-26T08:15:00Z');
    await utimes(path.join(folder, 'b.txt'), npm, npm);
    const tomorrow = new Date(Date.now() + 86_400_000);
    await utimes(path.join(folder, 'c.txt'), tomorrow, tomorrow);
    expect((await ask(url, '/a.txt')).headers['last-modified']).toBeUndefined();
    expect((await ask(url, '/b.txt')).headers['last-modified']).toBeUndefined();
    const { headers } = await ask(url, '/c.txt');
    expect(Date.parse(headers['last-modified'] ?? '')).toBeLessThanOrEqual(
      Date.parse(headers['date'] ?? ''),
    );
  });

  test('a real Date, no Server', async () => {
    const { url } = await serveSite({ 'a.txt': 'a' });
    const beforeMs = Date.now();
    const { headers } = await ask(url, '/a.txt');
    expect(Math.abs(Date.parse(headers['date'] ?? '') - beforeMs)).toBeLessThan(5000);
    expect(headers['server']).toBeUndefined();
  });
});

describe('304', () => {
  test('carries what a cache updates itself by, and nothing about content', async () => {
    const { url } = await serveSite({ _headers: RULES, 'a.css': 'a', 'a.css.gz': 'coded' });
    const { headers } = await ask(url, '/a.css');
    const again = await ask(url, '/a.css', { headers: { 'if-none-match': headers['etag'] ?? '' } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers).toMatchObject({
      'cache-control': 'public, max-age=60',
      'cdn-cache-control': 'max-age=600',
      'cache-tag': 'all',
      vary: 'Accept-Encoding',
      etag: headers['etag'],
      date: expect.stringMatching(/ GMT$/),
    });
    for (const name of [
      'content-type',
      'content-length',
      'content-encoding',
      'content-range',
      'accept-ranges',
    ]) {
      expect([name, again.headers[name]]).toEqual([name, undefined]);
    }
  });

  test('for HEAD, for a weak tag, for a date; not for another tag beside that date', async () => {
    const { url } = await serveSite({ 'a.txt': 'a' });
    const { headers } = await ask(url, '/a.txt');
    const etag = headers['etag'] ?? '';
    const date = headers['last-modified'] ?? '';
    const status = async (asked: Record<string, string>, method = 'GET') =>
      (await ask(url, '/a.txt', { method, headers: asked })).status;
    expect(await status({ 'if-none-match': etag }, 'HEAD')).toBe(304);
    expect(await status({ 'if-none-match': `W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': `"x", ${etag}` })).toBe(304);
    expect(await status({ 'if-modified-since': date })).toBe(304);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': date })).toBe(200);
    // no-cache in a request is about caches on the way, not about its conditions.
    expect(await status({ 'if-none-match': etag, 'cache-control': 'no-cache' })).toBe(304);
  });

  test('412 for a precondition that fails', async () => {
    const { url } = await serveSite({ 'a.txt': 'a' });
    const failed = await ask(url, '/a.txt', { headers: { 'if-match': '"x"' } });
    expect([failed.status, failed.text]).toEqual([412, '']);
    const { headers } = await ask(url, '/a.txt');
    const held = await ask(url, '/a.txt', { headers: { 'if-match': headers['etag'] ?? '' } });
    expect([held.status, held.text]).toEqual([200, 'a']);
  });
});

test('HEAD is GET without the body', async () => {
  const { url } = await serveSite({ _headers: RULES, 'a.css': 'body {}', 'empty.txt': '' });
  for (const target of ['/a.css', '/empty.txt']) {
    const get = await ask(url, target);
    const head = await ask(url, target, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
  }
  // RFC 9110 §14.2: ranges are for GET.
  const ranged = await ask(url, '/a.css', { method: 'HEAD', headers: { range: 'bytes=0-1' } });
  expect([ranged.status, ranged.headers['content-length']]).toEqual([200, '7']);
});
