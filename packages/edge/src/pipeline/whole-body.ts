import type { BodySource } from '@poplet/store';

/** A body of which all bytes are at hand. */
export class WholeBody implements BodySource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bodyBytes(): number {
    return this.#bytes.length;
  }

  bytes(): Uint8Array {
    return this.#bytes;
  }

  async *read(startByte: number, endByte: number | undefined): AsyncGenerator<Uint8Array, void> {
    const bytes = this.#bytes.subarray(startByte, endByte);
    if (bytes.length > 0) yield bytes;
  }
}
