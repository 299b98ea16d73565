import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.ts';
import { fakeEdge } from './fake-edge.ts';
import { problem, startAdmin } from './start-admin.ts';

describe('listening', () => {
  it('takes a free port for 0, on loopback', async () => {
    const admin = createAdminServer(fakeEdge(), { port: 0 });
    onTestFinished(() => admin.close());
    expect(admin.url).toBeUndefined();
    const { url, port } = await admin.listen();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(admin.url).toBe(url);
  });

  it('says so when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const admin = createAdminServer(fakeEdge(), { port });
    onTestFinished(() => admin.close());
    await expect(admin.listen()).rejects.toMatchObject({
      name: 'PopletError',
      code: 'port-in-use',
      message: `the admin port 127.0.0.1:${port} is in use`,
    });
  });

  it('stops by close', async () => {
    const admin = createAdminServer(fakeEdge(), { port: 0 });
    const { url } = await admin.listen();
    await (await fetch(`${url}/poplet/v1/health`)).text();
    await admin.close();
    await expect(fetch(`${url}/poplet/v1/health`)).rejects.toThrow('fetch failed');
  });
});

describe('every answer', () => {
  it.each(['health', 'journal', 'nothing', 'metrics', 'journal?limit=x'])(
    'may not be stored, framed or sniffed: %s',
    async (path) => {
      const { get } = await startAdmin();
      expect(Object.fromEntries((await get(path)).headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
      });
    },
  );
});

describe('what is not there', () => {
  it('is a problem, and says where to look', async () => {
    const { get } = await startAdmin();
    const answer = await get('nothing');
    expect(answer).toMatchObject(
      problem('not-found', 404, '/poplet/v1/nothing is nothing of the admin API'),
    );
    expect(answer.body).toEqual({
      type: 'urn:poplet:problem:not-found',
      title: 'Nothing is here',
      status: 404,
      detail: '/poplet/v1/nothing is nothing of the admin API',
      hint: 'see /poplet/v1/openapi.json for what there is; the purge API of a CDN is there where a site has its profile',
    });
  });

  it.each([
    ['PUT', 'clock', 'GET, HEAD, POST'],
    ['GET', 'purge?x=1', 'POST'],
    ['POST', 'health', 'GET, HEAD'],
    ['HEAD', 'journal/stream', 'GET'],
    ['PATCH', 'faults', 'GET, HEAD, POST, DELETE'],
  ])('%s %s is told which methods are', async (method, path, allow) => {
    const { request } = await startAdmin();
    const answer = await request(path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  it('cannot be decoded', async () => {
    const { get } = await startAdmin();
    expect(await get('%zz')).toMatchObject(problem('malformed-target', 400, expect.any(String)));
  });
});

describe('a body', () => {
  async function purgeWith(type: string | undefined, body: string) {
    const { edge, request } = await startAdmin();
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const answer = await request('purge', { method: 'POST', headers, body: Buffer.from(body) });
    return { ...answer, purges: edge.purged.length };
  }

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    'may be %s',
    async (type) => {
      expect(await purgeWith(type, '{"everything":true}')).toMatchObject({
        status: 200,
        purges: 1,
      });
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    'application/jsonp',
    undefined,
  ])('may not be %s', async (type) => {
    expect(await purgeWith(type, '{"everything":true}')).toMatchObject({
      ...problem('unsupported-media-type', 415, expect.stringContaining('Content-Type is')),
      purges: 0,
    });
  });

  it.each(['', '{', '{"everything":true}}', '{"__proto__":{"x":1},"everything":true}'])(
    '%j is not JSON',
    async (body) => {
      expect(await purgeWith('application/json', body)).toMatchObject(
        problem('malformed-json', 400, expect.any(String)),
      );
    },
  );

  it('of over a mebibyte is refused', async () => {
    const body = JSON.stringify({ tags: ['x'.repeat(1_048_576)] });
    expect(await purgeWith('application/json', body)).toMatchObject(
      problem('body-too-large', 413, expect.any(String)),
    );
  });

  it.each(['null', '[]', '"everything"', '1'])('%s is not an object', async (body) => {
    expect(await purgeWith('application/json', body)).toMatchObject(
      problem('invalid-request', 400, expect.stringContaining('body')),
    );
  });
});

it('answers a fault of its own as a problem', async () => {
  const edge = fakeEdge();
  edge.store.stats = () => {
    throw new Error('the index is broken');
  };
  const { get } = await startAdmin({ edge });
  expect(await get('stats')).toMatchObject(problem('internal', 500, 'the index is broken'));
});
