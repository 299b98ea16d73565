import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { PopletError } from '@poplet/policy';

import type { Clock, ListenOptions } from '../edge-api.ts';
import type { EdgeContext } from '../edge-context.ts';
import type { FastLane } from '../fast-lane/fast-lane.ts';
import type { PlainHead } from '../fast-lane/plain-head.ts';
import type { FoundAnswer } from '../fast-lane/ready-answer.ts';
import {
  ownBytes,
  transferOf,
  type Ends,
  type ToKeeper,
  type ToWorker,
  type WorkerFailure,
  type WorkerSetting,
} from './messages.ts';
import { boundOn, closedError, edgeListenError, type Bound } from '../listen-error.ts';
import { RecordRing } from './record-ring.ts';
import { RelaySocket } from './relay-socket.ts';
import { SharedConditions, type Stamp } from './shared-conditions.ts';

/** How often what the workers answered is written into the journal, if nobody asks for it before. */
const DRAIN_MS = 20;
/** How often another free port is looked for, where any will do. */
const FREE_PORT_TRIES = 5;
/** A worker that ended sooner is not started again at once. */
const RESTART_PAUSE_MS = 1000;

export interface KeeperOptions {
  readonly count: number;
  readonly edge: EdgeContext;
  readonly lane: FastLane;
  /** Whether workers may answer by themselves at all. */
  readonly mayPublish: boolean;
  /** Takes connections that workers relay, as the listener takes its own. */
  accept(socket: RelaySocket): void;
}

/** An answer that a worker has a copy of. */
interface Published {
  readonly record: FoundAnswer['record'];
  readonly plain: PlainHead;
}

interface WorkerHandle {
  /** Which of them it is, also after it took another's place. */
  readonly worker: number;
  readonly thread: Worker;
  readonly records: RecordRing;
  readonly relays: Map<number, RelaySocket>;
  readonly published: Map<number, Published>;
  /** What the last copy of an answer was sent with. */
  readonly stamps: WeakMap<FoundAnswer['record'], Stamp>;
  readonly startedAtMs: number;
  readonly listening: PromiseWithResolvers<number>;
  /** It was told to end. */
  isStopped: boolean;
}

/**
 * Several threads in front of one edge (docs/adr/0012). Workers take the connections; what they have no copy
 * of comes here, as a connection like any other. So there is one store, one table of flights, one clock and one
 * journal: this edge's.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #conditions = new SharedConditions();
  readonly #workers = new Set<WorkerHandle>();
  /** Whether answers can be told to be right still without asking the store. */
  readonly #isPublishing: boolean;
  #lastCopyId = 0;
  #port = 0;
  /** Undefined until it is to listen. */
  #host: string | undefined;
  /** From when all workers listen, to the end. */
  #isListening = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #isDraining = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    const { store, clock } = options.edge;
    this.#isPublishing = options.mayPublish && store.onChanged !== undefined;
    store.onChanged?.((primaryKey) => this.#conditions.change(primaryKey));
    this.clockMoved(clock);
  }

  /** Rejects as `Listeners.listen` does, and where workers listen already. */
  async listen({ port, host = '127.0.0.1' }: ListenOptions): Promise<Bound> {
    if (this.#host !== undefined) {
      throw new PopletError('invalid-option', 'an edge with workers listens on one port', {
        hint: 'create another edge for another port',
      });
    }
    this.#host = host;
    try {
      await this.#listenOnFree(port, host);
    } catch (error) {
      await this.#stopWorkers();
      this.#host = undefined;
      if ((error as NodeJS.ErrnoException).code === 'ENOTSUP') {
        throw new PopletError(
          'invalid-option',
          'this system does not divide the connections to a port among workers',
          { hint: 'leave out --workers: one thread does all', cause: error },
        );
      }
      throw edgeListenError(error, port, host);
    }
    this.#isListening = true;
    this.#timer = setInterval(() => this.drain(), DRAIN_MS);
    this.#timer.unref();
    return boundOn(host, this.#port);
  }

  async #listenOnFree(port: number, host: string): Promise<void> {
    for (let triesLeft = port === 0 ? FREE_PORT_TRIES : 1; ;) {
      triesLeft -= 1;
      // Workers share a port, also with those of another edge: it has to be nobody's.
      this.#port = await freePort(port, host);
      if (this.#isClosed) throw closedError();
      const handles = Array.from({ length: this.#options.count }, (_, worker) =>
        this.#start(worker, host),
      );
      const ends = await Promise.allSettled(handles.map(({ listening }) => listening.promise));
      if (this.#isClosed) throw closedError();
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed === undefined) return;
      const error = failed.reason as NodeJS.ErrnoException;
      // Somebody was quicker to take it than the workers were.
      if (error.code !== 'EADDRINUSE' || triesLeft === 0) throw error;
      await this.#stopWorkers();
    }
  }

  /** What a request is answered may be another: what no key tells of. */
  changed(): void {
    this.#conditions.change(undefined);
  }

  clockMoved(clock: Clock): void {
    const isFrozen = clock.frozen;
    this.#conditions.setClock({ isFrozen, timeMs: isFrozen ? clock.nowMs() : clock.offsetMs });
  }

  /** Writes into the journal what the workers have answered so far. */
  drain(): void {
    // Whatever is written into the journal asks for it first.
    if (this.#isDraining) return;
    for (const handle of this.#workers) {
      handle.records.wait();
      this.#drain(handle);
    }
  }

  #drain({ records, published }: WorkerHandle): void {
    const { lane, edge } = this.#options;
    const used = new Set<Published>();
    this.#isDraining = true;
    try {
      for (const { copyId, ...end } of records.read()) {
        const known = published.get(copyId);
        if (known === undefined) continue;
        lane.answered += 1;
        lane.record(known.record, end);
        used.add(known);
      }
      // The order in which entries were used is the store's business.
      for (const { record, plain } of used) {
        edge.store.find(record.primaryKey, edge.withDefaults(plain.section.fields));
      }
    } finally {
      this.#isDraining = false;
    }
  }

  #start(worker: number, host: string): WorkerHandle {
    const records = new RecordRing();
    const { limits } = this.#options.edge;
    const setting: WorkerSetting = {
      worker,
      count: this.#options.count,
      conditions: this.#conditions.memory,
      records: records.memory,
      limits,
      port: this.#port,
      host,
    };
    const thread = new Worker(WORKER_FILE, { workerData: setting, execArgv: WORKER_ARGUMENTS });
    const handle: WorkerHandle = {
      worker,
      thread,
      records,
      relays: new Map(),
      published: new Map(),
      stamps: new WeakMap(),
      startedAtMs: performance.now(),
      listening: Promise.withResolvers(),
      isStopped: false,
    };
    // Of those that are started again, nobody waits for it.
    handle.listening.promise.catch(() => {});
    this.#workers.add(handle);
    thread.on('message', (message: ToKeeper) => this.#hear(handle, message));
    thread.on('error', (error) => {
      handle.listening.reject(error);
      this.#options.edge.onFault('worker', error);
    });
    thread.on('exit', () => this.#ended(handle, host));
    return handle;
  }

  #hear(handle: WorkerHandle, message: ToKeeper): void {
    switch (message.kind) {
      case 'listening':
        handle.listening.resolve(message.port);
        return;
      case 'failed':
        this.#failed(handle, message);
        return;
      case 'open':
        this.#open(handle, message.id, message.ends);
        return;
      case 'alive':
        handle.relays.get(message.id)?.alive();
        return;
      case 'forgotten':
        // What they were used for by then is told in the ring.
        this.#drain(handle);
        for (const id of message.copyIds) handle.published.delete(id);
        return;
      case 'fault':
        this.#options.edge.onFault('worker', message.error);
        return;
      case 'data':
      case 'taken':
      case 'end':
      case 'close':
        handle.relays.get(message.id)?.hear(message);
        return;
      default:
        message satisfies never;
    }
  }

  /** It cannot listen. One that took another's place is started once more, until it can. */
  #failed(handle: WorkerHandle, { message, code }: WorkerFailure): void {
    const error = Object.assign(new Error(message), { code });
    handle.listening.reject(error);
    if (!this.#isListening) return;
    this.#options.edge.onFault('worker', error);
    void handle.thread.terminate();
  }

  #open(handle: WorkerHandle, id: number, ends: Ends): void {
    const socket = new RelaySocket({
      id,
      ends,
      post: (message) => post(handle, message),
      onAnswered: (plain, answer) => this.#publish(handle, plain, answer as FoundAnswer),
      onAnswerOver: () => post(handle, { kind: 'answered', id }),
      onClosed: () => handle.relays.delete(id),
    });
    handle.relays.set(id, socket);
    this.#options.accept(socket);
  }

  #publish(handle: WorkerHandle, plain: PlainHead, ready: FoundAnswer): void {
    if (!this.#isPublishing) return;
    const { record } = ready;
    const { primaryKey } = record;
    const place = this.#conditions.placeOf(primaryKey);
    const known = handle.stamps.get(record);
    if (known !== undefined && this.#conditions.holds(known, place)) return;
    const pieces = ready.pieces(this.#options.edge.store);
    if (pieces === undefined) return;
    const stamp = this.#conditions.stampOf(primaryKey);
    handle.stamps.set(record, stamp);
    this.#lastCopyId += 1;
    const id = this.#lastCopyId;
    handle.published.set(id, { record, plain });
    const { method, target, section } = plain;
    const [head, body] = pieces;
    const copy = {
      id,
      method,
      target,
      section: section.bytes.toString('latin1'),
      place,
      stamp,
      ...ready.span,
      head: ownBytes(head),
      body: body && ownBytes(body),
    };
    post(handle, { kind: 'copy', copy });
  }

  #ended(handle: WorkerHandle, host: string): void {
    this.#drain(handle);
    this.#workers.delete(handle);
    this.#conditions.countConnections(handle.worker, 0);
    for (const socket of handle.relays.values()) {
      socket.hear({ kind: 'close', id: 0, isReset: true });
    }
    handle.listening.reject(new Error('the worker ended'));
    if (handle.isStopped) return;
    this.#options.edge.onFault('worker', new Error('a worker ended, and another takes its place'));
    const livedMs = performance.now() - handle.startedAtMs;
    setTimeout(
      () => {
        if (this.#isListening) this.#start(handle.worker, host);
      },
      livedMs < RESTART_PAUSE_MS ? RESTART_PAUSE_MS : 0,
    );
  }

  /** Ends all workers and their connections. What they answered is in the journal then. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isListening = false;
    clearInterval(this.#timer);
    await this.#stopWorkers();
  }

  async #stopWorkers(): Promise<void> {
    await Promise.all(
      [...this.#workers].map((handle) => {
        handle.isStopped = true;
        post(handle, { kind: 'stop' });
        // Not `once` of node:events, which rejects where it ends by an error: that was reported.
        return new Promise((resolve) => handle.thread.once('exit', resolve));
      }),
    );
  }
}

/** The module beside this one, in the sources, built, or bundled. */
const EXTENSION = path.extname(import.meta.filename);
const WORKER_FILE = new URL(`./worker${EXTENSION}`, import.meta.url);

/** Threads do not take over how packages are found. */
const WORKER_ARGUMENTS =
  EXTENSION === '.ts' ? [...process.execArgv, '--conditions=source'] : process.execArgv;

function post({ thread }: WorkerHandle, message: ToWorker): void {
  thread.postMessage(message, transferOf(message));
}

/** A port that nobody listens on, without sharing it; 0: any. Rejects as node:net does. */
async function freePort(port: number, host: string): Promise<number> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return free;
}
