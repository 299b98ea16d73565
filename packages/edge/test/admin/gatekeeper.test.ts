import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.ts';
import { fakeEdge } from './fake-edge.ts';
import { rawRequest } from './raw-request.ts';
import { startAdmin } from './start-admin.ts';

const HEALTH = 'GET /poplet/v1/health HTTP/1.1';

/** Another address of this machine than loopback, if it has one. */
const OUTER_ADDRESS = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

describe('Host', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '127.8.8.8', '[::1]'])(
    '%s with the right port is accepted',
    async (name) => {
      const { port } = await startAdmin();
      expect(await rawRequest(port, [HEALTH, `Host: ${name}:${port}`])).toMatchObject({
        status: 200,
      });
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.localhost',
    '127.0.0.1.evil.example',
    'localhost.',
    '[::2]',
    '127.0.0.256',
    '127.1',
    '0.0.0.0',
    'user@localhost',
    '2130706433',
  ])('%s is refused', async (name) => {
    const { port } = await startAdmin();
    const { status, body } = await rawRequest(port, [HEALTH, `Host: ${name}:${port}`]);
    expect(status).toBe(421);
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:poplet:problem:misdirected-host',
      status: 421,
      detail: `Host is "${name}:${port}"`,
      hint: expect.stringContaining(`http://127.0.0.1:${port}`),
    });
  });

  it('with another port, or none, is refused', async () => {
    const { port } = await startAdmin();
    const other = port === 8080 ? 8082 : 8080;
    expect(await rawRequest(port, [HEALTH, `Host: localhost:${other}`])).toMatchObject({
      status: 421,
    });
    expect(await rawRequest(port, [HEALTH, 'Host: localhost'])).toMatchObject({ status: 421 });
  });

  it('twice is refused, even if one of them is right', async () => {
    const { port } = await startAdmin();
    const right = `Host: 127.0.0.1:${port}`;
    const head = [HEALTH, right, `Host: evil.example:${port}`];
    expect((await rawRequest(port, head)).status).toBeGreaterThanOrEqual(400);
  });

  it('missing is refused', async () => {
    const { port } = await startAdmin();
    const head = ['GET /poplet/v1/health HTTP/1.0'];
    expect(await rawRequest(port, head)).toMatchObject({ status: 421 });
  });

  it('is not overruled by a target in absolute form', async () => {
    const { port } = await startAdmin();
    const head = [
      `GET http://evil.example:${port}/poplet/v1/health HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
    ];
    expect(await rawRequest(port, head)).toMatchObject({ status: 400 });
  });

  it.each(['/poplet/v1/nothing', '/', '/%zz', '*'])(
    'is checked for the target %s too',
    async (target) => {
      const { port } = await startAdmin();
      const head = [`OPTIONS ${target} HTTP/1.1`, `Host: evil.example:${port}`];
      expect(await rawRequest(port, head)).toMatchObject({ status: 421 });
    },
  );

  it('is checked before a body is read or anything done', async () => {
    const { edge, port } = await startAdmin();
    const head = [
      'POST /poplet/v1/purge HTTP/1.1',
      `Host: evil.example:${port}`,
      'Content-Type: application/json',
      'Content-Length: 19',
      '',
      '{"everything":true}',
    ];
    expect(await rawRequest(port, head)).toMatchObject({ status: 421 });
    expect(edge.purged).toEqual([]);
  });
});

describe('Origin', () => {
  it('of the admin API itself is accepted', async () => {
    const { edge, url, request } = await startAdmin();
    const answer = await request('deploy', { method: 'POST', headers: { origin: url } });
    expect(answer.status).toBe(200);
    expect(edge.deploy()).toBe('d2');
  });

  it.each(['https://evil.example', 'null', 'http://localhost:8080', 'http://127.0.0.1', 'file://'])(
    '%s is refused, and nothing is done',
    async (origin) => {
      const { edge, request } = await startAdmin();
      const answer = await request('purge', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: '{"everything":true}',
      });
      expect(answer).toMatchObject({
        status: 403,
        type: 'application/problem+json',
        body: {
          type: 'urn:poplet:problem:foreign-origin',
          detail: `the request comes from a page of ${origin}`,
        },
      });
      expect(edge.purged).toEqual([]);
    },
  );

  it('of another loopback name is refused: only the very same origin counts', async () => {
    const { port, request } = await startAdmin();
    const answer = await request('health', { headers: { origin: `http://localhost:${port}` } });
    expect(answer.status).toBe(403);
  });

  it('is refused in a preflight request, and nothing is allowed', async () => {
    const { request } = await startAdmin();
    const answer = await request('purge', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(403);
    expect([...answer.headers.keys()].join(' ')).not.toContain('access-control');
  });
});

describe('Sec-Fetch-Site', () => {
  it.each(['cross-site', 'same-site', 'anything'])('%s is refused', async (site) => {
    const { port } = await startAdmin();
    const head = [HEALTH, `Host: 127.0.0.1:${port}`, `Sec-Fetch-Site: ${site}`];
    expect(await rawRequest(port, head)).toMatchObject({ status: 403 });
  });

  it.each(['same-origin', 'none'])('%s is accepted', async (site) => {
    const { port } = await startAdmin();
    const head = [HEALTH, `Host: 127.0.0.1:${port}`, `Sec-Fetch-Site: ${site}`];
    expect(await rawRequest(port, head)).toMatchObject({ status: 200 });
  });
});

describe('a token', () => {
  it('is required of every request once it is set', async () => {
    const { request } = await startAdmin({ token: 'sesame' });
    const answer = await request('health', {});
    expect(answer).toMatchObject({
      status: 401,
      type: 'application/problem+json',
      body: { type: 'urn:poplet:problem:unauthorized' },
    });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="poplet admin"');
  });

  it.each([
    ['Bearer sesame', 200],
    ['bearer sesame', 200],
    ['Bearer Sesame', 401],
    ['Bearer sesame2', 401],
    ['Bearer sesam', 401],
    ['Bearer', 401],
    ['Basic sesame', 401],
    ['sesame', 401],
  ])('sent as "%s" gives %d', async (authorization, status) => {
    const { request } = await startAdmin({ token: 'sesame' });
    expect(await request('health', { headers: { authorization } })).toMatchObject({ status });
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'devbox.example', ''])(
    'is required to listen on "%s"',
    (host) => {
      expect(() => createAdminServer(fakeEdge(), { port: 0, host })).toThrow(
        expect.objectContaining({ name: 'PopletError', code: 'admin-token-required' }),
      );
    },
  );

  it.each(['', 'two words', 'žeton', 'line\nbreak'])('%j cannot be one', (token) => {
    expect(() => createAdminServer(fakeEdge(), { port: 0, token })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('is not needed on %s', (host) => {
    expect(() => createAdminServer(fakeEdge(), { port: 0, host })).not.toThrow();
  });
});

describe('bound to every interface', () => {
  it('is reached by loopback, and by no name', async () => {
    const { url, port } = await startAdmin({ host: '0.0.0.0', token: 'sesame' });
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const authorization = 'Authorization: Bearer sesame';
    for (const [name, status] of [
      ['127.0.0.1', 200],
      ['0.0.0.0', 200],
      ['devbox.example', 421],
      ['192.0.2.1', 421],
    ] as const) {
      const answer = await rawRequest(port, [HEALTH, `Host: ${name}:${port}`, authorization]);
      expect([name, answer.status]).toEqual([name, status]);
    }
  });

  it.skipIf(OUTER_ADDRESS === undefined)(
    'is reached by the address that the connection came in on',
    async () => {
      const { port } = await startAdmin({ host: '0.0.0.0', token: 'sesame' });
      const head = [HEALTH, `Host: ${OUTER_ADDRESS}:${port}`, 'Authorization: Bearer sesame'];
      expect(await rawRequest(port, head, OUTER_ADDRESS)).toMatchObject({ status: 200 });
      expect(await rawRequest(port, head)).toMatchObject({ status: 421 });
    },
  );
});
