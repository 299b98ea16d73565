import type { IncomingMessage, ServerResponse } from 'node:http';

import { isUnsafe } from '@poplet/policy';

/** Requests of one connection that may wait for their turn; those behind them are for another connection. */
const MAX_WAITING = 1000;

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly begin: () => void;
}

/**
 * The requests of one connection that arrived without waiting for answers. RFC 9112 §9.3.2: they may be
 * answered at the same time only if all of them are safe. Each costs memory whether its answer is read or
 * not: so few are answered at once, and behind those that may wait the connection is read no further.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #waiting: Waiting[] = [];
  #answering = 0;
  /** One that changes something is being answered. */
  #isExclusive = false;
  #isFull = false;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
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
    this.#waiting.push(waiting);
    if (this.#waiting.length === MAX_WAITING) {
      this.#isFull = true;
      stopReading(request);
      // RFC 9112 §9.6: the client learns which is the last that is answered.
      response.shouldKeepAlive = false;
    }
    return true;
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
      this.#begin(next);
    }
    if (this.#isFull) stopReading(answered);
  }
}

/** node:http reads on at the end of each request and of each answer: so it is stopped after that. */
function stopReading({ socket }: IncomingMessage): void {
  process.nextTick(() => socket.pause());
}
