import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ask } from './ask.ts';
import { addFiles, serveSite } from './site.ts';

const CODE = 'console.log("hello");\n'.repeat(200);

test('siblings by Accept-Encoding, each a representation of its own', async () => {
  const br = brotliCompressSync(CODE);
  const gz = gzipSync(CODE);
  const { url } = await serveSite({ 'app.js': CODE, 'app.js.br': br, 'app.js.gz': gz });
  const get = (acceptEncoding?: string) =>
    ask(url, '/app.js', {
      headers: acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding },
    });
  const plain = await get();
  const coded = await get('gzip, deflate, br');
  const zipped = await get('br;q=0.1, gzip');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.text).toBe(CODE);
  expect(coded.headers['content-encoding']).toBe('br');
  expect(coded.body.equals(br)).toBe(true);
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.body.equals(gz)).toBe(true);
  for (const { headers, body } of [plain, coded, zipped]) {
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers['vary']).toBe('Accept-Encoding');
    expect(headers['content-length']).toBe(String(body.length));
  }
  const tags = [plain, coded, zipped].map(({ headers }) => headers['etag']);
  expect(new Set(tags).size).toBe(3);
  expect(tags[1]).toMatch(/^"[\w-]{22}-br"$/);

  // Each tag confirms its own representation only.
  const confirmed = await ask(url, '/app.js', {
    headers: { 'accept-encoding': 'br', 'if-none-match': tags[1] ?? '' },
  });
  expect([confirmed.status, confirmed.headers['vary'], confirmed.headers['etag']]).toEqual([
    304,
    'Accept-Encoding',
    tags[1],
  ]);
  const crossed = await ask(url, '/app.js', {
    headers: { 'accept-encoding': 'gzip', 'if-none-match': tags[1] ?? '' },
  });
  expect(crossed.status).toBe(200);
});

test('a range of a coded body counts coded bytes', async () => {
  const br = brotliCompressSync(CODE);
  const { url } = await serveSite({ 'app.js': CODE, 'app.js.br': br });
  const { status, headers, body } = await ask(url, '/app.js', {
    headers: { 'accept-encoding': 'br', range: 'bytes=3-9' },
  });
  expect([status, headers['content-range'], headers['content-encoding'], headers['vary']]).toEqual([
    206,
    `bytes 3-9/${br.length}`,
    'br',
    'Accept-Encoding',
  ]);
  expect(body.equals(br.subarray(3, 10))).toBe(true);
});

test('a client that refuses every coding there is, the plain one included', async () => {
  const { url } = await serveSite({ 'app.js': CODE, 'app.js.gz': gzipSync(CODE), 'b.js': 'b' });
  const refused = await ask(url, '/app.js', { headers: { 'accept-encoding': 'br, *;q=0' } });
  expect([refused.status, refused.headers['vary']]).toEqual([406, 'Accept-Encoding']);
  // Nothing to choose from: the file is sent, as RFC 9110 §15.5.7 allows.
  const { status, headers } = await ask(url, '/b.js', { headers: { 'accept-encoding': '*;q=0' } });
  expect([status, headers['vary']]).toEqual([200, undefined]);
});

test('a plain file without siblings does not vary; a page has siblings too', async () => {
  const { url } = await serveSite({ 'index.html': 'home', 'index.html.br': 'coded', 'a.txt': 'a' });
  expect(
    (await ask(url, '/a.txt', { headers: { 'accept-encoding': 'br' } })).headers['vary'],
  ).toBeUndefined();
  const page = await ask(url, '/', { headers: { 'accept-encoding': 'br' } });
  expect([page.text, page.headers['content-type']]).toEqual(['coded', 'text/html; charset=utf-8']);
});

test('Vary from a rule is kept beside', async () => {
  const { url } = await serveSite({
    _headers: '/app.js\n  Vary: Origin\n/b.js\n  ! Vary\n/c.js\n  Vary: accept-encoding\n',
    'app.js': 'a',
    'app.js.gz': 'x',
    'b.js': 'b',
    'b.js.gz': 'x',
    'c.js': 'c',
    'c.js.gz': 'x',
  });
  expect((await ask(url, '/app.js')).headers['vary']).toBe('Origin, Accept-Encoding');
  expect((await ask(url, '/b.js')).headers['vary']).toBe('Accept-Encoding');
  expect((await ask(url, '/c.js')).headers['vary']).toBe('accept-encoding');
});

test('a sibling of an earlier build is not sent for the new file', async () => {
  const { url, folder } = await serveSite({ 'app.js': 'old', 'app.js.br': 'old, coded' });
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(path.join(folder, 'app.js'), hourAgo, hourAgo);
  await utimes(path.join(folder, 'app.js.br'), hourAgo, hourAgo);
  const coded = () => ask(url, '/app.js', { headers: { 'accept-encoding': 'br' } });
  expect((await coded()).text).toBe('old, coded');
  await addFiles(folder, { 'app.js': 'new' });
  const between = await coded();
  expect([between.text, between.headers['content-encoding'], between.headers['vary']]).toEqual([
    'new',
    undefined,
    'Accept-Encoding',
  ]);
  await addFiles(folder, { 'app.js.br': 'new, coded' });
  expect((await coded()).text).toBe('new, coded');
});

test('a compressed file asked for by its own name is a file', async () => {
  const gz = gzipSync(CODE);
  const { url } = await serveSite({ 'app.js': CODE, 'app.js.gz': gz });
  const { headers, body } = await ask(url, '/app.js.gz', {
    headers: { 'accept-encoding': 'gzip' },
  });
  expect([headers['content-type'], headers['content-encoding']]).toEqual([
    'application/gzip',
    undefined,
  ]);
  expect(body.equals(gz)).toBe(true);
});
