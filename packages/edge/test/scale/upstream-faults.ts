// Every fault of an upstream, many times each, where nothing is stored, where something stale may stand in,
// and where it is refreshed in the background; and an upstream that comes and goes. No client gets a wrong
// byte, or takes a part for the whole.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createEdge, type Edge } from '../../src/index.ts';
import {
  CUT_OFF,
  FIELDS,
  FRAMING,
  NOT_HTTP,
  NOTHING_USABLE,
  ok,
} from '../bad-input/response-faults.ts';
import { RawOrigin, type Step } from '../bad-input/scene.ts';
import {
  ENDLESS_HEADS,
  NO_HEAD,
  RESET_BEHIND,
  SILENT_BODIES,
  TIMED,
  WHOLE,
} from '../bad-input/timed-faults.ts';
import { ask } from '../test-client.ts';
import { runFigure, type FigureResult } from './figure.ts';

interface Fault {
  readonly name: string;
  readonly script: readonly Step[];
  /** What a client may get where nothing is stored. */
  readonly ends: Ending;
}

/** `refused`: a status of the edge's own; `cut off`: visibly not whole; `whole`: the right bytes. */
type Ending = 'refused' | 'refused or cut off' | 'whole' | 'any of these';

function faultsOf(
  faults: readonly { readonly name: string; readonly script: readonly Step[] }[],
  ends: Ending,
): readonly Fault[] {
  return faults.map(({ name, script }) => ({ name, script, ends }));
}

const FAULTS: readonly Fault[] = [
  ...[NOTHING_USABLE, NOT_HTTP, FIELDS, FRAMING, NO_HEAD, ENDLESS_HEADS].flatMap((faults) =>
    faultsOf(faults, 'refused'),
  ),
  ...faultsOf(CUT_OFF, 'refused or cut off'),
  ...faultsOf(SILENT_BODIES, 'refused or cut off'),
  ...faultsOf(WHOLE, 'whole'),
  ...faultsOf(RESET_BEHIND, 'any of these'),
];

/** Where an upstream has answered well before it fails. */
const SITUATIONS = ['nothing-stored', 'stale-if-error', 'stale-while-revalidate'] as const;
type Situation = (typeof SITUATIONS)[number];

const STALE_BODY = 'what was stored before';
const AT_ONCE = 100;

/** The path says which fault, in which situation; the last part makes it a resource of its own. */
function pathOf(situation: Situation, fault: number, index: number): string {
  return `/${situation}/${fault}/${index}`;
}

/** What a path's requests are answered with: well at first where something is to be stored. */
function scripts(): (requestLine: string) => readonly Step[] {
  const asked = new Set<string>();
  return (requestLine) => {
    const [, path = ''] = requestLine.split(' ');
    const [, situation = '', fault = ''] = path.split('/');
    if (situation === 'nothing-stored' || asked.has(path))
      return (FAULTS[Number(fault)] as Fault).script;
    asked.add(path);
    return [
      'HTTP/1.1 200 OK\r\n',
      `Cache-Control: max-age=60, ${situation}=6000\r\n`,
      `Content-Length: ${STALE_BODY.length}\r\n\r\n${STALE_BODY}`,
    ];
  };
}

/** What reached a client: `refused`, `cut off`, `stale`, `the body`; in more words what it should not have been. */
async function endOf(url: string): Promise<string> {
  try {
    const { status, body } = await ask(url);
    if (status >= 502 && status <= 504 && body.startsWith('poplet: ')) return 'refused';
    if (status === 200 && body === STALE_BODY) return 'stale';
    return body === 'the body' ? 'the body' : `a whole ${status}: ${body.slice(0, 100)}`;
  } catch {
    return 'cut off';
  }
}

/** At most so many at a time. */
async function inTurns(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = jobs.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const job of waiting) await job();
    }),
  );
}

/** What is acceptable, where nothing is stored and where something stale may stand in. */
function isRight(end: string, { ends }: Fault, situation: Situation): boolean {
  if (situation === 'stale-while-revalidate') return end === 'stale';
  // Where something stale may stand in for the error, it does.
  const instead = situation === 'nothing-stored' ? 'refused' : 'stale';
  switch (ends) {
    case 'refused':
      return end === instead;
    case 'refused or cut off':
      // Once a head has arrived its body is the answer; a fault that is seen before may be stood in for.
      return end === instead || end === 'cut off';
    case 'whole':
      return end === 'the body';
    case 'any of these':
      return end === instead || end === 'cut off' || end === 'the body';
    default:
      return ends satisfies never;
  }
}

function mayBeWhole({ ends }: Fault): boolean {
  return ends === 'whole' || ends === 'any of these';
}

/** Each fault `each` times in each situation. */
export async function everyFault(each: number): Promise<FigureResult> {
  const origin = new RawOrigin();
  origin.scriptFor = scripts();
  const faultsOfEdge: unknown[] = [];
  const edge = createEdge({
    sites: [{ upstream: { url: await origin.listen(), timeouts: TIMED } }],
    onFault: (...fault) => void faultsOfEdge.push(fault),
  });
  const { url } = await edge.listen({ port: 0 });
  const wrong: string[] = [];
  const ends: Record<string, number> = {};
  const refreshes = new Map<string, number>();
  edge.journal.subscribe((record) => {
    if (record.background === true) refreshes.set(record.url, (refreshes.get(record.url) ?? 0) + 1);
  });
  const everyPath = (
    situations: readonly Situation[],
    visit: (path: string, fault: Fault, situation: Situation) => Promise<void>,
  ): Promise<void> =>
    inTurns(
      situations.flatMap((situation) =>
        FAULTS.flatMap((fault, number) =>
          Array.from(
            { length: each },
            (_, index) => () => visit(pathOf(situation, number, index), fault, situation),
          ),
        ),
      ),
    );
  await everyPath(SITUATIONS.slice(1), async (path) => {
    const end = await endOf(url + path);
    if (end !== 'stale') wrong.push(`${path} before any fault: ${end}`);
  });
  // Frozen, so that what failed is held back as long as this takes.
  edge.clock.freeze();
  edge.clock.advance(120_000);
  const round = (situations: readonly Situation[]): Promise<void> =>
    everyPath(situations, async (path, fault, situation) => {
      const end = await endOf(url + path);
      ends[end] = (ends[end] ?? 0) + 1;
      if (!isRight(end, fault, situation)) wrong.push(`${situation}, ${fault.name}: ${end}`);
    });
  await round(SITUATIONS);
  await edge.tasks.idle();
  // What could not be refreshed is still there, and asked for no second time.
  const hasRefreshed = new Map(refreshes);
  await everyPath(['stale-while-revalidate'], async (path, fault) => {
    const end = await endOf(url + path);
    ends[end] = (ends[end] ?? 0) + 1;
    const isRefreshed = mayBeWhole(fault);
    // Without a lifetime of its own what is whole is not stored in the place of what is stale.
    if (end !== 'stale' && !(isRefreshed && end === 'the body'))
      wrong.push(`after the refresh, ${fault.name}: ${end}`);
    if (hasRefreshed.get(url + path) !== 1)
      wrong.push(`${fault.name}: ${hasRefreshed.get(url + path) ?? 0} records of its refresh`);
  });
  await edge.tasks.idle();
  FAULTS.forEach((fault, number) => {
    for (let index = 0; index < each && !mayBeWhole(fault); index += 1) {
      const count = refreshes.get(url + pathOf('stale-while-revalidate', number, index));
      if (count !== 1) wrong.push(`${fault.name}: refreshed ${count ?? 0} times while held back`);
    }
  });
  const left = edge.flights + edge.tasks.running;
  await edge.close();
  for (let turn = 0; turn < 500 && origin.openConnections > 0; turn += 1) await sleep(10);
  const openConnections = origin.openConnections;
  await origin.close();
  const exchanges = Object.values(ends).reduce((sum, count) => sum + count, 0);
  return {
    holds: wrong.length === 0 && faultsOfEdge.length === 0 && left === 0 && openConnections === 0,
    measured: {
      faults: FAULTS.length,
      situations: SITUATIONS.length,
      exchanges,
      refused: ends['refused'] ?? 0,
      visiblyCutOff: ends['cut off'] ?? 0,
      stale: ends['stale'] ?? 0,
      whole: ends['the body'] ?? 0,
      refreshesRecorded: [...refreshes.values()].reduce((sum, count) => sum + count, 0),
      wrong: wrong.length,
      ...(wrong.length > 0 ? { firstWrong: wrong.slice(0, 5).join(' | ') } : {}),
      faultsOfTheEdge: faultsOfEdge.length,
      left,
      openConnections,
    },
  };
}

async function listening(server: TcpServer, port = 0): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function bodyFor(path: string): string {
  return `the body of ${path} `.repeat(50);
}

/** An upstream that is killed and started again so many times while it is asked. */
export async function flapping(times: number): Promise<FigureResult> {
  const start = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      const body = bodyFor(path);
      const isCached = path.startsWith('/cached');
      response.writeHead(200, {
        'Content-Length': Buffer.byteLength(body),
        'Cache-Control': isCached ? 'max-age=0, stale-if-error=600' : 'no-store',
      });
      // In two parts, so that it goes down within some of them.
      response.write(body.slice(0, 100));
      setTimeout(() => response.end(body.slice(100)), 2);
    });
    await listening(server, port);
    return server;
  };
  let server = await start(0);
  const { port } = server.address() as AddressInfo;
  const faultsOfEdge: unknown[] = [];
  const edge = createEdge({
    sites: [{ upstream: { url: `http://127.0.0.1:${port}` } }],
    onFault: (...fault) => void faultsOfEdge.push(fault),
  });
  const { url } = await edge.listen({ port: 0 });
  const ends = { whole: 0, refused: 0, cutOff: 0, wrong: 0 };
  const state = { isOver: false };
  const client = async (number: number): Promise<void> => {
    for (let index = 0; !state.isOver; index += 1) {
      const path = index % 2 === 0 ? `/cached/${index % 20}` : `/own/${number}/${index}`;
      try {
        const { status, body } = await ask(url + path);
        if (status === 200 && body === bodyFor(path)) ends.whole += 1;
        else if (status === 502) ends.refused += 1;
        else ends.wrong += 1;
      } catch {
        ends.cutOff += 1;
      }
    }
  };
  const clients = Array.from({ length: 8 }, (_, number) => client(number));
  for (let time = 0; time < times; time += 1) {
    await sleep(30);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await sleep(30);
    server = await start(port);
  }
  state.isOver = true;
  await Promise.all(clients);
  // Once it is back for good, so is everything.
  let wholeAfterwards = 0;
  for (let index = 0; index < 100; index += 1) {
    const { status, body } = await ask(`${url}/afterwards/${index}`);
    if (status === 200 && body === bodyFor(`/afterwards/${index}`)) wholeAfterwards += 1;
  }
  await edge.tasks.idle();
  const left = edge.flights + edge.tasks.running;
  await edge.close();
  server.closeAllConnections();
  server.close();
  return {
    holds: ends.wrong === 0 && wholeAfterwards === 100 && left === 0 && faultsOfEdge.length === 0,
    measured: { times, ...ends, wholeAfterwards, left, faultsOfTheEdge: faultsOfEdge.length },
  };
}

/** What ends a connection before anything is asked. */
const UNREACHABLE = ['nothing listens', 'closes on accept', 'resets on accept', 'does not accept'];

/**
 * An upstream that cannot be reached, in each way so many times: where nothing is stored the client is
 * told, where something stale may stand in it does.
 */
export async function unreachable(each: number): Promise<FigureResult> {
  const ends: Record<string, number> = {};
  const wrong: string[] = [];
  for (const way of UNREACHABLE) {
    const upstream = await startUpstream();
    const edge = createEdge({
      sites: [{ upstream: { url: upstream.url, timeouts: { connectMs: 1000 } } }],
    });
    const { url } = await edge.listen({ port: 0 });
    const stale = Array.from({ length: each }, (_, index) => `${url}/stale/${index}`);
    const others = Array.from({ length: each }, (_, index) => `${url}/new/${index}`);
    // One after the other: it takes few at once.
    for (const path of stale) await ask(path);
    edge.clock.advance(120_000);
    await upstream.fail(way);
    const visit = (expected: string) => (path: string) => async () => {
      const end = await endOf(path);
      ends[end] = (ends[end] ?? 0) + 1;
      if (end !== expected) wrong.push(`${way}: ${end} for ${path}`);
    };
    await inTurns([...stale.map(visit('stale')), ...others.map(visit('refused'))]);
    await edge.close();
    await upstream.close();
  }
  const edge = createEdge({ sites: [{ upstream: { url: 'http://nowhere.invalid' } }] });
  const { url } = await edge.listen({ port: 0 });
  for (let index = 0; index < each; index += 1) {
    const end = await endOf(`${url}/${index}`);
    ends[end] = (ends[end] ?? 0) + 1;
    if (end !== 'refused') wrong.push(`a name without an address: ${end}`);
  }
  await edge.close();
  return {
    holds: wrong.length === 0,
    measured: {
      ways: UNREACHABLE.length + 1,
      refused: ends['refused'] ?? 0,
      stale: ends['stale'] ?? 0,
      wrong: wrong.length,
      ...(wrong.length > 0 ? { firstWrong: wrong.slice(0, 5).join(' | ') } : {}),
    },
  };
}

interface Upstream {
  readonly url: string;
  /** From now on. */
  fail(way: string): Promise<void>;
  close(): Promise<void>;
}

/** A server in a process of its own, which can be stopped: then the system takes a few connections for it, and no more. */
async function startUpstream(): Promise<Upstream> {
  const child = fork(join(import.meta.dirname, 'upstream-process.ts'), {
    execArgv: ['--conditions=source'],
  });
  const [port] = (await once(child, 'message')) as [number];
  const waiting: Socket[] = [];
  return {
    url: `http://127.0.0.1:${port}`,
    async fail(way) {
      child.send(way);
      await once(child, 'message');
      if (way !== 'does not accept') return;
      child.kill('SIGSTOP');
      for (let count = 0; count < 8; count += 1)
        waiting.push(connect(port, '127.0.0.1').on('error', () => {}));
      await sleep(100);
    },
    async close() {
      for (const socket of waiting) socket.destroy();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** An upstream that closes each connection just as the next request leaves for it. */
export async function staleConnections(requests: number): Promise<FigureResult> {
  const sockets = new Set<Socket>();
  let asked = 0;
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
    let answered = 0;
    socket.on('data', () => {
      asked += 1;
      answered += 1;
      // One in two of those that are used again is found dead by the request itself.
      if (answered > 1 && asked % 2 === 0) {
        socket.destroy();
        return;
      }
      socket.write(`${ok('Content-Length: 8').replace('max-age=60', 'no-store')}the body`);
      if (asked % 3 === 0) setTimeout(() => socket.destroy(), asked % 4);
    });
  });
  await listening(server);
  const { port } = server.address() as AddressInfo;
  const edge = createEdge({ sites: [{ upstream: { url: `http://127.0.0.1:${port}` } }] });
  const { url } = await edge.listen({ port: 0 });
  const { right, retried } = await askAll(edge, url, requests);
  await edge.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  return {
    holds: right === requests && retried > 0,
    measured: { requests, right, retried, askedOfTheUpstream: asked },
  };
}

async function askAll(
  edge: Edge,
  url: string,
  requests: number,
): Promise<{ readonly right: number; readonly retried: number }> {
  let right = 0;
  let retried = 0;
  edge.journal.subscribe(({ reasons }) => {
    if (reasons.some(({ code }) => code === 'retried')) retried += 1;
  });
  const paths = Array.from({ length: requests }, (_, index) => `${url}/${index}`).values();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const path of paths) if ((await endOf(path)) === 'the body') right += 1;
    }),
  );
  return { right, retried };
}

if (process.argv[1] === import.meta.filename)
  await runFigure({
    every: everyFault,
    unreachable,
    flapping,
    'stale-connections': staleConnections,
  });
