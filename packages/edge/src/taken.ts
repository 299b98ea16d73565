import type { Socket } from 'node:net';

/** What of an answer its client has taken. It changes if, and only if, the client takes something. */
export interface Taken {
  /** Bytes of the writes that are over. */
  readonly written: number;
  /** Bytes of the write under way that the system has not taken. */
  readonly queued: number;
}

/** What the other end has taken of all that was written to a socket. */
export function takenOf(socket: Socket): Taken {
  // A socket has no other word for how much of a write the system has taken.
  const { _handle: handle } = socket as { _handle?: { readonly writeQueueSize?: number } | null };
  return {
    written: socket.bytesWritten - socket.writableLength,
    queued: handle?.writeQueueSize ?? 0,
  };
}

/** Whether the system has taken all that was written to a socket. */
export function hasTakenAll({ writableLength, errored, destroyed }: Socket): boolean {
  return writableLength === 0 && errored === null && !destroyed;
}

export interface Watched {
  /** How long nothing may be taken. Real milliseconds; 0: for ever. */
  readonly timeoutMs: number;
  /** Null: there is nothing to take yet. */
  readonly taken: () => Taken | null;
  readonly isOver: () => boolean;
  /** Called once at most. */
  readonly onStalled: () => void;
}

/** How often it is looked within the time in which a client has to take something. */
const LOOKS = 4;

/** Looks whether a client takes what is there for it. Returns how to stop. */
export function watchTaken({ timeoutMs, taken, isOver, onStalled }: Watched): () => void {
  if (timeoutMs === 0 || isOver()) return () => {};
  let before = taken();
  let looks = 0;
  const look = (): void => {
    if (isOver()) {
      clearInterval(timer);
      return;
    }
    const now = taken();
    // While others are answered first, it has nothing to take.
    const isSame = now !== null && before !== null && isSameAs(now, before);
    looks = isSame ? looks + 1 : 0;
    before = now;
    if (looks < LOOKS) return;
    clearInterval(timer);
    onStalled();
  };
  const timer = setInterval(look, timeoutMs / LOOKS);
  return () => clearInterval(timer);
}

function isSameAs(one: Taken, other: Taken): boolean {
  return one.written === other.written && one.queued === other.queued;
}
