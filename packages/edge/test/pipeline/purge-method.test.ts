// PURGE on the port of cached traffic: off unless it is turned on, and then not for everybody.

import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';

import { parseResponses } from '@poplet/conformance/raw-http';
import { createEdge, type Edge, type EdgeOptions } from '../../src/index.ts';
import { rawRequest } from '../admin/raw-request.ts';
import { Rig } from '../rig.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

async function open(purgeMethod?: EdgeOptions['purgeMethod']): Promise<void> {
  rig = await Rig.open(text('page', 'Cache-Control', 'max-age=600'), { purgeMethod });
  await rig.ask('/a?b=1');
  await rig.ask('/c');
}

function stored(): readonly string[] {
  const entries = rig.edge.store.entries({ limit: 10 });
  return entries.map(
    ({ response }) => URL.parse(response.primaryKey.split(' ')[1] ?? '')?.pathname ?? '',
  );
}

/** A PURGE over a raw socket, and what it was answered. */
async function purge(
  lines: readonly string[] = [],
  { target = '/a?b=1', address = '127.0.0.1' } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const { port, host } = new URL(rig.url);
  return rawRequest(Number(port), [`PURGE ${target} HTTP/1.1`, `Host: ${host}`, ...lines], address);
}

describe('where it is off', () => {
  it('is refused, says what to do instead, and reaches neither store nor origin', async () => {
    await open();
    const answer = await rig.ask('/a?b=1', { method: 'PURGE' });
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toContain('GET');
    expect(answer.body).toContain('poplet purge');
    expect(stored()).toEqual(expect.arrayContaining(['/a', '/c']));
    expect(rig.origin.asked).toEqual(['GET /a?b=1', 'GET /c']);
    expect(rig.last).toMatchObject({
      status: 405,
      outcome: 'error',
      reasons: [{ code: 'purge-method-off' }],
      askedUpstream: false,
    });
  });

  it('is refused with the right form of a token, too', async () => {
    await open();
    expect(await purge(['Authorization: Bearer undefined'])).toMatchObject({ status: 405 });
  });

  it('is refused although it asks to switch protocols', async () => {
    await open();
    const lines = ['Connection: Upgrade', 'Upgrade: websocket'];
    expect(await purge(lines)).toMatchObject({ status: 405 });
    expect(rig.origin.asked).toHaveLength(2);
  });
});

describe('where it is on', () => {
  it('removes what is stored for its URL, all of it, and nothing else', async () => {
    await open({});
    const { status, body } = await purge();
    expect([status, JSON.parse(body)]).toEqual([200, { status: 'ok', sequence: 1 }]);
    expect(stored()).toEqual(['/c']);
    expect(rig.origin.asked).toHaveLength(2);
    expect(rig.last).toMatchObject({
      status: 200,
      outcome: 'ineligible',
      reasons: [{ code: 'purged-by-method' }],
    });
    await rig.ask('/a?b=1');
    expect(rig.origin.asked).toHaveLength(3);
  });

  it.each([
    ['another query', '/a?b=2'],
    ['no query', '/a'],
    ['a pattern', '/*'],
    ['a prefix', '/'],
  ])('takes %s for another URL', async (_, target) => {
    await open({});
    expect(await purge([], { target })).toMatchObject({ status: 200 });
    expect(stored()).toEqual(expect.arrayContaining(['/a', '/c']));
  });

  it('reaches what Host names, and not another host', async () => {
    await open({});
    const { port } = new URL(rig.url);
    const head = ['PURGE /a?b=1 HTTP/1.1', 'Host: other.test'];
    expect(await rawRequest(Number(port), head)).toMatchObject({ status: 200 });
    expect(stored()).toContain('/a');
  });

  it.each([
    ['a page elsewhere', ['Origin: https://evil.test'], 'web page'],
    ['a sandboxed page', ['Origin: null'], 'web page'],
    ['a page of the edge itself', ['Sec-Fetch-Site: same-origin'], 'web page'],
    ['another site', ['Sec-Fetch-Site: cross-site'], 'web page'],
    ['a tunnel', ['X-Forwarded-For: 203.0.113.9'], 'proxy'],
    ['a proxy', ['Forwarded: for=203.0.113.9'], 'proxy'],
    ['a proxy that names itself', ['Via: 1.1 tunnel'], 'proxy'],
  ])('does not obey %s', async (_, lines, says) => {
    await open({});
    const { status, body } = await purge(lines);
    expect([status, body]).toEqual([403, expect.stringContaining(says)]);
    expect(stored()).toContain('/a');
    expect(rig.origin.asked).toHaveLength(2);
  });

  const outer = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

  it.skipIf(outer === undefined)('does not obey another machine', async () => {
    await open({});
    // Listens on all addresses; a connection to the outer one comes from there.
    const edge: Edge = createEdge({
      sites: [{ upstream: { url: rig.origin.url } }],
      purgeMethod: {},
    });
    const { port } = await edge.listen({ port: 0, host: '0.0.0.0' });
    const { status, body } = await rawRequest(port, ['PURGE / HTTP/1.1', 'Host: a'], outer);
    expect([status, body]).toEqual([403, expect.stringContaining('another machine')]);
    await edge.close();
  });

  it('answers one in its turn, and what is behind it', async () => {
    await open({});
    const { port, host } = new URL(rig.url);
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    const get = `GET /a?b=1 HTTP/1.1\r\nHost: ${host}\r\n`;
    socket.write(`${get}\r\nPURGE /a?b=1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    socket.write(`${get}Connection: close\r\n\r\n`);
    const { responses } = parseResponses(await buffer(socket), ['GET', 'PURGE', 'GET']);
    expect(responses.map((one) => one.body.toString().trim())).toEqual([
      'page',
      '{"status":"ok","sequence":1}',
      'page',
    ]);
    // Once for the beginning, once behind the purge.
    expect(rig.origin.asked.filter((one) => one === 'GET /a?b=1')).toHaveLength(2);
  });
});

describe('with a token', () => {
  it.each([
    ['Bearer sesame', 200],
    ['bearer sesame', 200],
    ['Bearer sesame2', 401],
    ['Bearer sesam', 401],
    ['Bearer', 401],
    ['Basic sesame', 401],
    ['sesame', 401],
    ['Bearer sesame, Bearer x', 401],
  ])('"%s" gives %d', async (authorization, status) => {
    await open({ token: 'sesame' });
    expect(await purge([`Authorization: ${authorization}`])).toMatchObject({ status });
    expect(stored().includes('/a')).toBe(status !== 200);
  });

  it('is asked for it, and obeyed through a proxy', async () => {
    await open({ token: 'sesame' });
    const answer = await rig.ask('/a?b=1', { method: 'PURGE' });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="poplet purge"',
    ]);
    const lines = ['Authorization: Bearer sesame', 'X-Forwarded-For: 203.0.113.9'];
    expect(await purge(lines)).toMatchObject({ status: 200 });
  });

  it('does not obey a web page that has it', async () => {
    await open({ token: 'sesame' });
    const lines = ['Authorization: Bearer sesame', 'Origin: https://evil.test'];
    expect(await purge(lines)).toMatchObject({ status: 403 });
  });

  it('appears in no record, right or wrong', async () => {
    await open({ token: 'sesame' });
    await purge(['Authorization: Bearer sesame']);
    await purge(['Authorization: Bearer sesame-open']);
    expect(JSON.stringify(rig.edge.journal.latest(100))).not.toContain('sesame');
  });
});
