import { afterEach, expect, it } from 'vitest';
import { createAdminServer, type AdminServer } from '../../src/admin/admin-server.ts';
import { Rig } from '../rig.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
let admin: AdminServer;
afterEach(async () => {
  await admin.close();
  await rig.close();
});

async function open(hosts: readonly string[] = [], knowsItsUrl = true): Promise<void> {
  rig = await Rig.open(text('page', 'Cache-Control', 'private', 'Vary', 'Accept'), {
    site: { hosts },
  });
  admin = createAdminServer(rig.edge, { port: 0, ...(knowsItsUrl ? { edgeUrl: rig.url } : {}) });
  await admin.listen();
}

async function post(body: unknown): Promise<{ readonly status: number; readonly json: unknown }> {
  const response = await fetch(`${admin.url}/poplet/v1/explain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}

it.each(['GET', 'POST'])('answers with the whole explanation of a %s', async (method) => {
  await open();
  const asked = { url: `${rig.url}/a`, method, headers: { accept: ['text/html', 'text/plain'] } };
  const { status, json } = await post(asked);
  const explanation = await rig.edge.explain(asked);
  // The schema of the response takes nothing away.
  expect({ status, json: withoutTimes(json) }).toEqual({
    status: 200,
    json: withoutTimes(explanation),
  });
});

/** Two answers of one origin may differ in their Date. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/[A-Z][a-z]{2}, \d\d [^"]* GMT/gu, 'then'));
}

it.each([
  { hosts: [], host: '127.0.0.1' },
  { hosts: ['shop.test', 'www.shop.test'], host: 'shop.test' },
])('a path is one of $host', async ({ hosts, host }) => {
  await open(hosts);
  const { port } = new URL(rig.url);
  const { json } = await post({ url: '/a' });
  expect(json).toMatchObject({
    url: `http://${host}:${port}/a`,
    suggestions: [{ goal: 'cached' }, { goal: 'cached' }],
  });
});

it.each([
  [{}, 400],
  [{ url: '' }, 400],
  [{ url: '/a', headers: { a: 1 } }, 400],
  [{ url: '/a', unknown: true }, 400],
  [{ url: 'a' }, 422],
  [{ url: 'http://other.test/' }, 422],
  [{ url: '/a', method: 'G T' }, 422],
])('%j is refused with %i', async (body, status) => {
  await open(['shop.test']);
  const answer = await post(body);
  expect(answer).toMatchObject({ status, json: { hint: expect.any(String) } });
});

it('a path of an edge that does not know its address is refused', async () => {
  await open([], false);
  expect(await post({ url: '/a' })).toMatchObject({
    status: 422,
    json: { detail: expect.stringContaining('does not know its own address') },
  });
});
