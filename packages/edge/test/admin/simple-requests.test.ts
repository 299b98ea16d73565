// What a web page can send without asking first (no preflight request), from a browser so old that it
// says neither Origin nor Sec-Fetch-Site: no such request changes anything.

import { describe, expect, it } from 'vitest';
import { rawRequest } from './raw-request.ts';
import { startAdmin } from './start-admin.ts';

/** The three types that a form, or fetch in no-cors mode, can send. */
const SIMPLE_TYPES = [
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'text/plain; application/json',
];

const CHANGES = [
  ['purge', '{"everything":true}'],
  ['clock', '{"advance":"1d"}'],
  ['deploy', ''],
  ['deploy', '{}'],
  ['faults', '{"rules":[]}'],
] as const;

describe.each(SIMPLE_TYPES)('%s', (type) => {
  it.each(CHANGES)('POST %s with "%s"', async (path, body) => {
    const { edge, port } = await startAdmin();
    const before = edge.clock.offsetMs;
    const { status } = await rawRequest(port, [
      `POST /poplet/v1/${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `Content-Type: ${type}`,
      `Content-Length: ${body.length}`,
      ...(body === '' ? [] : ['Connection: close', '', body]),
    ]);
    expect(status).toBe(415);
    expect(edge.purged).toEqual([]);
    expect(edge.clock.offsetMs).toBe(before);
    expect(edge.deploy()).toBe('d1');
  });
});

it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])(
  '%s changes nothing, whatever it names',
  async (method) => {
    const { edge, port } = await startAdmin();
    for (const path of [
      'purge?everything=true',
      'clock?advance=1d',
      'deploy',
      'faults',
      'explain',
    ]) {
      const head = [`${method} /poplet/v1/${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`];
      await rawRequest(port, head);
    }
    expect(edge.purged).toEqual([]);
    expect(edge.clock.offsetMs).toBe(0);
    expect(edge.deploy()).toBe('d1');
  },
);

it.each([
  'X-HTTP-Method-Override: POST',
  'X-Original-URL: /poplet/v1/purge',
  'X-Forwarded-Host: 127.0.0.1',
])('%s makes no other request of it', async (line) => {
  const { edge, port } = await startAdmin();
  const head = [`GET /poplet/v1/health?_method=POST HTTP/1.1`, `Host: 127.0.0.1:${port}`, line];
  expect(await rawRequest(port, head)).toMatchObject({ status: 200 });
  const foreign = [`GET /poplet/v1/health HTTP/1.1`, `Host: evil.test:${port}`, line];
  expect(await rawRequest(port, foreign)).toMatchObject({ status: 421 });
  expect(edge.purged).toEqual([]);
});

it.each([
  ['a token in the query', '?token=sesame', []],
  ['a token in a cookie', '', ['Cookie: token=sesame']],
  ['a token in two lines', '', ['Authorization: Bearer x', 'Authorization: Bearer sesame']],
  ['a token as a password', '', [`Authorization: Basic ${btoa('a:sesame')}`]],
  ['a token in another field', '', ['X-Token: sesame', 'Proxy-Authorization: Bearer sesame']],
])('%s is none', async (_, query, lines) => {
  const { port } = await startAdmin({ token: 'sesame' });
  const head = [`GET /poplet/v1/health${query} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...lines];
  const { status, body } = await rawRequest(port, head);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body).not.toContain('sesame');
});
