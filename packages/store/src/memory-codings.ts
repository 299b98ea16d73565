import type { Coding, StoredCoding } from '@poplet/policy';

import { bodyBytesOf, SegmentedBody } from './segmented-body.ts';
import type { CodedContent } from './indexed-store.ts';

const NONE: readonly CodedContent[] = [];

/** Other codings of bodies, in memory: each goes with the body that it was made of. */
export class MemoryCodings<Body extends object> {
  readonly #byBody = new WeakMap<Body, readonly CodedContent[]>();

  of(body: Body): readonly StoredCoding[] {
    return this.#contentsOf(body).map(({ coding, segments }) => ({
      coding,
      bodyBytes: bodyBytesOf(segments),
    }));
  }

  add(body: Body, coded: CodedContent): void {
    this.#byBody.set(body, [...this.#contentsOf(body), coded]);
  }

  open(body: Body, coding: Coding): SegmentedBody | undefined {
    const coded = this.#contentsOf(body).find((one) => one.coding === coding);
    return coded === undefined ? undefined : new SegmentedBody(coded.segments);
  }

  #contentsOf(body: Body): readonly CodedContent[] {
    return this.#byBody.get(body) ?? NONE;
  }
}
