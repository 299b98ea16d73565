import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SimpleFault } from './fault-schema.ts';

/** Lets what was written reach the other side before a reset discards it. */
const LINGER_MS = 20;
/** Pieces a second in which a slow body comes. */
const PIECES_PER_SECOND = 10;

/** Does what a fault does before there is an answer; it may be the answer. */
export async function disturbHead(
  fault: SimpleFault,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  switch (fault.kind) {
    case 'delay':
      await untilOrClosed(fault.ms, reply);
      break;
    case 'status':
      reply.code(fault.status).headers(fault.headers ?? {});
      if (fault.body !== undefined && !reply.hasHeader('content-type'))
        reply.type('text/plain; charset=utf-8');
      reply.send(fault.body);
      // Until it is sent: then Fastify goes no further.
      await reply;
      break;
    case 'reset':
      if (fault.afterBytes !== undefined) break;
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      break;
    case 'truncate':
    case 'slow':
      break;
    default:
      fault satisfies never;
  }
}

/** Does what a fault does to the body. */
export function disturbBody(fault: SimpleFault, payload: unknown, reply: FastifyReply): unknown {
  switch (fault.kind) {
    case 'slow':
      return isEmpty(payload)
        ? payload
        : Readable.from(trickle(chunksOf(payload), fault.bytesPerSecond));
    case 'truncate':
      return isEmpty(payload)
        ? payload
        : cutShort(payload, { afterBytes: fault.afterBytes, ending: 'closed' }, reply);
    case 'reset':
      if (fault.afterBytes === undefined) return payload;
      if (!isEmpty(payload))
        return cutShort(payload, { afterBytes: fault.afterBytes, ending: 'reset' }, reply);
      // HEAD, 304: without a body the head is what can be cut.
      reply.raw.socket?.resetAndDestroy();
      return payload;
    case 'delay':
    case 'status':
      return payload;
    default:
      return fault satisfies never;
  }
}

/** What becomes of the connection when a body was cut off. */
type Ending = 'closed' | 'reset';

interface CutShort {
  readonly afterBytes: number;
  readonly ending: Ending;
}

function cutShort(payload: unknown, cut: CutShort, reply: FastifyReply): Readable {
  const stated = statedBytes(payload, reply);
  // However short the body, what is promised must be more than what comes.
  if (stated !== null) reply.header('content-length', Math.max(stated, cut.afterBytes + 1));
  // Node then ends the connection after what there is, as the system of a crashed server does.
  reply.header('connection', 'close');
  return Readable.from(firstBytes(chunksOf(payload), cut, reply));
}

async function* firstBytes(
  chunks: Chunks,
  { afterBytes, ending }: CutShort,
  reply: FastifyReply,
): AsyncGenerator<Buffer> {
  let leftBytes = afterBytes;
  for await (const chunk of chunks) {
    const piece = chunk.subarray(0, leftBytes);
    leftBytes -= piece.length;
    if (piece.length > 0) yield piece;
    if (leftBytes === 0) break;
  }
  if (ending === 'closed') return;
  reply.raw.flushHeaders();
  await pause(LINGER_MS);
  reply.raw.socket?.resetAndDestroy();
}

async function* trickle(chunks: Chunks, bytesPerSecond: number): AsyncGenerator<Buffer> {
  const pieceBytes = Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND));
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += pieceBytes) {
      const piece = chunk.subarray(start, start + pieceBytes);
      await pause((piece.length / bytesPerSecond) * 1000);
      yield piece;
    }
  }
}

type Chunks = AsyncIterable<Buffer> | Iterable<Buffer>;

function chunksOf(payload: unknown): Chunks {
  return isStream(payload) ? payload : [toBuffer(payload)];
}

function isStream(payload: unknown): payload is Readable {
  return payload instanceof Readable;
}

function isEmpty(payload: unknown): boolean {
  return payload === undefined || payload === null || payload === '';
}

function toBuffer(payload: unknown): Buffer {
  return Buffer.isBuffer(payload) ? payload : Buffer.from(String(payload));
}

/** Null when the body comes in chunks of no stated length. */
function statedBytes(payload: unknown, reply: FastifyReply): number | null {
  const stated = reply.getHeader('content-length');
  if (stated !== undefined) return Number(stated);
  return isStream(payload) ? null : toBuffer(payload).length;
}

async function untilOrClosed(ms: number, reply: FastifyReply): Promise<void> {
  const closed = new AbortController();
  const abort = (): void => closed.abort();
  reply.raw.once('close', abort);
  await pause(ms, undefined, { signal: closed.signal }).catch(() => undefined);
  reply.raw.off('close', abort);
}
