import type { Socket } from 'node:net';

import type { buildConnector, Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import { AskHandler, type AskConnection } from './ask-handler.ts';
import { ContinueHeads } from './continue-heads.ts';
import { ClosedOnAccept, MalformedResponse } from './failures.ts';

/** What the pool hands to its factory: its own options, the connector already built. */
interface PooledOptions extends Client.Options {
  readonly connect: buildConnector.connector;
}

/** A client of the pool that knows what has happened on its connection. */
export class CountingClient extends Client {
  readonly #connection: Watched;

  constructor(origin: URL, options: object) {
    const pooled = options as PooledOptions;
    const connection = new Watched();
    super(origin, {
      ...pooled,
      connect: (target, callback) =>
        pooled.connect(target, (...result) => {
          if (result[0] !== null) {
            callback(...result);
            return;
          }
          const [, socket] = result;
          connection.begin(socket);
          whenKnownSilent(socket, (flaw) => {
            if (flaw === undefined) callback(null, socket);
            else callback(flaw, null);
          });
        }),
    });
    this.#connection = connection;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    if (handler instanceof AskHandler) handler.connection = this.#connection;
    return super.dispatch(options, handler);
  }
}

/**
 * What a server has sent before it was asked would be taken for the answer to the first request: two
 * turns of the event loop show whether there is such a thing.
 */
function whenKnownSilent(socket: Socket, then: (flaw: Error | undefined) => void): void {
  let flaw: Error | undefined;
  const fail = (error?: Error): void => {
    flaw ??= error ?? new ClosedOnAccept('the connection was closed as soon as it was accepted');
  };
  socket.on('error', fail).on('end', fail).on('close', fail);
  setImmediate(() => {
    setImmediate(() => {
      if (socket.readableLength > 0)
        fail(new MalformedResponse('the upstream spoke before it was asked'));
      if (flaw === undefined) socket.off('error', fail).off('end', fail).off('close', fail);
      else socket.destroy();
      then(flaw);
    });
  });
}

/** The client's connection: one after the other, never two at a time. */
class Watched implements AskConnection {
  #answers = 0;
  #wasReset = false;
  readonly #heads = new ContinueHeads();

  begin(socket: Socket): void {
    this.#answers = 0;
    this.#wasReset = false;
    // Before undici's own listener, which ends the response that is under way.
    socket.prependListener('error', () => {
      this.#wasReset = true;
    });
    this.#heads.watch(socket);
  }

  asking(): void {
    this.#heads.expectHead();
  }

  interimStatusOf(parsed: number): number {
    return this.#heads.statusOf(parsed);
  }

  isReused(): boolean {
    return this.#answers > 0;
  }

  answered(): void {
    this.#answers += 1;
  }

  wasReset(): boolean {
    return this.#wasReset;
  }
}
