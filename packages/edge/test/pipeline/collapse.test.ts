// Simultaneous requests: one upstream exchange where the answer may be shared, one each where not.

import type { IncomingMessage } from 'node:http';

import { rfc9111 } from '@poplet/policy';
import { createMemoryStore } from '@poplet/store';
import { afterEach, describe, expect, it } from 'vitest';

import { Rig, until, type RigOptions } from '../rig.ts';
import { text, type Answer } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

async function open(answer: Answer, options?: RigOptions): Promise<void> {
  rig = await Rig.open(answer, options);
}

/** Holds every request until `release`, then answers them, and later ones at once. */
function gate(answer: Answer): { readonly answer: Answer; readonly release: () => void } {
  let isOpen = false;
  const held: (() => void)[] = [];
  return {
    answer: (request, response) => {
      if (isOpen) answer(request, response);
      else held.push(() => answer(request, response));
    },
    release() {
      isOpen = true;
      for (const go of held.splice(0)) go();
    },
  };
}

const CLIENTS = 300;

describe('an answer that may be shared', () => {
  it('is fetched once for all', async () => {
    const { answer, release } = gate(text('shared', 'Cache-Control', 'max-age=60'));
    await open(answer);
    const all = rig.askTogether('/a', CLIENTS);
    await rig.hasReceivedAll();
    release();
    const bodies = new Set((await all).map(({ status, body }) => `${status} ${body}`));
    expect([...bodies]).toEqual(['200 shared']);
    expect(rig.origin.asked).toEqual(['GET /a']);
    expect(rig.outcomes.filter((outcome) => outcome === 'miss').length).toBe(1);
    expect(rig.outcomes.filter((outcome) => outcome === 'hit').length).toBe(299);
    expect(rig.records.filter(({ collapsed }) => collapsed).length).toBe(299);
    expect(rig.records.filter(({ stored }) => stored).length).toBe(1);
  });

  it('is fetched once for all also where its body turns out too large to keep', async () => {
    const { answer, release } = gate((_request, response) => {
      // In chunks: how long it is shows at its end.
      response.writeHead(200, ['Cache-Control', 'max-age=60']);
      response.end('shared, and not stored');
    });
    await open(answer, { store: createMemoryStore({ maxBodyBytes: 10 }) });
    const all = rig.askTogether('/a', 20);
    await rig.hasReceivedAll();
    release();
    const bodies = new Set((await all).map(({ body }) => body));
    expect([...bodies]).toEqual(['shared, and not stored']);
    expect(rig.origin.asked).toEqual(['GET /a']);
    expect(rig.records.filter(({ stored }) => stored)).toEqual([]);
  });

  it('with the trailers that are for all; the others are for the first client', async () => {
    const { answer, release } = gate((_request, response) => {
      response.writeHead(200, [
        'Cache-Control',
        'max-age=60, private="x-user"',
        'Trailer',
        'X-Sum',
      ]);
      response.write('shared');
      response.addTrailers([
        ['X-User', 'ada'],
        ['X-Sum', '42'],
      ]);
      response.end();
    });
    await open(answer);
    const all = rig.askTogether('/a', 3);
    await rig.hasReceivedAll();
    release();
    const trailers = (await all).map(({ rawTrailers }) => rawTrailers.join(' '));
    expect(trailers.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'X-Sum 42',
      'X-Sum 42',
      'X-User ada X-Sum 42',
    ]);
  });

  it('says so in Cache-Status', async () => {
    const { answer, release } = gate(text('shared', 'Cache-Control', 'max-age=60'));
    await open(answer);
    const all = rig.askTogether('/a', 3);
    await rig.hasReceivedAll();
    release();
    const members = (await all).map(({ headers }) =>
      String(headers['cache-status']).replace(/;key="[^"]*"/, ''),
    );
    expect(members.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'poplet;fwd=uri-miss;fwd-status=200;ttl=60;stored;detail=stored',
      'poplet;fwd=uri-miss;ttl=60;collapsed;detail=collapsed',
      'poplet;fwd=uri-miss;ttl=60;collapsed;detail=collapsed',
    ]);
  });

  it('is fetched once per variant', async () => {
    const { answer, release } = gate((request, response) => {
      text(
        `in ${request.headers['accept-language']}`,
        'Cache-Control',
        'max-age=60',
        'Vary',
        'Accept-Language',
      )(request, response);
    });
    await open(answer);
    const languages = ['en', 'de', 'fr'];
    const all = rig.askTogether('/a', CLIENTS, (index) => ({
      headers: { 'accept-language': languages[index % 3] as string },
    }));
    await rig.hasReceivedAll();
    release();
    const received = await all;
    expect(received.map(({ body }) => body)).toEqual(
      received.map((_, index) => `in ${languages[index % 3]}`),
    );
    expect(
      rig.origin.headers
        .map((headers) => String(headers['accept-language']))
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['de', 'en', 'fr']);
    expect(rig.edge.store.stats().entries).toBe(3);
  });

  it('is shared between GET and HEAD', async () => {
    const { answer, release } = gate(text('shared', 'Cache-Control', 'max-age=60'));
    await open(answer);
    const all = rig.askTogether('/a', 20, (index) => ({
      method: index % 2 === 0 ? 'HEAD' : 'GET',
    }));
    await rig.hasReceivedAll();
    release();
    const received = await all;
    expect(received.map(({ body }) => body)).toEqual(
      received.map((_, index) => (index % 2 === 0 ? '' : 'shared')),
    );
    expect(new Set(received.map(({ headers }) => headers['content-length']))).toEqual(
      new Set(['6']),
    );
    expect(rig.origin.asked).toEqual(['GET /a']);
  });

  it('is validated once for all when it is stale', async () => {
    const gated = gate((request, response) => {
      if (request.headers['if-none-match'] === '"1"')
        response.writeHead(304, ['Cache-Control', 'max-age=60', 'ETag', '"1"']).end();
      else text('shared', 'Cache-Control', 'max-age=60', 'ETag', '"1"')(request, response);
    });
    await open(text('shared', 'Cache-Control', 'max-age=60', 'ETag', '"1"'));
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    rig.origin.answer = gated.answer;
    const all = rig.askTogether('/a', 100);
    await until(() => rig.origin.asked.length === 2, 'the origin is asked to validate');
    await rig.hasReceivedAll();
    gated.release();
    const bodies = new Set((await all).map(({ status, body }) => `${status} ${body}`));
    expect([...bodies]).toEqual(['200 shared']);
    expect(rig.origin.asked).toEqual(['GET /a', 'GET /a']);
    expect(rig.outcomes.filter((outcome) => outcome === 'revalidated').length).toBe(1);
  });

  it('reaches those who come while its body is under way, from its first byte on', async () => {
    let finish = (): void => {};
    await open((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'max-age=60']);
      response.write('first ');
      finish = () => response.end('last');
    });
    const first = await rig.head('/a');
    const second = rig.ask('/a');
    const chunks: string[] = [];
    first.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    await until(() => chunks.join('') === 'first ', 'the first half arrives');
    finish();
    expect((await second).body).toBe('first last');
    await until(() => chunks.join('') === 'first last', 'the second half arrives');
    expect(rig.origin.asked).toEqual(['GET /a']);
  });

  it('answers a Range of those who wait', async () => {
    const { answer, release } = gate(
      text('0123456789', 'Cache-Control', 'max-age=60', 'ETag', '"1"'),
    );
    await open(answer);
    const all = rig.askTogether('/a', 2, (index) => ({
      headers: index === 0 ? {} : { range: 'bytes=2-4' },
    }));
    await rig.hasReceivedAll();
    release();
    expect((await all).map(({ status, body }) => `${status} ${body}`)).toEqual([
      '200 0123456789',
      '206 234',
    ]);
    expect(rig.origin.asked.length).toBe(1);
    expect(rig.origin.headers[0]).not.toHaveProperty('range');
  });
});

describe('an answer for one client', () => {
  const mine: Answer = (request, response) => {
    text(
      `for ${String(request.headers['x-me'])}`,
      'Cache-Control',
      'private, max-age=60',
    )(request, response);
  };

  it('is fetched for each, and nobody gets another’s', async () => {
    const { answer, release } = gate(mine);
    await open(answer);
    const all = rig.askTogether('/a', CLIENTS, (index) => ({ headers: { 'x-me': String(index) } }));
    await rig.hasReceivedAll();
    expect(rig.origin.asked.length).toBe(1);
    release();
    expect((await all).map(({ body }) => body)).toEqual(
      Array.from({ length: CLIENTS }, (_, index) => `for ${index}`),
    );
    expect(rig.origin.asked.length).toBe(CLIENTS);
    expect(rig.edge.store.stats().entries).toBe(0);
    expect(rig.records.some(({ collapsed }) => collapsed)).toBe(false);
  });

  it('holds nobody up whose own answer is there', async () => {
    await open((request, response) => {
      response.writeHead(200, ['Cache-Control', 'private']);
      response.write('head and a little');
      if (request.headers['x-me'] !== 'slow') response.end();
    });
    const slow = await rig.head('/a', { headers: { 'x-me': 'slow' } });
    const others = await rig.askTogether('/a', 20);
    expect(others.every(({ body }) => body === 'head and a little')).toBe(true);
    slow.destroy();
  });

  it('keeps later bursts from queueing, until an answer can be shared again', async () => {
    await open(mine);
    await rig.askTogether('/a', 2);
    const gated = gate(text('shared', 'Cache-Control', 'max-age=60'));
    rig.origin.answer = gated.answer;
    const before = rig.origin.asked.length;
    const all = rig.askTogether('/a', 10);
    await until(() => rig.origin.asked.length === before + 10, 'each asks for itself');
    gated.release();
    await all;
    expect(rig.lastReasons).toContain('do-not-collapse');
    // The mark is cleared.
    await rig.edge.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }]);
    const again = gate(text('shared', 'Cache-Control', 'max-age=60'));
    rig.origin.answer = again.answer;
    const asked = rig.origin.asked.length;
    const last = rig.askTogether('/a', 10);
    await until(() => rig.origin.asked.length > asked, 'one asks');
    await rig.hasReceivedAll();
    again.release();
    await last;
    expect(rig.origin.asked.length).toBe(asked + 1);
  });

  it('forgets the mark after the time the policy gives, in virtual time', async () => {
    await open(mine, {
      site: { policy: { ...rfc9111, fill: { ...rfc9111.fill, doNotCollapseSeconds: 30 } } },
    });
    await rig.ask('/a');
    rig.edge.clock.advance(29_000);
    const early = gate(mine);
    rig.origin.answer = early.answer;
    const two = rig.askTogether('/a', 2);
    await until(() => rig.origin.asked.length === 3, 'both ask');
    early.release();
    await two;
    rig.edge.clock.advance(2000);
    const late = gate(mine);
    rig.origin.answer = late.answer;
    const others = rig.askTogether('/a', 2);
    await until(() => rig.origin.asked.length === 4, 'one asks');
    await rig.hasReceivedAll();
    expect(rig.origin.asked.length).toBe(4);
    late.release();
    await others;
  });

  it('is not what another client’s no-store makes of the next one’s', async () => {
    await open(text('shared', 'Cache-Control', 'max-age=60'));
    await rig.ask('/a', { headers: { 'cache-control': 'no-store' } });
    const { answer, release } = gate(text('shared', 'Cache-Control', 'max-age=60'));
    rig.origin.answer = answer;
    const all = rig.askTogether('/a', 10);
    await until(() => rig.origin.asked.length === 2, 'one asks');
    await rig.hasReceivedAll();
    release();
    await all;
    expect(rig.origin.asked.length).toBe(2);
  });
});

describe('what is never shared', () => {
  it.for([
    { what: 'requests for events', headers: { accept: 'text/event-stream' } },
    { what: 'requests with no-store', headers: { 'cache-control': 'no-store' } },
  ])('$what', async ({ headers }) => {
    const { answer, release } = gate(text('shared', 'Cache-Control', 'max-age=60'));
    await open(answer);
    const all = rig.askTogether('/a', 5, () => ({ headers }));
    await until(() => rig.origin.asked.length === 5, 'each asks for itself');
    release();
    expect((await all).map(({ body }) => body)).toEqual([
      'shared',
      'shared',
      'shared',
      'shared',
      'shared',
    ]);
  });

  it('a wait that takes too long', async () => {
    const { answer, release } = gate(text('shared', 'Cache-Control', 'max-age=60'));
    await open(answer, { collapseWaitMs: 100 });
    const all = rig.askTogether('/a', 3);
    await until(() => rig.origin.asked.length === 3, 'those who waited ask for themselves');
    release();
    await all;
    const waited = rig.records.filter(({ reasons }) =>
      reasons.some(({ code }) => code === 'collapse-timeout'),
    );
    expect(waited.length).toBe(2);
  });
});

describe('a failure', () => {
  it('to answer in time is shared as a value', async () => {
    await open(() => {}, { upstream: { timeouts: { headMs: 1000 } } });
    const all = rig.askTogether('/a', 50);
    await rig.hasReceivedAll();
    const received = await all;
    expect(new Set(received.map(({ status }) => status))).toEqual(new Set([504]));
    expect(received[7]?.body).toMatch(/no response within 1000 ms/);
    expect(rig.origin.asked.length).toBe(1);
  });

  it.each([
    ['a connection that breaks', (request: IncomingMessage) => void request.socket.destroy()],
    [
      'an answer that is none',
      (request: IncomingMessage) => void request.socket.end('HTTP/1.1 nonsense\r\n\r\n'),
    ],
  ])('that may be the request’s own reaches nobody else: %s', async (_, fail) => {
    const fine = text('fine', 'Cache-Control', 'max-age=60');
    const { answer, release } = gate((request, response) => {
      if (request.headers['x-poison'] === undefined) fine(request, response);
      else fail(request);
    });
    await open(answer);
    const poisoned = rig.ask('/a', { headers: { 'x-poison': 'yes' } });
    await until(() => rig.origin.asked.length === 1, 'the first is asked for');
    const others = rig.askTogether('/a', 50);
    await rig.hasReceivedAll();
    release();
    expect((await poisoned).status).toBe(502);
    expect(new Set((await others).map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['200 fine']),
    );
    // One for the failure, and one more for all others.
    expect(rig.origin.asked.length).toBe(2);
  });

  it('of a connection for everybody is found out in a few attempts, however many wait', async () => {
    const { answer, release } = gate((request) => request.socket.destroy());
    await open(answer);
    const all = rig.askTogether('/a', 50);
    await rig.hasReceivedAll();
    release();
    const received = await all;
    expect(new Set(received.map(({ status }) => status))).toEqual(new Set([502]));
    expect(received[7]?.body).toMatch(/connection was closed/);
    expect(rig.origin.asked.length).toBe(4);
  });

  it('lets each that has something stale serve that', async () => {
    await open(text('stale', 'Cache-Control', 'max-age=60, stale-if-error=600', 'ETag', '"1"'));
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    const { answer, release } = gate((_request, response) => response.writeHead(503).end('down'));
    rig.origin.answer = answer;
    const all = rig.askTogether('/a', 50);
    await until(() => rig.origin.asked.length === 2, 'the origin is asked to validate');
    await rig.hasReceivedAll();
    release();
    expect(new Set((await all).map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['200 stale']),
    );
    expect(rig.origin.asked.length).toBe(2);
    expect(new Set(rig.outcomes.slice(1))).toEqual(new Set(['stale']));
  });
});

describe('clients that leave', () => {
  it('leave a fill that can be stored to finish', async () => {
    const { answer, release } = gate(text('whole', 'Cache-Control', 'max-age=60'));
    await open(answer);
    const abort = new AbortController();
    const asked = rig.ask('/a', { signal: abort.signal });
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    abort.abort();
    await expect(asked).rejects.toThrow('aborted');
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.last).toMatchObject({ complete: false, bodyBytes: 0, askedUpstream: true });
    expect(rig.lastReasons).toContain('client-gone');
    release();
    await rig.edge.tasks.idle();
    expect(rig.edge.flights).toBe(0);
    expect((await rig.ask('/a')).body).toBe('whole');
    expect(rig.origin.asked.length).toBe(1);
  });

  it('end a fill that nobody may finish', async () => {
    await open(() => {}, {
      site: { policy: { ...rfc9111, fill: { ...rfc9111.fill, finishWhenAbandoned: false } } },
    });
    const abort = new AbortController();
    const asked = rig.ask('/a', { signal: abort.signal });
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    abort.abort();
    await expect(asked).rejects.toThrow('aborted');
    await until(() => rig.origin.aborted === 1, 'the origin is let go');
  });

  it('do not take the answer from those who stay', async () => {
    const policy = { ...rfc9111, fill: { ...rfc9111.fill, finishWhenAbandoned: false } };
    const { answer, release } = gate(text('whole', 'Cache-Control', 'max-age=60'));
    await open(answer, { site: { policy } });
    const abort = new AbortController();
    const leader = rig.ask('/a', { signal: abort.signal });
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    const waiter = rig.askTogether('/a', 1);
    await rig.hasReceivedAll();
    abort.abort();
    await expect(leader).rejects.toThrow('aborted');
    await until(() => rig.records.length === 1, 'the leader is gone');
    release();
    expect((await waiter)[0]?.body).toBe('whole');
    expect(rig.origin.asked.length).toBe(1);
  });

  it('end an answer for one client also where some of them only waited', async () => {
    const { answer, release } = gate((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'private']).write('for one, and it never ends');
    });
    await open(answer);
    const abort = new AbortController();
    const all = rig.askTogether('/a', 3, () => ({ signal: abort.signal }));
    await rig.hasReceivedAll();
    abort.abort();
    await expect(all).rejects.toThrow('aborted');
    await until(() => rig.records.length === 3, 'all are recorded as gone');
    release();
    await until(() => rig.origin.aborted === 1, 'the origin is told that nobody listens');
    expect(rig.origin.asked.length).toBe(1);
  });
});

describe('a refresh in the background', () => {
  it('gives up a body that it may not store', async () => {
    await open(text('old', 'Cache-Control', 'max-age=60, stale-while-revalidate=600'));
    await rig.ask('/a');
    rig.edge.clock.advance(61_000);
    rig.origin.answer = (_request, response) => {
      response.writeHead(200, ['Cache-Control', 'private']).write('it never ends');
    };
    expect((await rig.ask('/a')).body).toBe('old');
    await until(() => rig.origin.aborted === 1, 'the origin is told that nobody listens');
    await rig.edge.tasks.idle();
  });
});
