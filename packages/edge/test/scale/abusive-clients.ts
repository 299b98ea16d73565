// Clients that abuse an edge, each kind many times and all kinds at once, while one client goes on as a
// browser does. What they are told, what is recorded, and whether anything of them stays: connections,
// timers, flights.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { createEdge, type EdgeLimits } from '../../src/index.ts';
import { ask } from '../test-client.ts';
import { TestOrigin, text } from '../test-origin.ts';
import { runFigure, type FigureResult } from './figure.ts';

const CONNECTIONS = 1500;
const LIMITS: Partial<EdgeLimits> = {
  headersTimeoutMs: 1500,
  requestTimeoutMs: 3000,
  writeTimeoutMs: 1500,
  contentBytes: 1_000_000,
  connections: CONNECTIONS,
};

const LARGE = 'x'.repeat(24 * 1024 * 1024);
const HOST = 'Host: edge.test\r\n';

/** How a client's connection ended, and what it had heard by then. */
interface Ended {
  readonly heard: string;
  readonly statuses: readonly string[];
}

interface Abuse {
  readonly name: string;
  /** Plays it once. */
  readonly play: (port: number) => Promise<Ended>;
  /** The statuses that the client may be told; `none`: the connection ends without. */
  readonly told: readonly string[];
}

function dial(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => {});
}

/** Listens until the connection is over. */
async function listen(socket: Socket): Promise<Ended> {
  let heard = '';
  socket.on('data', (chunk) => {
    if (heard.length < 1_000_000) heard += chunk.toString('latin1');
  });
  if (!socket.closed)
    await new Promise((resolve) => {
      socket.on('close', resolve);
    });
  const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
  return { heard, statuses };
}

/** Sends these bytes, and listens. */
function says(bytes: string): Abuse['play'] {
  return (port) => {
    const socket = dial(port);
    socket.write(bytes, 'latin1');
    return listen(socket);
  };
}

/** Sends these bytes, then one more now and then. */
function drips(bytes: string): Abuse['play'] {
  return async (port) => {
    const socket = dial(port);
    socket.write(bytes, 'latin1');
    const timer = setInterval(() => {
      if (socket.writable) socket.write('x');
    }, 200);
    const ended = await listen(socket);
    clearInterval(timer);
    return ended;
  };
}

/** Sends these bytes, waits for as many, and goes away. */
function leaves(bytes: string, afterBytes: number, how: 'FIN' | 'RST'): Abuse['play'] {
  return async (port) => {
    const socket = dial(port);
    await once(socket, 'connect');
    socket.write(bytes, 'latin1');
    const leave = (): void => {
      if (how === 'FIN') socket.destroy();
      else socket.resetAndDestroy();
    };
    if (afterBytes === 0) setTimeout(leave, 30);
    else
      socket.on('data', () => {
        if (socket.bytesRead >= afterBytes) leave();
      });
    const { heard } = await listen(socket);
    return { heard, statuses: [] };
  };
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
}

/**
 * Asks, and reads nothing until it has been cut off. That shows when something is written: empty lines, which
 * come before no request (RFC 9112 §2.2).
 */
const readsNothing =
  (bytes: string): Abuse['play'] =>
  async (port) => {
    const socket = dial(port);
    socket.pause();
    socket.write(bytes, 'latin1');
    const timer = setInterval(() => {
      if (socket.writable) socket.write('\r\n');
    }, 200);
    await new Promise((resolve) => {
      socket.on('close', resolve);
    });
    clearInterval(timer);
    return { heard: '', statuses: [] };
  };

const LEAVING: readonly Abuse[] = (
  [
    ['before a byte', '', 0],
    ['within the request line', 'GET /sl', 0],
    ['within the head', `GET /slow HTTP/1.1\r\n${HOST}X-A: `, 0],
    ['while it waits for the same as others', get('/slow'), 0],
    [
      'while it waits for its own',
      `GET /slow-own HTTP/1.1\r\n${HOST}Cache-Control: no-store\r\n\r\n`,
      0,
    ],
    ['within a stored body', get('/large'), 1_000_000],
    ['within a body that is passed on', get('/endless'), 1_000_000],
    ['within its content', `POST /upload HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nsome`, 0],
    [
      'within its chunks',
      `POST /upload HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n9\r\nsome`,
      0,
    ],
    ['with requests in a row', get('/slow').repeat(50), 0],
  ] as const
).flatMap(([when, bytes, afterBytes]) =>
  (['FIN', 'RST'] as const).map((how) => ({
    name: `leaves ${when} (${how})`,
    play: leaves(bytes, afterBytes, how),
    told: ['none'],
  })),
);

const ABUSES: readonly Abuse[] = [
  { name: 'a slow head', play: drips(`GET /a HTTP/1.1\r\n${HOST}X-A: `), told: ['408'] },
  {
    name: 'slow content',
    play: drips(`POST /upload HTTP/1.1\r\n${HOST}Content-Length: 900\r\n\r\n`),
    told: ['408'],
  },
  {
    name: 'slow chunks',
    play: drips(`POST /upload HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3e8\r\n`),
    told: ['408'],
  },
  { name: 'reads nothing of what is stored', play: readsNothing(get('/large')), told: ['none'] },
  {
    name: 'reads nothing of what is passed on',
    play: readsNothing(get('/endless')),
    told: ['none'],
  },
  {
    name: 'reads nothing of 200 answers',
    play: readsNothing(get('/large').repeat(200)),
    told: ['none'],
  },
  {
    name: 'a field of 100 KB',
    play: says(`GET /a HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(100_000)}\r\n\r\n`),
    told: ['431'],
  },
  {
    name: '500 fields',
    play: says(`GET /a HTTP/1.1\r\n${HOST}${'X-A: 1\r\n'.repeat(500)}Connection: close\r\n\r\n`),
    told: ['431'],
  },
  { name: 'a target of 20 KB', play: says(get(`/${'a'.repeat(20_000)}`)), told: ['414'] },
  { name: 'a target of 100 KB', play: says(get(`/${'a'.repeat(100_000)}`)), told: ['414'] },
  {
    name: 'content of 2 MB by length',
    play: says(`POST /upload HTTP/1.1\r\n${HOST}Content-Length: 2000000\r\n\r\n`),
    told: ['413'],
  },
  {
    name: 'content of 2 MB in chunks',
    play: says(
      `POST /upload HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${`fa00\r\n${'x'.repeat(64_000)}\r\n`.repeat(32)}0\r\n\r\n`,
    ),
    told: ['413'],
  },
  { name: 'no HTTP', play: says('\x16\x03\x01 hello\r\n\r\n'), told: ['400'] },
  {
    name: 'a chunk that is none',
    play: says(`POST /upload HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`),
    told: ['400'],
  },
  ...LEAVING,
];

/** What a test origin answers to the paths that are abused. */
function startOrigin(): TestOrigin {
  const large = text(LARGE, 'Cache-Control', 'max-age=600');
  const chunk = 'y'.repeat(65_536);
  return new TestOrigin((request, response) => {
    const { url = '' } = request;
    if (url === '/large') large(request, response);
    else if (url === '/upload') request.resume().on('end', () => response.end('received'));
    else if (url.startsWith('/slow'))
      setTimeout(() => text('slow', 'Cache-Control', 'max-age=0')(request, response), 200);
    else if (url === '/endless') {
      response.writeHead(200, ['Cache-Control', 'no-store']);
      const more = (): void => {
        while (response.writable && response.write(chunk));
      };
      response.on('drain', more);
      more();
    } else text(`page ${url}`, 'Cache-Control', 'max-age=1')(request, response);
  });
}

/** Counts of what keeps the process alive, by kind; the pipes are those of its own output. */
function resources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo().filter((one) => one !== 'PipeWrap'))
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What there is more of than before. */
function surplus(before: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(resources()).flatMap(([kind, count]) =>
    count > (before[kind] ?? 0) ? [`${count - (before[kind] ?? 0)} ${kind}`] : [],
  );
}

/** A client that asks one thing after the other, as long as the others go on. */
async function browse(
  url: string,
  state: { readonly isOver: boolean },
): Promise<{ readonly right: number; readonly wrong: number }> {
  let right = 0;
  let wrong = 0;
  const done = (): boolean => state.isOver;
  for (let index = 0; !done(); index += 1) {
    const path = `/page/${index % 10}`;
    const body = await ask(url + path).then(
      (answer) => answer.body,
      (error: Error) => error.message,
    );
    if (body === `page ${path}`) right += 1;
    else wrong += 1;
  }
  return { right, wrong };
}

/** Each abuse `each` times, all kinds at once; then twice as many idle connections as may be open. */
export async function abuse(each: number): Promise<FigureResult> {
  const before = resources();
  const origin = startOrigin();
  const faultsOfEdge: unknown[] = [];
  const edge = createEdge({
    sites: [{ upstream: { url: await origin.listen() } }],
    limits: LIMITS,
    onFault: (...fault) => void faultsOfEdge.push(fault),
  });
  const { url, port } = await edge.listen({ port: 0 });
  const recorded: Record<string, number> = {};
  edge.journal.subscribe(({ reasons }) => {
    const last = reasons.at(-1)?.code ?? '';
    recorded[last] = (recorded[last] ?? 0) + 1;
  });
  await ask(`${url}/large`, { headers: { host: 'edge.test' } });
  const state = { isOver: false };
  const browsing = browse(url, state);
  const wrong: string[] = [];
  const told: Record<string, number> = {};
  const play = async (one: Abuse): Promise<void> => {
    const { statuses, heard } = await one.play(port);
    const status = statuses[0] ?? 'none';
    told[status] = (told[status] ?? 0) + 1;
    if (!one.told.includes(status) || statuses.length > 1)
      wrong.push(`${one.name}: ${statuses.join(' ') || heard.slice(0, 50)}`);
  };
  // As many at once as leave room for the one that browses.
  const wave = Math.floor((0.8 * CONNECTIONS) / ABUSES.length);
  for (let left = each; left > 0; left -= wave) {
    const times = Math.min(wave, left);
    await Promise.all(ABUSES.flatMap((one) => Array.from({ length: times }, () => play(one))));
  }
  // Twice as many as may be open, and none of them ever asks.
  const idle: Socket[] = [];
  while (idle.length < 2 * CONNECTIONS) {
    // No more than wait to be accepted at one time: the system forgets the others, and does not say so.
    const some = Array.from({ length: 100 }, () => dial(port).resume());
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    idle.push(...some);
    await sleep(20);
  }
  const open = (): number => idle.filter(({ closed }) => !closed).length;
  for (let turn = 0; turn < 1000 && open() > CONNECTIONS; turn += 1) await sleep(10);
  const idleOpen = open();
  for (let index = 0; index < 20; index += 1) {
    const { body } = await ask(`${url}/page/idle`);
    if (body !== 'page /page/idle') wrong.push(`beside idle connections: ${body}`);
  }
  for (const socket of idle) socket.destroy();
  state.isOver = true;
  const browsed = await browsing;
  for (let turn = 0; turn < 1000 && (edge.flights > 0 || edge.tasks.running > 0); turn += 1)
    await sleep(10);
  const left = edge.flights + edge.tasks.running;
  await edge.close();
  await origin.close();
  for (let turn = 0; turn < 500 && surplus(before).length > 0; turn += 1) await sleep(10);
  const leaked = surplus(before);
  const holds =
    wrong.length === 0 &&
    browsed.wrong === 0 &&
    browsed.right > 0 &&
    idleOpen <= CONNECTIONS &&
    left === 0 &&
    leaked.length === 0 &&
    faultsOfEdge.length === 0;
  return {
    holds,
    measured: {
      abuses: ABUSES.length,
      clients: ABUSES.length * each,
      ...Object.fromEntries(
        Object.entries(told).map(([status, count]) => [`told${status}`, count]),
      ),
      ...Object.fromEntries(RECORDED.map((code) => [`recorded ${code}`, recorded[code] ?? 0])),
      wrong: wrong.length,
      ...(wrong.length > 0 ? { firstWrong: wrong.slice(0, 5).join(' | ') } : {}),
      idleConnections: idle.length,
      idleOpen,
      browsedRight: browsed.right,
      browsedWrong: browsed.wrong,
      left,
      leaked: leaked.join(', '),
      faultsOfTheEdge: faultsOfEdge.length,
    },
  };
}

/** Why requests were refused or cut, as the journal has it. */
const RECORDED = [
  'request-timeout',
  'content-too-large',
  'target-too-long',
  'fields-too-large',
  'fields-too-many',
  'malformed-request',
  'client-stalled',
  'client-gone',
] as const;

if (process.argv[1] === import.meta.filename) await runFigure({ abuse });
