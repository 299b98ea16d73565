import type { Duplex } from 'node:stream';

/** Until when a connection may stay open for its client to read the last answer, and to end it. */
const LAST_ANSWER_MS = 1000;

/** Connections on which no more is written, and nothing that comes is answered. */
export class Endings {
  readonly #sockets = new Set<Duplex>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether another has to be closed at once. */
  get isFull(): boolean {
    return this.#sockets.size >= this.#limit;
  }

  has(socket: Duplex): boolean {
    return this.#sockets.has(socket);
  }

  /** RFC 9112 §9.6: what the client still sends is read, or a reset could overtake the last answer. */
  add(socket: Duplex, lastText = ''): void {
    socket.end(lastText, 'latin1');
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), LAST_ANSWER_MS);
    this.#sockets.add(socket);
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
  }

  /** Ends them at once. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
