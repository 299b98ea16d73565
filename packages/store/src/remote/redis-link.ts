import type { createClient } from '@keyv/redis';

import { StoreError } from '../errors.ts';
import { inTime } from '../in-time.ts';
import { messageOf } from '../message-of.ts';

/** Real milliseconds. */
const RECONNECT_MS = 100;
const CONNECT_TIMEOUT_MS = 2000;
/** A connection on which nothing came for so long is given up. */
const SILENCE_MS = 4000;
/** How often a connection is made to say something: one that nobody uses is not to be taken for dead. */
const PING_MS = 1000;

/** How RESP marks a string of bytes: `$`. */
const BYTES = 36;
const AS_BYTES = { typeMapping: { [BYTES]: Buffer } };

type RedisClient = ReturnType<typeof createClient>;

/** An argument of a command. */
export type Argument = string | Buffer;

export interface RedisLinkOptions {
  readonly createClient: typeof createClient;
  /** `redis:` or `rediss:`. */
  readonly url: string;
  /** Real milliseconds in which a command must be answered. */
  readonly timeoutMs: number;
}

/** A connection to Redis that comes back by itself, and on which nobody waits for longer than stated. */
export class RedisLink {
  readonly #client: RedisClient;
  readonly #timeoutMs: number;

  constructor({ createClient: create, url, timeoutMs }: RedisLinkOptions) {
    this.#timeoutMs = timeoutMs;
    this.#client = create({
      url,
      RESP: 3,
      // What cannot be sent now is not worth sending later.
      disableOfflineQueue: true,
      pingInterval: PING_MS,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: SILENCE_MS,
        reconnectStrategy: () => RECONNECT_MS,
      },
    }) as RedisClient;
    // Each command that fails says so to whoever sent it.
    this.#client.on('error', () => {});
  }

  /** Rises with each connection. */
  get connection(): number {
    return this.#client.socketEpoch;
  }

  /**
   * Resolves when the connection stands, and rejects when it does not within so many real milliseconds,
   * or is refused. From then on it comes back by itself.
   */
  async open(withinMs: number): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    let cause: unknown;
    const onError = (error: unknown): void => {
      cause = error;
      if (isRefusal(error)) reject(error);
    };
    this.#client.on('error', onError);
    const timer = setTimeout(() => {
      reject(cause instanceof Error ? cause : new Error(`no answer within ${withinMs} ms`));
    }, withinMs);
    try {
      const connecting = this.#client.connect();
      // It goes on after that.
      connecting.catch(() => {});
      await Promise.race([connecting, late]);
    } finally {
      clearTimeout(timer);
      this.#client.off('error', onError);
    }
  }

  /** Told of every message on a channel, once it is connected, and again after every interruption. */
  async subscribe(channel: string, listener: () => void): Promise<void> {
    await this.#inTime(this.#client.subscribe(channel, listener));
  }

  send(command: readonly Argument[]): Promise<unknown> {
    return this.#inTime(this.#client.sendCommand(command));
  }

  /** As `send`; strings come as bytes. */
  sendForBytes(command: readonly Argument[]): Promise<unknown> {
    return this.#inTime(this.#client.sendCommand(command, AS_BYTES));
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    try {
      return await inTime(answer, this.#timeoutMs);
    } catch (error) {
      if (error instanceof StoreError || isReply(error)) throw error;
      throw unreachable(error);
    }
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }
}

function unreachable(error: unknown): StoreError {
  return new StoreError('unreachable', messageOf(error), { cause: error });
}

/** What Redis says while it cannot answer yet. */
const NOT_YET = /^(?:LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN) /u;

/** Whether Redis said no, and will say so again: to a password, or to the number of a database. */
export function isRefusal(error: unknown): error is Error {
  return isReply(error) && !NOT_YET.test(error.message);
}

/** Whether Redis itself said so. */
function isReply(error: unknown): error is Error {
  return error instanceof Error && /^[A-Z]{2,} /u.test(error.message);
}
