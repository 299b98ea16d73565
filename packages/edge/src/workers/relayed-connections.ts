import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import type { EdgeLimits } from '../edge-api.ts';
import {
  KEEP_ALIVE_GRACE_MS,
  LaneConnection,
  type LanePort,
} from '../fast-lane/lane-connection.ts';
import type { SectionTable } from '../fast-lane/section.ts';
import type { Copies } from './copies.ts';
import type { SharedConditions } from './shared-conditions.ts';
import {
  bufferOf,
  ownBytes,
  WINDOW_BYTES,
  type RelayMessage,
  type ToKeeper,
  type ToWorker,
} from './messages.ts';

/** How long the last bytes of a connection may take to be handed on. */
const LAST_BYTES_MS = 1000;
/**
 * How often the keeper is told that a connection is in use whose bytes do not come its way: by no more than
 * this it would close one too early, which is the grace that it gives.
 */
const ALIVE_MS = KEEP_ALIVE_GRACE_MS;

/** A connection that the keeper knows of. */
interface Relay {
  readonly id: number;
  readonly socket: Socket;
  /** Plain requests that were given to the keeper, and those of them that were answered. */
  handed: number;
  answered: number;
  sentBytes: number;
  takenBytes: number;
  toldAliveAtMs: number;
  /** Its client sends nothing more, and the keeper is still to be told. */
  isEnding: boolean;
}

export interface RelayedConnectionsOptions {
  readonly copies: Copies;
  readonly sections: SectionTable;
  readonly limits: EdgeLimits;
  readonly conditions: SharedConditions;
  /** Which of the workers this is. */
  readonly worker: number;
  readonly tell: (message: ToKeeper) => void;
}

/** The connections of one worker. The keeper learns of one with the first request that is its business. */
export class RelayedConnections {
  readonly #options: RelayedConnectionsOptions;
  readonly #sockets = new Set<Socket>();
  /** Those the keeper does not know of and nothing is being answered on, longest first. */
  readonly #idle = new Set<Socket>();
  /** Those on which an answer of this thread's own is on its way. */
  readonly #answering = new Set<Socket>();
  readonly #relays = new Map<number, Relay>();
  readonly #relayOf = new WeakMap<Socket, Relay>();
  readonly #port: LanePort;
  #lastId = 0;

  constructor(options: RelayedConnectionsOptions) {
    this.#options = options;
    const parser = new EventEmitter();
    parser.on('connection', (socket: Socket) => this.#open(socket));
    this.#port = {
      parser,
      isAnswering: (socket) => {
        const relay = this.#relayOf.get(socket);
        return relay !== undefined && relay.handed !== relay.answered;
      },
      onBusy: (socket) => {
        this.#idle.delete(socket);
        this.#answering.add(socket);
      },
      onIdle: (socket) => this.#rest(socket),
      onAnswered: (socket) => this.#tellAlive(socket),
      onHanded: (socket) => {
        const relay = this.#relayOf.get(socket);
        if (relay !== undefined) relay.handed += 1;
      },
    };
  }

  accept(socket: Socket): void {
    const { copies, sections, limits, conditions } = this.#options;
    const hasRoom = conditions.connections < limits.connections || this.#closeLongestIdle();
    this.#sockets.add(socket);
    this.#count();
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#idle.delete(socket);
      this.#answering.delete(socket);
      this.#count();
    });
    if (!hasRoom) {
      // The keeper says so, or makes room.
      socket.on('error', () => {});
      this.#open(socket);
      return;
    }
    this.#idle.add(socket);
    new LaneConnection(socket, {
      lane: copies,
      scheme: 'http',
      sections,
      port: this.#port,
    }).begin();
  }

  #rest(socket: Socket): void {
    this.#answering.delete(socket);
    if (this.#relayOf.has(socket) || socket.destroyed) return;
    this.#idle.delete(socket);
    this.#idle.add(socket);
  }

  #count(): void {
    const { conditions, worker } = this.#options;
    conditions.countConnections(worker, this.#sockets.size);
  }

  #closeLongestIdle(): boolean {
    for (const socket of this.#idle) {
      this.#idle.delete(socket);
      this.#sockets.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  #open(socket: Socket): void {
    const { tell } = this.#options;
    this.#lastId += 1;
    const relay: Relay = {
      id: this.#lastId,
      socket,
      handed: 0,
      answered: 0,
      sentBytes: 0,
      takenBytes: 0,
      toldAliveAtMs: performance.now(),
      isEnding: false,
    };
    const { id } = relay;
    this.#relays.set(id, relay);
    this.#relayOf.set(socket, relay);
    this.#idle.delete(socket);
    const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = socket;
    const ends = { remoteAddress, remotePort, remoteFamily, localAddress, localPort };
    tell({ kind: 'open', id, ends });
    let isReset = false;
    socket.on('data', (bytes: Buffer) => this.#send(relay, bytes));
    socket.on('end', () => {
      relay.isEnding = true;
      this.#tellEnd(relay);
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      isReset = code === 'ECONNRESET';
    });
    socket.on('close', () => {
      this.#relays.delete(id);
      tell({ kind: 'close', id, isReset });
    });
  }

  // Behind requests that wait for their turn, an end would be taken for that of the first.
  #tellEnd(relay: Relay): void {
    if (!relay.isEnding || relay.handed - relay.answered > 1) return;
    relay.isEnding = false;
    this.#options.tell({ kind: 'end', id: relay.id });
  }

  #send(relay: Relay, bytes: Buffer): void {
    relay.sentBytes += bytes.length;
    this.#options.tell({ kind: 'data', id: relay.id, bytes: ownBytes(bytes) });
    if (relay.sentBytes - relay.takenBytes > WINDOW_BYTES) relay.socket.pause();
  }

  take(message: RelayMessage | Extract<ToWorker, { kind: 'answered' }>): void {
    const relay = this.#relays.get(message.id);
    if (relay === undefined) return;
    const { id, socket } = relay;
    switch (message.kind) {
      case 'data': {
        const buffer = bufferOf(message.bytes);
        socket.write(buffer, (error) => {
          if (error) return;
          this.#options.tell({ kind: 'taken', id, count: buffer.length });
        });
        return;
      }
      case 'taken':
        relay.takenBytes += message.count;
        if (socket.isPaused() && relay.sentBytes - relay.takenBytes <= WINDOW_BYTES) {
          socket.resume();
        }
        return;
      case 'end':
        socket.end();
        return;
      case 'close':
        this.#close(relay, message.isReset);
        return;
      case 'answered':
        relay.answered += 1;
        this.#tellEnd(relay);
        return;
      default:
        message satisfies never;
    }
  }

  // As the system does with what was written when a socket is closed: it still goes out.
  #close({ id, socket }: Relay, isReset: boolean): void {
    this.#relays.delete(id);
    if (isReset) {
      socket.resetAndDestroy();
      return;
    }
    socket.destroySoon();
    // The keeper takes it for idle; its client has the time that it has elsewhere.
    if (this.#answering.has(socket)) return;
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LAST_BYTES_MS);
    socket.on('close', () => clearTimeout(timer));
  }

  #tellAlive(socket: Socket): void {
    const relay = this.#relayOf.get(socket);
    const nowMs = performance.now();
    if (relay === undefined || nowMs - relay.toldAliveAtMs < ALIVE_MS) return;
    relay.toldAliveAtMs = nowMs;
    this.#options.tell({ kind: 'alive', id: relay.id });
  }

  /** Ends every connection at once. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
