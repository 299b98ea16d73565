import type { BodySource } from '@poplet/store';
import type { FlightBody } from '../flight.ts';
import type { UpstreamBody } from '../upstream/upstream.ts';
import { WholeBody } from './whole-body.ts';

/** A body that is passed on and not kept: read once, in ascending order, by one client. A range that ends early leaves the rest for the next one; whoever owns the body gives it up. */
class PassingBody implements BodySource {
  readonly bodyBytes: number | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #position = 0;
  #rest: Uint8Array | undefined;

  constructor(body: UpstreamBody, bodyBytes: number | undefined) {
    this.bodyBytes = bodyBytes;
    this.#chunks = body;
  }

  bytes(): undefined {
    return undefined;
  }

  /** Throws a RangeError for bytes that have gone by. */
  async *read(startByte: number, endByte: number | undefined): AsyncGenerator<Uint8Array> {
    if (startByte < this.#position) throw new RangeError('these bytes have been passed on already');
    const end = endByte ?? Infinity;
    while (this.#position < end) {
      const chunk = this.#rest ?? (await this.#next());
      if (chunk === undefined) return;
      this.#rest = undefined;
      const from = Math.max(0, startByte - this.#position);
      const to = Math.min(chunk.length, end - this.#position);
      if (to < chunk.length) this.#rest = chunk.subarray(to);
      this.#position += to;
      if (from < to) yield chunk.subarray(from, to);
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#chunks.next();
    return done === true ? undefined : value;
  }
}

/** The same as a flight carries it: for one client, from the beginning. */
export function passingBody(received: UpstreamBody, bodyBytes: number | undefined): FlightBody {
  const whole = received.whole();
  return {
    source: whole === undefined ? new PassingBody(received, bodyBytes) : new WholeBody(whole),
    bodyBytes,
    trailers: () => received.trailers,
    stored: undefined,
    isJoinable: () => false,
  };
}
