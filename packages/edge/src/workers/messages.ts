// What a worker and the keeper say to one another. Of one connection, in this order on both sides.

import type { Transferable } from 'node:worker_threads';

import type { EdgeLimits } from '../edge-api.ts';
import type { Stamp } from './shared-conditions.ts';

/** What a worker is started with. */
export interface WorkerSetting {
  /** Which of them it is: from 0. */
  readonly worker: number;
  /** How many there are. */
  readonly count: number;
  readonly conditions: SharedArrayBuffer;
  readonly records: SharedArrayBuffer;
  readonly limits: EdgeLimits;
  readonly port: number;
  readonly host: string;
}

/** Both ends of a client's connection, as the worker sees them. */
export interface Ends {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

/** Bytes of a connection, and how it goes on. */
export type RelayMessage =
  | { readonly kind: 'data'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** So many of the other's bytes were handed on. */
  | { readonly kind: 'taken'; readonly id: number; readonly count: number }
  /** Nothing follows; what comes from the other side is still wanted. */
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number; readonly isReset: boolean };

/** Why a worker does not listen, as node:net says it. */
export interface WorkerFailure {
  readonly code: string | undefined;
  readonly message: string;
}

export type ToKeeper =
  | RelayMessage
  | { readonly kind: 'listening'; readonly port: number }
  | ({ readonly kind: 'failed' } & WorkerFailure)
  | { readonly kind: 'open'; readonly id: number; readonly ends: Ends }
  /** The connection is in use, though its bytes do not come this way. */
  | { readonly kind: 'alive'; readonly id: number }
  /** Copies that are not used any more. */
  | { readonly kind: 'forgotten'; readonly copyIds: readonly number[] }
  | { readonly kind: 'fault'; readonly error: unknown };

export type ToWorker =
  | RelayMessage
  /** A request that came this way was answered; all of the answer has been sent. */
  | { readonly kind: 'answered'; readonly id: number }
  | { readonly kind: 'copy'; readonly copy: AnswerCopy }
  | { readonly kind: 'stop' };

/** An answer that holds for a while, and what to. */
export interface AnswerCopy {
  readonly id: number;
  readonly method: 'GET' | 'HEAD';
  readonly target: string;
  /** The header section, with the empty line that ends it. */
  readonly section: string;
  readonly place: number;
  readonly stamp: Stamp;
  /** Virtual instants: from the first, and before the second. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly head: Uint8Array<ArrayBuffer>;
  /** Behind it; undefined: nothing follows, or `head` has it. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/** Bytes on their way in one direction, that the other side has not handed on: more wait. */
export const WINDOW_BYTES = 256 * 1024;

/** As bytes that belong to nobody else: they are handed over, where a view would be sent with all that it is a view of. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** What goes over to the other side with a message. */
export function transferOf(message: ToKeeper | ToWorker): Transferable[] {
  if (message.kind === 'data') return [message.bytes.buffer];
  if (message.kind !== 'copy') return [];
  const { head, body } = message.copy;
  return body === undefined ? [head.buffer] : [head.buffer, body.buffer];
}

/** A view of bytes as a Buffer. */
export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
