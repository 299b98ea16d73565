import type { Duplex, Readable } from 'node:stream';

import type {
  FieldLines,
  InformationalHead,
  UpstreamFailure,
  UpstreamRequest,
  UpstreamResponse,
} from '@poplet/policy';

/** What the edge asks. A failure is a value: nothing here rejects because of the network. */
export interface Upstream {
  /** `http://127.0.0.1:5173`. Of an in-process handler: the address of its own socket, known once `ready` resolved. */
  readonly origin: string;
  /** `host[:port]`, the scheme's default port left out. */
  readonly authority: string;
  /** Resolves when `origin` is final. Cheap when it already is. */
  ready(): Promise<void>;
  /** Resolves when the head has arrived or there will be none. */
  ask(request: UpstreamRequest, options: AskOptions): Promise<UpstreamReply>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

export interface AskOptions {
  /** Content of the request; its Content-Length, where known, stands in the request's lines. */
  readonly content?: Readable | undefined;
  /** Called for each 1xx before the final head, 101 excepted. */
  readonly onInformational?: ((head: InformationalHead) => void) | undefined;
  /** Aborting gives up the request, and its body where the head has arrived. */
  readonly signal: AbortSignal;
  /** True for bodies that may be silent for long (events): no idle timeout. */
  readonly mayIdle: boolean;
  /** The same request has been sent before, on a connection that proved dead: this time on a new one. */
  readonly isRepeated?: boolean | undefined;
  /** The protocol to switch to (RFC 9110 §7.8); a `switched` reply is only given when this is set. */
  readonly upgrade?: string | undefined;
}

export type UpstreamReply = FailedReply | RespondedReply | SwitchedReply;

export interface FailedReply {
  readonly kind: 'failure';
  readonly failure: UpstreamFailure;
  /** A connection used before ended before any byte of an answer: RFC 9110 §9.2.2 allows asking again, if the method does. */
  readonly isRetryable: boolean;
}

export interface RespondedReply {
  readonly kind: 'response';
  readonly head: UpstreamResponse;
  readonly body: UpstreamBody;
}

interface SwitchedReply {
  readonly kind: 'switched';
  /** Field lines of the 101, as received. */
  readonly lines: FieldLines;
  readonly socket: Duplex;
}

/** Bytes of a response as they arrive, with back-pressure, for one reader. Rejects when the body ends before its time. */
export interface UpstreamBody extends AsyncIterableIterator<Uint8Array, undefined> {
  /** Complete once the body has ended. */
  readonly trailers: FieldLines;
  /** All of it, where it has come already and nobody has begun to read it; still to be read then. */
  whole(): Uint8Array | undefined;
  /** Gives up what has not come yet; does nothing to a body that is complete. */
  destroy(error?: Error): void;
}
