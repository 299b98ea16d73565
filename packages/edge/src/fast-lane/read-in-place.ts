import { Socket, type SocketConstructorOpts } from 'node:net';

/** Who gets what comes over a connection, without memory of its own. */
export interface Taker {
  /** The bytes are there until it returns. Undefined: a copy of them comes as those of any socket do. */
  take: ((bytes: Buffer) => void) | undefined;
}

/** As much as libuv reads at once. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

const takers = new WeakMap<Socket, Taker>();

/**
 * Takes over a connection that was accepted (with `pauseOnConnect`, so that nothing has been read): what comes is
 * read into one piece of memory that all such connections share, in the place of a new one for each read. node:net
 * does that (`onread`) for sockets that are made with it; those that a server accepts are not.
 */
export function readInPlace(accepted: Socket): Socket {
  const { _handle: handle } = accepted as { _handle?: unknown };
  if (handle == null) return accepted;
  // Closes nothing: the connection is the other's now.
  Object.assign(accepted, { _handle: null }).destroy();
  const taker: Taker = { take: undefined };
  const options = {
    // Its type knows one kind of handle only.
    handle: handle as SocketConstructorOpts['handle'],
    allowHalfOpen: true,
    onread: {
      buffer: shared,
      callback(length: number): boolean {
        const bytes = shared.subarray(0, length);
        // False: no more is read until somebody asks for it.
        if (taker.take === undefined) return socket.push(Buffer.from(bytes));
        taker.take(bytes);
        return true;
      },
    },
  } satisfies SocketConstructorOpts;
  const socket = new Socket(options);
  takers.set(socket, taker);
  return socket;
}

/** Of a connection that is read in place. */
export function takerOf(socket: Socket): Taker | undefined {
  return takers.get(socket);
}
