import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ask } from './ask.ts';
import { serveSite } from './site.ts';

test('206: the bytes asked for, with the head of the whole', async () => {
  const bytes = randomBytes(300_000);
  const { url } = await serveSite({
    _headers: '/*\n  Cache-Tag: film\n',
    'film.mp4': bytes,
  });
  const whole = await ask(url, '/film.mp4');
  expect(whole.headers['accept-ranges']).toBe('bytes');
  expect(whole.body.equals(bytes)).toBe(true);

  const middle = await ask(url, '/film.mp4', { headers: { range: 'bytes=100000-249999' } });
  expect(middle.status).toBe(206);
  expect(middle.headers).toMatchObject({
    'content-range': 'bytes 100000-249999/300000',
    'content-length': '150000',
    'content-type': 'video/mp4',
    'cache-control': 'public, max-age=60',
    'cache-tag': 'film',
    etag: whole.headers['etag'],
    'last-modified': whole.headers['last-modified'],
  });
  expect(middle.body.equals(bytes.subarray(100_000, 250_000))).toBe(true);

  const tail = await ask(url, '/film.mp4', { headers: { range: 'bytes=-1' } });
  expect([tail.headers['content-range'], tail.body.length]).toEqual([
    'bytes 299999-299999/300000',
    1,
  ]);
  const all = await ask(url, '/film.mp4', { headers: { range: 'bytes=0-' } });
  expect([all.status, all.headers['content-range'], all.body.equals(bytes)]).toEqual([
    206,
    'bytes 0-299999/300000',
    true,
  ]);
});

test('416 says how long the body is, and is not kept', async () => {
  const { url } = await serveSite({ 'a.txt': '0123456789' });
  const { status, headers, text } = await ask(url, '/a.txt', { headers: { range: 'bytes=10-' } });
  expect([status, headers['content-range'], headers['cache-control'], text]).toEqual([
    416,
    'bytes */10',
    'no-store',
    '',
  ]);
});

test('what is no valid single range is answered whole', async () => {
  const { url } = await serveSite({ 'a.txt': '0123456789', 'empty.txt': '' });
  for (const range of ['bytes=5-1', 'lines=0-1', 'bytes=x-', 'bytes=0-1,5-6']) {
    const { status, text, headers } = await ask(url, '/a.txt', { headers: { range } });
    expect([range, status, text, headers['content-range']]).toEqual([
      range,
      200,
      '0123456789',
      undefined,
    ]);
  }
  const empty = await ask(url, '/empty.txt', { headers: { range: 'bytes=0-' } });
  expect([empty.status, empty.headers['content-length']]).toEqual([200, '0']);
});

test('If-Range: the range of the same version, or the whole of another', async () => {
  const { url } = await serveSite({ 'a.txt': '0123456789' });
  const { headers } = await ask(url, '/a.txt');
  const ask2 = (ifRange: string) =>
    ask(url, '/a.txt', { headers: { range: 'bytes=0-1', 'if-range': ifRange } });
  const same = await ask2(headers['etag'] ?? '');
  expect([same.status, same.text]).toEqual([206, '01']);
  const other = await ask2('"other"');
  expect([other.status, other.text]).toEqual([200, '0123456789']);
  const weak = await ask2(`W/${headers['etag']}`);
  expect(weak.status).toBe(200);
  // A condition that says "unchanged" comes first: 304, not 206.
  const unchanged = await ask(url, '/a.txt', {
    headers: { range: 'bytes=0-1', 'if-none-match': headers['etag'] ?? '' },
  });
  expect(unchanged.status).toBe(304);
});
