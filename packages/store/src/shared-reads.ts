import type { SegmentName } from './tier.ts';

/** Reads of segments: who asks for one that is being read gets the same. */
export class SharedReads {
  readonly #underWay = new Map<string, Promise<Uint8Array>>();
  readonly #read: (segment: SegmentName) => Promise<Uint8Array>;

  constructor(read: (segment: SegmentName) => Promise<Uint8Array>) {
    this.#read = read;
  }

  read(segment: SegmentName): Promise<Uint8Array> {
    const { integrity } = segment;
    let reading = this.#underWay.get(integrity);
    if (reading === undefined) {
      reading = this.#read(segment).finally(() => this.#underWay.delete(integrity));
      this.#underWay.set(integrity, reading);
    }
    return reading;
  }
}
