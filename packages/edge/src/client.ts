import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import {
  forwardedInformational,
  type FieldLines,
  type InformationalHead,
  type PresentedRequest,
} from '@poplet/policy';
import type { Problem } from './problem.ts';
import { RequestContent } from './request-content.ts';
import { resetConnection } from './tls-lane.ts';

export interface ClientOptions {
  /** The client waits for a `100 Continue` (RFC 9110 §10.1.1) that only the edge can send. */
  readonly awaitsContinue?: boolean;
  /** How long it may take nothing of what is written. Real milliseconds; 0: for ever. */
  readonly writeTimeoutMs?: number;
  /** Content it may send, at most. 0: no limit. */
  readonly contentBytes?: number;
}

/** The client of one exchange: its connection, and whether it is still there. */
export class Client {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly content: RequestContent;
  #isGone = false;
  #isDone = false;
  #hasStalled = false;
  #refusal: Problem | undefined;
  readonly #writeTimeoutMs: number;
  readonly #listeners = new Set<() => void>();

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { awaitsContinue = false, writeTimeoutMs = 0, contentBytes = 0 }: ClientOptions = {},
  ) {
    this.#writeTimeoutMs = writeTimeoutMs;
    this.request = request;
    this.response = response;
    this.content = new RequestContent(request, {
      limitBytes: contentBytes,
      onOpen: () => {
        if (awaitsContinue) this.#inItsTurn(() => response.writeContinue());
      },
    });
    response.on('close', () => {
      if (this.#isDone || response.writableFinished) return;
      this.#isGone = true;
      for (const listener of this.#listeners) listener();
      this.#listeners.clear();
    });
    // A connection that breaks while bytes are under way: 'close' follows.
    response.on('error', () => {});
    if (response.destroyed) this.#isGone = true;
  }

  /** The connection ended before the answer was complete. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Why its request was given up while it was being read, and how it was told; undefined: it was not. */
  get refusal(): Problem | undefined {
    return this.#refusal;
  }

  /** Its request proves unreadable, or too slow, after it has begun; the connection ends with it. */
  refuse(problem: Problem): void {
    this.#refusal = problem;
  }

  /** It was cut because it took nothing of its answer. */
  get hasStalled(): boolean {
    return this.#hasStalled;
  }

  /**
   * From now on there are bytes for the client to take; if it takes none for the time it has, it is cut,
   * whatever it sends meanwhile. Returns how to stop watching.
   */
  watchWrites(): () => void {
    const { response } = this;
    const { socket } = response;
    const timeoutMs = this.#writeTimeoutMs;
    if (timeoutMs === 0 || response.writableFinished) return () => {};
    if (socket === null) return this.#watchWritesInTurn();
    const stop = (): void => {
      clearInterval(timer);
      stopListening();
      response.off('finish', stop);
    };
    let before = untakenOf(socket);
    let looks = 0;
    const look = (): void => {
      const now = untakenOf(socket);
      looks = now.written === before.written && now.queued === before.queued ? looks + 1 : 0;
      before = now;
      if (looks < LOOKS) return;
      stop();
      this.#hasStalled = true;
      socket.destroy();
    };
    const timer = setInterval(look, timeoutMs / LOOKS);
    const stopListening = this.onGone(stop);
    response.on('finish', stop);
    return stop;
  }

  /** Other requests of the connection are answered first: whether they have been is looked at each time. */
  #watchWritesInTurn(): () => void {
    const { response } = this;
    const cancel = (): void => {
      clearTimeout(timer);
      stopListening();
      response.off('finish', cancel);
    };
    let stop = cancel;
    const timer = setTimeout(() => {
      cancel();
      stop = this.watchWrites();
    }, this.#writeTimeoutMs);
    const stopListening = this.onGone(cancel);
    response.on('finish', cancel);
    return () => stop();
  }

  /** Calls once when the client goes away early. Returns how to stop listening. */
  onGone(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Ends the connection with the answer cut short; with a reset where an orderly close would look like its
   * end. Answers that are due before it go first.
   */
  cut(how: 'close' | 'reset' = 'close'): void {
    const { response } = this;
    // To destroy a response that waits for its turn leaves its connection as it is.
    if (response.socket === null) response.once('socket', (socket) => socket.destroy());
    if (how === 'reset' && response.socket !== null) resetConnection(response.socket);
    else response.destroy();
  }

  /** What happens to the connection from now on says nothing about the answer. */
  done(): void {
    this.#isDone = true;
    this.#listeners.clear();
  }

  /** Forwards a 1xx, unless the final answer has begun. */
  inform(head: InformationalHead, presented: PresentedRequest): void {
    const { response } = this;
    if (this.#isGone || response.headersSent) return;
    const forwarded = forwardedInformational(presented, head);
    if (forwarded === null) return;
    this.#inItsTurn(() => {
      try {
        writeInformational(response, forwarded);
      } catch {
        // Refused as malformed by node:http. A 1xx carries no obligation: the final answer follows.
      }
    });
  }

  /**
   * Writes an interim response when the connection is free for this one, unless the final one is ready by
   * then: node:http would put it behind the head of that.
   */
  #inItsTurn(write: () => void): void {
    const { response } = this;
    const unlessTooLate = (): void => {
      if (!response.headersSent) write();
    };
    if (response.socket === null) response.once('socket', unlessTooLate);
    else unlessTooLate();
  }
}

/** How often it is looked within the time in which a client has to take something. */
const LOOKS = 4;

interface Untaken {
  /** Bytes of the writes that are over. */
  readonly written: number;
  /** Bytes of the write under way that the system has not taken. A socket has no other word for that. */
  readonly queued: number;
}

/** Where a connection stands: it changes if, and only if, its client takes something. */
function untakenOf(socket: Socket): Untaken {
  const { _handle: handle } = socket as { _handle?: { readonly writeQueueSize?: number } | null };
  return {
    written: socket.bytesWritten - socket.writableLength,
    queued: handle?.writeQueueSize ?? 0,
  };
}

function writeInformational(response: ServerResponse, { status, lines }: InformationalHead): void {
  // Node 22 and 24 lack writeInformation: there a 103 needs a Link, and an unknown 1xx cannot be sent.
  if (typeof response.writeInformation === 'function') {
    response.writeInformation(status, lines as string[]);
    return;
  }
  if (status === 100) response.writeContinue();
  if (status === 102) response.writeProcessing();
  if (status === 103) response.writeEarlyHints(hintsOf(lines));
}

/** Lines of Link one link each, which is all that `writeEarlyHints` takes; other fields as they are. */
function hintsOf(lines: FieldLines): Record<string, string | string[]> {
  const link: string[] = [];
  const hints: Record<string, string | string[]> = { link };
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] as string).toLowerCase();
    const value = lines[index + 1] as string;
    if (name === 'link') link.push(...value.split(/,\s*(?=<)/));
    else hints[name] = name in hints ? `${String(hints[name])}, ${value}` : value;
  }
  return hints;
}
