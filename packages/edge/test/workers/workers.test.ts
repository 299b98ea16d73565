// Several threads, one cache: what holds of one edge holds of all of them.

import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponses } from '@poplet/conformance/raw-http';
import { rfc9111 } from '@poplet/policy';
import { createEdge, type Edge, type EdgeOptions } from '../../src/index.ts';
import { TestOrigin } from '../test-origin.ts';
import { Wire } from '../fast-lane/wire.ts';
import { until } from '../rig.ts';

const EVERYTHING = [{ selector: { kind: 'everything' }, soft: false, siteId: undefined }] as const;

/** Connections that stay: more than enough for every worker to have some. */
const CONNECTIONS = 24;

let origin: TestOrigin;
let edge: Edge;
let url: string;
let agent: Agent;
/** What the origin says now. */
let version: number;
let faults: unknown[];
const threads: Worker[] = [];
const notice = (thread: Worker): void => void threads.push(thread);

beforeEach(async () => {
  version = 1;
  faults = [];
  threads.length = 0;
  process.on('worker', notice);
  agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  origin = new TestOrigin((request, response) => {
    const lifetime = request.url?.startsWith('/private') === true ? 'private' : 'max-age=60';
    response.writeHead(200, { 'Cache-Control': lifetime, 'Surrogate-Key': 'all' });
    response.end(`version ${version}`);
  });
  await origin.listen();
});

afterEach(async () => {
  process.off('worker', notice);
  agent.destroy();
  await edge.close();
  await origin.close();
});

async function open(options: Partial<EdgeOptions> = {}): Promise<void> {
  edge = createEdge({
    sites: [{ upstream: { url: origin.url } }],
    workers: 2,
    onFault: (where, error) => void faults.push(`${where}: ${String(error)}`),
    ...options,
  });
  ({ url } = await edge.listen({ port: 0 }));
}

async function ask(path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(url + path, { agent }, (response) => {
    textOf(response).then(resolve, reject);
  }).on('error', reject);
  return promise;
}

/** On every connection, several times. */
function askOnAll(path: string, times = 3): Promise<readonly string[]> {
  const oneByOne = async (): Promise<string[]> => {
    const bodies: string[] = [];
    while (bodies.length < times) bodies.push(await ask(path));
    return bodies;
  };
  return Promise.all(Array.from({ length: CONNECTIONS }, oneByOne)).then((all) => all.flat());
}

async function isAnsweredByWorkers(path: string): Promise<void> {
  const before = edge.fastLaneAnswers;
  const inKeeper = (): number => edge.journal.totals.exchanges;
  const asked = inKeeper();
  await askOnAll(path, 5);
  expect(inKeeper() - asked).toBe(5 * CONNECTIONS);
  expect(edge.fastLaneAnswers - before).toBeGreaterThan(3 * CONNECTIONS);
}

/**
 * Asks without pause while things are done, each of which makes a new version the only right one from the moment
 * that it is over. Whoever asks after that must get it. `isCalm`: when they may be done.
 */
async function alwaysNewest(
  things: readonly (() => unknown)[],
  isCalm: () => boolean = () => true,
): Promise<number> {
  let least = version;
  const loop = { isOver: false };
  let answers = 0;
  const loops = Array.from({ length: CONNECTIONS }, async () => {
    while (!loop.isOver) {
      const leastThen = least;
      const body = await ask('/page');
      answers += 1;
      const got = Number(body.replace('version ', ''));
      if (got >= leastThen) continue;
      loop.isOver = true;
      throw new Error(`version ${got} after ${leastThen} was the newest`);
    }
  });
  const all = Promise.all(loops);
  all.catch(() => {});
  for (const thing of things) {
    // Some more on each connection, however busy the machine is.
    const due = answers + 2 * CONNECTIONS;
    const isTime = (): boolean => loop.isOver || (answers >= due && isCalm());
    while (!isTime()) await sleep(1);
    version += 1;
    const newest = version;
    await thing();
    least = newest;
  }
  await sleep(20);
  loop.isOver = true;
  await all;
  return answers;
}

describe('two workers', () => {
  it('have one cache: what one of them fetched is a hit on the other', async () => {
    await open();
    expect(new Set(await askOnAll('/page'))).toEqual(new Set(['version 1']));
    expect(origin.asked).toEqual(['GET /page']);
    expect(edge.store.stats().entries).toBe(1);
    await isAnsweredByWorkers('/page');
    expect(edge.journal.totals.byOutcome).toMatchObject({ miss: 1, hit: 8 * CONNECTIONS - 1 });
    expect(threads.length).toBe(2);
  });

  it('share one fetch', async () => {
    await open();
    origin.answer = (_request, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('late');
      }, 200);
    };
    expect(new Set(await askOnAll('/cold', 1))).toEqual(new Set(['late']));
    expect(origin.asked.length).toBe(1);
  });

  it('say nothing old once a purge is over', async () => {
    await open();
    const answers = await alwaysNewest(
      Array.from({ length: 30 }, () => () => edge.purge(EVERYTHING)),
    );
    expect(answers).toBeGreaterThan(30 * CONNECTIONS);
    expect(edge.fastLaneAnswers).toBeGreaterThan(0);
  });

  it('say nothing old once the clock was moved', async () => {
    await open();
    // What was asked for before, and comes after, is fresh from then.
    const steps = Array.from({ length: 30 }, () => () => edge.clock.advance(61_000));
    await alwaysNewest(steps, () => edge.flights === 0);
    expect(edge.fastLaneAnswers).toBeGreaterThan(0);
    // And what was frozen stays as old as it is.
    edge.clock.freeze();
    await askOnAll('/page');
    version += 1;
    expect(new Set(await askOnAll('/page'))).toEqual(new Set([`version ${version - 1}`]));
    edge.clock.reset();
  });

  it('say nothing old once what is stored was replaced or removed', async () => {
    await open();
    const remove = (): void => {
      const [stored] = edge.store.entries({ limit: 1 });
      if (stored !== undefined) edge.store.remove(stored.response);
    };
    const removals = Array.from({ length: 30 }, () => remove);
    await alwaysNewest(removals, () => edge.flights === 0);
    expect(edge.fastLaneAnswers).toBeGreaterThan(0);
  });

  it('obey the switch of the operator', async () => {
    await open();
    await askOnAll('/page');
    edge.bypass = true;
    const asked = origin.asked.length;
    await askOnAll('/page', 1);
    expect(origin.asked.length).toBe(asked + CONNECTIONS);
    edge.bypass = false;
    await isAnsweredByWorkers('/page');
  });

  it('have nothing of an earlier deployment', async () => {
    const policy = { ...rfc9111, key: { ...rfc9111.key, deployment: true } };
    await open({ sites: [{ upstream: { url: origin.url }, policy }] });
    const deployments = Array.from({ length: 30 }, () => () => edge.deploy());
    await alwaysNewest(deployments);
    expect(edge.fastLaneAnswers).toBeGreaterThan(0);
  });

  it('leave one journal, which has all that was answered when it is read', async () => {
    await open();
    const heard: number[] = [];
    edge.journal.subscribe(({ id }) => void heard.push(id));
    for (let count = 1; count <= 40; count += 1) {
      await ask(count % 4 === 0 ? `/other-${count}` : '/page');
      expect(edge.journal.totals.exchanges).toBe(count);
      const [last] = edge.journal.latest(1);
      expect(last?.url).toBe(`${url}${count % 4 === 0 ? `/other-${count}` : '/page'}`);
      expect(last).toMatchObject({ id: count, complete: true, bodyBytes: 9, status: 200 });
    }
    expect(heard).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(edge.journal.newestId).toBe(40);
  });

  it('give all of an answer to who takes it slowly, though the keeper thinks that nothing is going on', async () => {
    await open({ limits: { keepAliveTimeoutMs: 100 } });
    origin.answer = (_request, response) => {
      response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('x'.repeat(900_000));
    };
    edge.clock.freeze();
    const wire = await Wire.open(url);
    const request = 'GET /long HTTP/1.1\r\nHost: edge.test\r\n\r\n';
    // The keeper's miss, and its hit; then there is a copy.
    for (let count = 0; count < 3; count += 1) await wire.say(request, ['GET']);
    // Until the worker knows that these were answered.
    await sleep(50);
    wire.socket.pause();
    wire.socket.write(request.repeat(50));
    // So long is a connection kept that is idle, and so long it may take to end.
    await sleep(100 + 1000 + 1000 + 1000);
    wire.socket.resume();
    await wire.closed();
    const methods = Array.from({ length: 50 }, () => 'GET');
    const { responses, rest } = parseResponses(Buffer.from(wire.received, 'latin1'), methods);
    expect(responses.length).toBeGreaterThan(0);
    expect(responses.map(({ isComplete }) => isComplete)).not.toContain(false);
    expect(rest.length).toBe(0);
    const [last] = edge.journal.latest(1);
    expect(last).toMatchObject({ complete: true, bodyBytes: 900_000 });
  });

  it('keep apart what is private', async () => {
    await open();
    await Promise.all(Array.from({ length: 200 }, (_, index) => ask(`/private-${index % 3}`)));
    expect(origin.asked.length).toBe(200);
    expect(edge.fastLaneAnswers).toBe(0);
  });

  it('go on when one of them dies, with nothing of the journal lost, and are two again', async () => {
    await open();
    await askOnAll('/page');
    const [first] = threads;
    await first?.terminate();
    await until(() => threads.length === 3, 'another takes its place');
    expect(faults).toEqual(['worker: Error: a worker ended, and another takes its place']);
    expect(edge.journal.totals.exchanges).toBe(3 * CONNECTIONS);
    agent.destroy();
    agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    expect(new Set(await askOnAll('/page'))).toEqual(new Set(['version 1']));
    expect(origin.asked).toEqual(['GET /page']);
  });

  it('end with the edge, and leave the port to others', async () => {
    await open();
    await askOnAll('/page');
    const ended = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
    await edge.close();
    await Promise.all(ended);
    await expect(ask('/page')).rejects.toThrow('ECONNREFUSED');
    expect(faults).toEqual([]);
    const { port } = new URL(url);
    const next = createEdge({ sites: [{ upstream: { url: origin.url } }], workers: 2 });
    await next.listen({ port: Number(port) });
    await next.close();
  });

  it('take no port that is in use, not even by others of their kind', async () => {
    await open();
    const next = createEdge({ sites: [{ upstream: { url: origin.url } }], workers: 2 });
    await expect(next.listen({ port: Number(new URL(url).port) })).rejects.toMatchObject({
      code: 'port-in-use',
    });
    await next.close();
  });

  it('come back, once they can, where another takes the port of those that died', async () => {
    await open();
    const { port } = new URL(url);
    const both = [...threads];
    await Promise.all(both.map((thread) => thread.terminate()));
    const other = createServer((socket) => socket.destroy()).listen(Number(port), '127.0.0.1');
    await once(other, 'listening');
    await until(
      () => faults.some((fault) => String(fault).includes('EADDRINUSE')),
      'that it cannot listen is told',
    );
    other.close();
    await once(other, 'close');
    await expect.poll(() => ask('/page').catch(() => '')).toBe('version 1');
  });

  it('listen on one port: a second is refused, and the first stays', async () => {
    await open();
    await expect(edge.listen({ port: 0 })).rejects.toMatchObject({ code: 'invalid-option' });
    expect(await ask('/page')).toBe('version 1');
  });

  it('may listen after a port that was in use', async () => {
    await open();
    const next = createEdge({ sites: [{ upstream: { url: origin.url } }], workers: 2 });
    await expect(next.listen({ port: Number(new URL(url).port) })).rejects.toThrow('in use');
    await next.listen({ port: 0 });
    await next.close();
  });

  it('pass on what a listener of a clock of its own says', async () => {
    let nowMs = 1_000_000;
    await open({
      clock: {
        realNowMs: () => nowMs,
        nowMs: () => nowMs,
        offsetMs: 0,
        frozen: false,
        advance: (ms) => {
          nowMs += ms;
        },
        set: () => {},
        freeze: () => {},
        reset: () => {},
      },
    });
    await askOnAll('/page');
    version = 2;
    nowMs += 61_000;
    expect(new Set(await askOnAll('/page'))).toEqual(new Set(['version 2']));
  });
});

it.each([1, 2])(
  'an edge that is closed while it begins to listen does not listen (workers: %i)',
  async (workers) => {
    await open();
    const other = createEdge({ sites: [{ upstream: { url: origin.url } }], workers });
    const listening = other.listen({ port: 0 }).catch((error: unknown) => error);
    await other.close();
    expect(await listening).toMatchObject({ code: 'invalid-option' });
    expect(threads.length).toBe(2);
  },
);
