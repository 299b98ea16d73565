import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createOrigin } from '@poplet/origin';
import { ask } from './ask.ts';
import { serveFolder, serveSite, writeSite } from './site.ts';

describe('createOrigin', () => {
  test('needs a folder', async () => {
    const folder = await writeSite({ 'a.txt': 'a' });
    await expect(createOrigin({ folder: path.join(folder, 'none') })).rejects.toMatchObject({
      code: 'folder-missing',
      message: `there is no folder ${path.join(folder, 'none')}`,
    });
    await expect(createOrigin({ folder: path.join(folder, 'a.txt') })).rejects.toMatchObject({
      code: 'folder-missing',
      message: `this is not a folder: ${path.join(folder, 'a.txt')}`,
    });
  });

  test('refuses faults that cannot be', async () => {
    const folder = await writeSite({});
    await expect(
      createOrigin({ folder, faults: [{ pattern: 'a', fault: { kind: 'reset' } }] }),
    ).rejects.toMatchObject({ code: 'invalid-option' });
  });
});

describe('listen and close', () => {
  test('any free port on loopback; a port in use is named', async () => {
    const { url, port } = await serveSite({ 'index.html': 'home' });
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const other = await createOrigin({ folder: await writeSite({}) });
    await expect(other.listen({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: `127.0.0.1:${port} is in use`,
    });
    await other.close();
  });

  test('ends what is under way', async () => {
    const origin = await createOrigin({
      folder: await writeSite({ 'a.bin': Buffer.alloc(1000), 'b.txt': 'b' }),
      faults: [
        { pattern: '/a.bin', fault: { kind: 'slow', bytesPerSecond: 1 } },
        { pattern: '/b.txt', fault: { kind: 'delay', ms: 60_000 } },
      ],
    });
    const { url } = await origin.listen();
    const slow = ask(url, '/a.bin').catch(() => null);
    const late = ask(url, '/b.txt').catch((error: unknown) => error);
    await expect.poll(() => origin.journal.list()).toHaveLength(2);
    await origin.close();
    expect((await slow)?.cut ?? true).toBe(true);
    expect(await late).toMatchObject({ code: 'ECONNRESET' });
    await expect(ask(url, '/b.txt')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('routes of one’s own', () => {
  test('go before the folder; rules are not for them, faults are', async () => {
    const folder = await writeSite({
      'index.html': 'home',
      'api/time': 'a file',
      _headers: '/*\n  X-A: b\n',
    });
    const origin = await createOrigin({ folder });
    origin.app.get('/api/time', () => ({ now: 1 }));
    origin.app.post<{ Body: { readonly x: number } }>('/api/echo', ({ body }) => body);
    origin.app.get('/api/broken', () => {
      throw new Error('broken');
    });
    try {
      const { url } = await origin.listen();
      const time = await ask(url, '/api/time');
      // Rules are for files.
      expect([time.text, time.headers['x-a']]).toEqual(['{"now":1}', undefined]);
      const broken = await ask(url, '/api/broken');
      expect([broken.status, JSON.parse(broken.text)]).toMatchObject([500, { message: 'broken' }]);
      expect((await ask(url, '/')).text).toBe('home');
      origin.faults.set([{ pattern: '/api/*', times: 1, fault: { kind: 'status', status: 503 } }]);
      expect((await ask(url, '/api/time')).status).toBe(503);
      const echo = await fetch(`${url}/api/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"x":1}',
      });
      expect(await echo.json()).toEqual({ x: 1 });
    } finally {
      await origin.close();
    }
  });
});

test('many requests at once for one large new file hash and send it right', async () => {
  const folder = await writeSite({ 'a.bin': Buffer.alloc(2_000_000, 'abc') });
  const { url } = await serveFolder(folder);
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(url, '/a.bin')));
  expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(1);
  expect(answers.every(({ body, cut }) => body.length === 2_000_000 && !cut)).toBe(true);
});
