import type { Socket } from 'node:net';

/** Where in a line of a head the status stands: `HTTP/1.1 ` comes first. */
const STATUS_AT = 9;
const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * RFC 9110 §15.2: a client must be able to parse a 100 that it did not ask for. undici takes one for a
 * broken answer. So the last digit of such a status is changed before undici reads it (100 becomes 109),
 * and changed back when undici has parsed the head: `statusOf`.
 */
export class ContinueHeads {
  /** Statuses of the interim heads that undici has yet to hand over; true: it was a 100. */
  readonly #wereContinue: boolean[] = [];
  #isHead = false;
  #isFirstLine = true;
  /** Of the current line: bytes so far, CR left out, and the digits of the status. */
  #column = 0;
  #digits: number[] = [];

  /** Reads along from now on. */
  watch(socket: Socket): void {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      const chunk: unknown = read(size);
      if (this.#isHead && Buffer.isBuffer(chunk)) this.#scan(chunk);
      return chunk;
    };
  }

  /** A request is about to be sent: the next bytes are the head of a response. */
  expectHead(): void {
    this.#wereContinue.length = 0;
    this.#beginHead();
  }

  /** The status that an interim head really had, in the order of the heads. */
  statusOf(parsed: number): number {
    return this.#wereContinue.shift() === true ? 100 : parsed;
  }

  #beginHead(): void {
    this.#isHead = true;
    this.#isFirstLine = true;
    this.#column = 0;
    this.#digits = [];
  }

  #scan(chunk: Buffer): void {
    for (let index = 0; index < chunk.length && this.#isHead; index++) {
      const byte = chunk[index] as number;
      if (byte === LF) this.#endLine();
      else if (byte !== CR) {
        if (this.#isFirstLine && this.#column >= STATUS_AT && this.#digits.length < 3) {
          this.#digits.push(byte - ZERO);
          if (this.#digits.join('') === '100') chunk[index] = NINE;
        }
        this.#column += 1;
      }
    }
  }

  #endLine(): void {
    const isEndOfHead = this.#column === 0 && !this.#isFirstLine;
    // Empty lines before a head are none of it (RFC 9112 §2.2).
    if (this.#column > 0) this.#isFirstLine = false;
    this.#column = 0;
    if (!isEndOfHead) return;
    const status = this.#digits.join('');
    // Bytes behind a 101 are those of another protocol.
    const isInterim = status.startsWith('1') && status !== '101';
    if (isInterim) {
      this.#wereContinue.push(status === '100');
      this.#beginHead();
    } else this.#isHead = false;
  }
}
