import type { Socket } from 'node:net';

/** Head and body, in one or in two. */
export type Pieces = readonly [Uint8Array] | readonly [head: Uint8Array, content: Uint8Array];

/** Up to here a body is copied behind its head, to go out in one piece. */
const JOINED_BYTES = 16 * 1024;

/** What is sent of an answer whose head is this text. */
export function piecesOf(head: string, content: Uint8Array): Pieces {
  const isOne = content.length <= JOINED_BYTES;
  const bytes = Buffer.allocUnsafe(head.length + (isOne ? content.length : 0));
  bytes.write(head, 'latin1');
  if (!isOne) return [bytes, content];
  bytes.set(content, head.length);
  return [bytes];
}

/** Writes them in one go. False: it is more than the connection takes at once. */
export function writePieces(
  socket: Socket,
  [first, second]: Pieces,
  onWritten?: (error?: Error | null) => void,
): boolean {
  if (second === undefined) return socket.write(first, onWritten);
  socket.cork();
  socket.write(first);
  const isTaken = socket.write(second, onWritten);
  socket.uncork();
  return isTaken;
}
