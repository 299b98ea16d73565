import type { IncomingMessage, ServerResponse } from 'node:http';

import { isUnsafe } from '@poplet/policy';

/** Requests of one connection that may wait for their turn; those behind them are for another connection. */
const MAX_WAITING = 1000;

/** Text of the heads that may wait, over all connections: as much as 1000 of the largest that are read by default. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Room for what waits on all connections together. */
export class WaitingRoom {
  readonly #maxCount: number;
  #count = 0;
  #bytes = 0;

  constructor(maxCount: number) {
    this.#maxCount = maxCount;
  }

  /** False where there is none left. */
  enter(request: IncomingMessage): boolean {
    const bytes = headBytesOf(request);
    if (this.#count >= this.#maxCount || this.#bytes + bytes > MAX_WAITING_BYTES) return false;
    this.#count += 1;
    this.#bytes += bytes;
    return true;
  }

  leave(request: IncomingMessage): void {
    this.#count -= 1;
    this.#bytes -= headBytesOf(request);
  }
}

function headBytesOf({ url = '', rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((bytes, text) => bytes + text.length, url.length);
}

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly begin: () => void;
}

/**
 * The requests of one connection that arrived without waiting for answers. RFC 9112 §9.3.2: they may be
 * answered at the same time only if all of them are safe. Each costs memory whether its answer is read or
 * not: so few are answered at once, and behind those that may wait the connection is read no further. One that
 * brings more than there is room for on all connections is cut: node:http keeps what it has parsed.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #room: WaitingRoom;
  readonly #waiting: Waiting[] = [];
  #answering = 0;
  /** One that changes something is being answered. */
  #isExclusive = false;
  #isFull = false;
  #isWatching = false;

  constructor(atOnce: number, room: WaitingRoom) {
    this.#atOnce = atOnce;
    this.#room = room;
  }

  /** Begins the request in its turn: now, or when enough of those before it are answered. False: never. */
  take(request: IncomingMessage, response: ServerResponse, begin: () => void): boolean {
    if (this.#isFull) {
      stopReading(request);
      return false;
    }
    const waiting = { request, response, begin };
    if (this.#waiting.length === 0 && this.#mayBegin(request)) {
      this.#begin(waiting);
      return true;
    }
    if (!this.#room.enter(request)) {
      request.socket.destroy();
      return false;
    }
    this.#waiting.push(waiting);
    this.#watch(request);
    if (this.#waiting.length === MAX_WAITING) {
      this.#isFull = true;
      stopReading(request);
      // RFC 9112 §9.6: the client learns which is the last that is answered.
      response.shouldKeepAlive = false;
    }
    return true;
  }

  /** Nobody waits on a connection that is gone. */
  #watch({ socket }: IncomingMessage): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    socket.once('close', () => {
      for (const { request } of this.#waiting.splice(0)) this.#room.leave(request);
    });
  }

  #mayBegin({ method = '' }: IncomingMessage): boolean {
    if (this.#answering === 0) return true;
    return !isUnsafe(method) && !this.#isExclusive && this.#answering < this.#atOnce;
  }

  #begin({ request, response, begin }: Waiting): void {
    this.#answering += 1;
    this.#isExclusive = isUnsafe(request.method ?? '');
    response.on('close', () => {
      this.#answering -= 1;
      if (this.#answering === 0) this.#isExclusive = false;
      this.#next(request);
    });
    begin();
  }

  #next(answered: IncomingMessage): void {
    if (answered.socket.destroyed) return;
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || !this.#mayBegin(next.request)) break;
      this.#waiting.shift();
      this.#room.leave(next.request);
      this.#begin(next);
    }
    if (this.#isFull) stopReading(answered);
  }
}

/** node:http reads on at the end of each request and of each answer: so it is stopped after that. */
function stopReading({ socket }: IncomingMessage): void {
  process.nextTick(() => socket.pause());
}
