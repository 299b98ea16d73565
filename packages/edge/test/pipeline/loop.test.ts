// Upstreams that lead back to the edge.

import { freePort } from '@poplet/conformance/free-port';
import { afterEach, expect, it } from 'vitest';

import { createEdge, type Edge, type EdgeOptions } from '../../src/index.ts';
import { ask } from '../test-client.ts';
import { Rig } from '../rig.ts';
import { text } from '../test-origin.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function edgeAt(port: number, options: EdgeOptions): Promise<Edge> {
  const edge = createEdge(options);
  closing.push(() => edge.close());
  await edge.listen({ port });
  return edge;
}

it('an edge whose upstream is itself says so at once', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const edge = await edgeAt(port, { sites: [{ upstream: { url } }] });
  const { status, body } = await ask(`${url}/a`);
  expect({ status, body }).toEqual({
    status: 508,
    body: expect.stringMatching(/the request has been here before \(CDN-Loop: poplet;id=[\w.-]+\)/),
  });
  expect(edge.journal.latest(9).map(({ outcome, status: sent }) => [outcome, sent])).toEqual([
    ['error', 508],
    ['bypass', 508],
  ]);
});

it('two edges that lead to one another are found out, with what lies between intact', async () => {
  const [one, two] = [await freePort(), await freePort()];
  const first = await edgeAt(one, { sites: [{ upstream: { url: `http://127.0.0.1:${two}` } }] });
  const second = await edgeAt(two, { sites: [{ upstream: { url: `http://127.0.0.1:${one}` } }] });
  expect((await ask(`http://127.0.0.1:${one}/a`)).status).toBe(508);
  expect([first.journal.totals.exchanges, second.journal.totals.exchanges]).toEqual([2, 1]);
});

it('a shield behind a point of presence is no loop, nor is another site of the same edge', async () => {
  const rig = await Rig.open((request, response) => {
    text(String(request.headers['cdn-loop']), 'Cache-Control', 'max-age=60')(request, response);
  });
  closing.push(() => rig.close());
  const port = await freePort();
  const own = `http://127.0.0.1:${port}`;
  await edgeAt(port, {
    id: 'here',
    sites: [
      { id: 'pop', hosts: ['localhost'], upstream: { url: own } },
      { id: 'shield', hosts: ['127.0.0.1'], upstream: { url: rig.url } },
    ],
  });
  const { status, body } = await ask(`http://127.0.0.1:${port}/a`, {
    headers: { host: 'localhost' },
  });
  expect(status).toBe(200);
  expect(body).toMatch(/^poplet;id=here\.0, poplet;id=here\.1, poplet;id=[\da-f]{12}\.0$/);
});

it('a request to switch protocols goes round no more often', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const edge = await edgeAt(port, { sites: [{ upstream: { url } }] });
  const { status } = await ask(url, {
    headers: { connection: 'Upgrade', upgrade: 'websocket' },
  });
  expect(status).toBe(508);
  expect(edge.journal.totals.exchanges).toBe(2);
});
