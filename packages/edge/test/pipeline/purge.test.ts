// Purges and invalidations against fetches that are under way.

import type { PurgeSelector } from '@poplet/policy';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';

import { Rig, until } from '../rig.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

function purge(selector: PurgeSelector, soft = false): Promise<unknown> {
  return rig.edge.purge([{ selector, soft, siteId: undefined }]);
}

const EVERYTHING: PurgeSelector = { kind: 'everything' };

/** The origin holds its answers until the test gives them. */
async function openHeld(): Promise<ServerResponse[]> {
  const held: ServerResponse[] = [];
  rig = await Rig.open((_request, response) => held.push(response));
  return held;
}

const STORABLE = ['Cache-Control', 'max-age=60', 'Surrogate-Key', 'news'];

describe('a purge while a response is being fetched', () => {
  it('keeps it from being stored; its client still gets it', async () => {
    const held = await openHeld();
    const asked = rig.ask('/a');
    await until(() => held.length === 1, 'the origin is asked');
    await purge(EVERYTHING);
    held[0]?.writeHead(200, STORABLE).end('old');
    expect((await asked).body).toBe('old');
    expect(rig.edge.store.stats().entries).toBe(0);
    expect(rig.last).toMatchObject({ outcome: 'miss', stored: false });
    expect(rig.lastReasons).toEqual(['nothing-stored', 'not-stored-purged']);
  });

  it.for<{ by: string; selector: PurgeSelector }>([
    { by: 'tag', selector: { kind: 'tag', tag: 'news' } },
    { by: 'host', selector: { kind: 'host', host: '127.0.0.1' } },
  ])('by $by, between its head and its last byte', async ({ selector }) => {
    const held = await openHeld();
    const response = rig.head('/a');
    await until(() => held.length === 1, 'the origin is asked');
    held[0]?.writeHead(200, STORABLE).write('first ');
    const incoming = await response;
    await purge(selector);
    held[0]?.end('last');
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    expect(body).toBe('first last');
    await rig.edge.tasks.idle();
    expect(rig.edge.store.stats().entries).toBe(0);
  });

  it('keeps later requests from joining it, before and after its head', async () => {
    const held = await openHeld();
    const first = rig.ask('/a');
    await until(() => held.length === 1, 'the origin is asked');
    await purge(EVERYTHING);
    const second = rig.ask('/a');
    await until(() => held.length === 2, 'the origin is asked again');
    held[1]?.writeHead(200, STORABLE).write('new ');
    await purge({ kind: 'tag', tag: 'news' });
    const third = rig.ask('/a');
    await until(() => held.length === 3, 'the origin is asked a third time');
    held[0]?.writeHead(200, STORABLE).end('old');
    held[1]?.end('second');
    held[2]?.writeHead(200, STORABLE).end('third');
    expect((await Promise.all([first, second, third])).map(({ body }) => body)).toEqual([
      'old',
      'new second',
      'third',
    ]);
    expect((await rig.ask('/a')).body).toBe('third');
    expect(held.length).toBe(3);
  });

  it('does not revive what a 304 confirms', async () => {
    const held = await openHeld();
    const first = rig.ask('/a');
    await until(() => held.length === 1, 'the origin is asked');
    held[0]?.writeHead(200, [...STORABLE, 'ETag', '"1"']).end('old');
    await first;
    rig.edge.clock.advance(120_000);
    const second = rig.ask('/a');
    await until(() => held.length === 2, 'the origin is asked to validate');
    expect(rig.origin.headers[1]?.['if-none-match']).toBe('"1"');
    await purge(EVERYTHING);
    held[1]?.writeHead(304, ['ETag', '"1"']).end();
    // The body is gone: it is fetched anew.
    await until(() => held.length === 3, 'the origin is asked for the whole');
    held[2]?.writeHead(200, STORABLE).end('new');
    expect((await second).body).toBe('new');
    expect((await rig.ask('/a')).body).toBe('new');
  });

  it('takes effect under a frozen clock', async () => {
    const held = await openHeld();
    rig.edge.clock.freeze();
    for (const [index, body] of ['one', 'two'].entries()) {
      const asked = rig.ask('/a');
      await until(() => held.length === index + 1, 'the origin is asked');
      held[index]?.writeHead(200, STORABLE).end(body);
      expect((await asked).body).toBe(body);
      if (index === 0) await purge({ kind: 'url', url: `${rig.url}/a` });
    }
    expect((await rig.ask('/a')).body).toBe('two');
    expect(held.length).toBe(2);
  });
});

describe('a soft purge', () => {
  it('makes stale: the next request validates', async () => {
    rig = await Rig.open((request, response) => {
      if (request.headers['if-none-match'] === '"1"')
        response.writeHead(304, ['ETag', '"1"']).end();
      else text('same', 'Cache-Control', 'max-age=60', 'ETag', '"1"')(request, response);
    });
    await rig.ask('/a');
    await purge(EVERYTHING, true);
    expect((await rig.ask('/a')).body).toBe('same');
    await rig.ask('/a');
    expect(rig.outcomes).toEqual(['miss', 'revalidated', 'hit']);
  });
});

describe('an unsafe method that succeeds (RFC 9111 §4.4)', () => {
  it('makes what is stored for its target invalid', async () => {
    rig = await Rig.open(text('fine', 'Cache-Control', 'max-age=60'));
    await rig.ask('/a');
    await rig.ask('/b');
    expect((await rig.ask('/a', { method: 'POST', body: 'x' })).status).toBe(200);
    expect(rig.lastReasons).toEqual(['unsafe-method', 'invalidated']);
    await rig.ask('/a');
    await rig.ask('/b');
    expect(rig.outcomes).toEqual(['miss', 'miss', 'ineligible', 'miss', 'hit']);
  });

  it('and keeps what is being fetched from answering later requests', async () => {
    const held = await openHeld();
    const before = rig.ask('/a');
    await until(() => held.length === 1, 'the origin is asked');
    const post = rig.ask('/a', { method: 'POST', body: 'x' });
    await until(() => held.length === 2, 'the POST arrives');
    held[1]?.writeHead(204).end();
    await post;
    const after = rig.ask('/a');
    await until(() => held.length === 3, 'the origin is asked again');
    held[0]?.writeHead(200, STORABLE).end('before');
    held[2]?.writeHead(200, STORABLE).end('after');
    expect([(await before).body, (await after).body]).toEqual(['before', 'after']);
    expect((await rig.ask('/a')).body).toBe('after');
  });

  it('keeps what is being fetched for a group it names from being stored, or joined', async () => {
    const held = await openHeld();
    const STORABLE_IN_GROUP = ['Cache-Control', 'max-age=60', 'Cache-Groups', '"news"'];
    const before = rig.ask('/a');
    await until(() => held.length === 1, 'the origin is asked');
    const post = rig.ask('/form', { method: 'POST', body: 'x' });
    await until(() => held.length === 2, 'the POST arrives');
    held[1]?.writeHead(200, ['Cache-Group-Invalidation', '"news"']).end();
    await post;
    expect(rig.lastReasons).toEqual(['unsafe-method', 'invalidated', 'invalidated-groups']);
    const after = rig.ask('/a');
    await until(() => held.length === 3, 'the origin is asked again');
    held[2]?.writeHead(200, STORABLE_IN_GROUP).end('after');
    expect((await after).body).toBe('after');
    held[0]?.writeHead(200, STORABLE_IN_GROUP).end('before');
    expect((await before).body).toBe('before');
    expect(rig.lastReasons).toEqual(['nothing-stored', 'not-stored-purged']);
    expect((await rig.ask('/a')).body).toBe('after');
    expect(held.length).toBe(3);
  });

  it('keeps a body that began before it from being stored, where the group is known by then', async () => {
    const held = await openHeld();
    const asked = rig.head('/a');
    await until(() => held.length === 1, 'the origin is asked');
    held[0]
      ?.writeHead(200, ['Cache-Control', 'max-age=60', 'Cache-Groups', '"news"'])
      .write('first ');
    const incoming = await asked;
    const post = rig.ask('/form', { method: 'POST', body: 'x' });
    await until(() => held.length === 2, 'the POST arrives');
    held[1]?.writeHead(200, ['Cache-Group-Invalidation', '"news"']).end();
    await post;
    held[0]?.end('last');
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    expect(body).toBe('first last');
    await rig.edge.tasks.idle();
    expect(rig.edge.store.stats().entries).toBe(0);
  });

  it('whose answer stands for its target is stored, whatever else is purged meanwhile', async () => {
    const held = await openHeld();
    const post = rig.ask('/a', { method: 'POST', body: 'x' });
    await until(() => held.length === 1, 'the POST arrives');
    await purge({ kind: 'url', url: `${rig.url}/b` });
    held[0]
      ?.writeHead(200, ['Cache-Control', 'max-age=60', 'Content-Location', '/a'])
      .write('new ');
    await until(() => rig.edge.store.sequence === 2, 'the answer is settled');
    // A GET that comes now asks for itself: nothing joins the answer to a POST.
    const get = rig.ask('/a');
    await until(() => held.length === 2, 'the GET arrives');
    held[0]?.end('state');
    expect((await post).body).toBe('new state');
    expect(rig.lastReasons).toEqual(['unsafe-method', 'invalidated', 'stored']);
    expect((await rig.ask('/a')).body).toBe('new state');
    held[1]?.writeHead(200, STORABLE).end('newer state');
    expect((await get).body).toBe('newer state');
    expect((await rig.ask('/a')).body).toBe('newer state');
  });

  it.for([
    { when: 'before its head', soft: false },
    { when: 'before its head', soft: true },
    { when: 'before its last byte', soft: false },
    { when: 'before its last byte', soft: true },
  ])('whose answer is purged $when (soft: $soft) is not fresh', async ({ when, soft }) => {
    const held = await openHeld();
    const purgeIt = (): Promise<unknown> => purge({ kind: 'url', url: `${rig.url}/a` }, soft);
    const post = rig.ask('/a', { method: 'POST', body: 'x' });
    await until(() => held.length === 1, 'the POST arrives');
    if (when === 'before its head') await purgeIt();
    held[0]
      ?.writeHead(200, ['Cache-Control', 'max-age=60', 'Content-Location', '/a'])
      .write('new ');
    await until(() => rig.edge.store.sequence > 0, 'the answer is settled');
    if (when === 'before its last byte') await purgeIt();
    held[0]?.end('state');
    await post;
    const get = rig.ask('/a');
    await until(() => held.length === 2, 'the origin is asked');
    held[1]?.end('asked anew');
    expect((await get).body).toBe('asked anew');
  });

  it('that fails changes nothing', async () => {
    rig = await Rig.open((request, response) => {
      if (request.method === 'POST') response.writeHead(500).end();
      else text('fine', 'Cache-Control', 'max-age=60')(request, response);
    });
    await rig.ask('/a');
    await rig.ask('/a', { method: 'POST', body: 'x' });
    await rig.ask('/a');
    expect(rig.outcomes).toEqual(['miss', 'ineligible', 'hit']);
  });
});
