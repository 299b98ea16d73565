import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

import {
  forwardedInformational,
  type FieldLines,
  type InformationalHead,
  type PresentedRequest,
  type RequestHead,
  type ResponsePlan,
} from '@poplet/policy';
import { Client, type TrailersAhead } from '../client.ts';
import type { Http1Client } from '../http1/client.ts';
import { frame } from '../http1/frame.ts';
import { RequestContent } from '../request-content.ts';
import { hasTakenAll, takenOf, type Taken } from '../taken.ts';
import { headTextOf } from './head-text.ts';
import { piecesOf, writePieces } from './pieces.ts';
import type { PlainHead } from './plain-head.ts';

/** What the connection is to the client of a request on it. */
export interface Seat {
  readonly socket: Socket;
  readonly keepAliveTimeoutMs: number;
  /** Gives the request to node:http after all; undefined where the connection is over. */
  handOver(): Http1Client | undefined;
  /** The answer has been written, to the last byte. */
  onWritten(): void;
}

/** Of a plain request. */
class NoContent extends RequestContent {
  protected readonly isComplete = true;
}

const NO_CONTENT = new NoContent(Readable.from([]), { limitBytes: 0, onOpen: () => {} });

const NOTHING = new Uint8Array(0);

/**
 * The client of a plain request that the pipeline answers. An answer whose length is stated, and known, is
 * written to the connection as node:http would. Before anything else, be it an interim response, chunks, or
 * more from the client before it has its answer, node:http gets the request, and the rest is left to it.
 */
export class LaneClient extends Client {
  readonly head: RequestHead;
  readonly content = NO_CONTENT;
  readonly #plain: PlainHead;
  readonly #seat: Seat;
  /** What node:http was given the request for. */
  #successor: Http1Client | undefined;
  /** Of an answer that has begun, until it is written. */
  #headText: string | undefined;
  #hasBegun = false;
  #isWritten = false;
  readonly #over = Promise.withResolvers<void>();

  constructor(
    plain: PlainHead,
    {
      head,
      seat,
      writeTimeoutMs,
    }: { readonly head: RequestHead; readonly seat: Seat; readonly writeTimeoutMs: number },
  ) {
    super(writeTimeoutMs);
    this.#plain = plain;
    this.head = head;
    this.#seat = seat;
  }

  get hasBegun(): boolean {
    return this.#successor?.hasBegun ?? this.#hasBegun;
  }

  get isAnswered(): boolean {
    return this.#successor?.isAnswered ?? this.#isWritten;
  }

  override get hasStalled(): boolean {
    return super.hasStalled || this.#successor?.hasStalled === true;
  }

  /** Has node:http answer, unless an answer has begun. Undefined where there is nobody left to be answered. */
  changeOver(): Http1Client | undefined {
    if (this.#successor !== undefined || this.#hasBegun || this.isGone) return this.#successor;
    const successor = this.#seat.handOver();
    if (successor === undefined) this.lost();
    else {
      this.#successor = successor;
      successor.onGone(() => this.leave());
      void successor.whenOver().then(this.#over.resolve);
    }
    return successor;
  }

  /** The connection is over. */
  lost(): void {
    this.leave();
    this.#over.resolve();
  }

  begin(plan: ResponsePlan, trailers: TrailersAhead): void {
    const text = this.#successor === undefined ? this.#textOf(plan, trailers) : undefined;
    if (text === undefined) {
      this.changeOver()?.begin(plan, trailers);
      return;
    }
    this.#hasBegun = true;
    this.#headText = text;
  }

  #textOf(plan: ResponsePlan, trailers: TrailersAhead): string | undefined {
    if (trailers === 'some') return undefined;
    const plain = this.#plain;
    const framed = frame({ httpVersion: '1.1', method: plain.method }, plan, false);
    return headTextOf(plan.status, framed, plain, this.#seat.keepAliveTimeoutMs);
  }

  flush(): void {
    if (this.#successor === undefined) this.#write(NOTHING);
    else this.#successor.flush();
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#successor !== undefined) return this.#successor.write(bytes);
    return this.#write(bytes) ? undefined : this.whenDrained(this.#seat.socket);
  }

  async end(bytes: Uint8Array, trailers: FieldLines): Promise<void> {
    if (this.#successor !== undefined) {
      await this.#successor.end(bytes, trailers);
      return;
    }
    const { socket } = this.#seat;
    this.#write(bytes, this.#onWritten);
    if (hasTakenAll(socket)) this.#onWritten();
  }

  /** False: it is more than the connection takes at once. */
  #write(bytes: Uint8Array, onWritten?: (error?: Error | null) => void): boolean {
    const { socket } = this.#seat;
    const text = this.#headText;
    if (text === undefined) return socket.write(bytes, onWritten);
    this.#headText = undefined;
    return writePieces(socket, piecesOf(text, bytes), onWritten);
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (error != null || this.#isWritten || this.isGone) return;
    this.#isWritten = true;
    this.#over.resolve();
    this.#seat.onWritten();
  };

  whenOver(): Promise<void> {
    return this.#over.promise;
  }

  /** Of an answer whose length is stated, its end is an end that came too soon. */
  cut(): void {
    if (this.#successor === undefined) this.#seat.socket.destroy();
    else this.#successor.cut();
  }

  endsConnection(): void {
    this.changeOver()?.endsConnection();
  }

  inform(head: InformationalHead, presented: PresentedRequest): void {
    if (this.hasBegun || forwardedInformational(presented, head) === null) return;
    this.changeOver()?.inform(head, presented);
  }

  override done(): void {
    super.done();
    this.#successor?.done();
  }

  protected get taken(): Taken {
    return takenOf(this.#seat.socket);
  }

  protected cutStalled(): void {
    this.#seat.socket.destroy();
  }
}
