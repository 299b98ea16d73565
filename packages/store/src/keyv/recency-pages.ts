import type { OwnState } from './own-state.ts';
import type { Pages } from './pages.ts';

/** Records on one page. */
const PAGE_IDS = 4000;
/** So many and more are written anew, unless it takes half of them to name every record. */
const MANY_PAGES = 100;

export interface RecencyPage {
  /** The last record that was stored before these were used. */
  readonly after: number;
  /** In the order of their use. */
  readonly ids: readonly number[];
}

/**
 * In which order records were used: not needed for anything but to evict the right ones after a restart,
 * so that what cannot be written is not missed.
 */
export class RecencyPages {
  readonly #pages: Pages<RecencyPage>;
  readonly #state: OwnState;
  /** In the order of their use. */
  readonly #order = new Set<number>();
  #first: number;
  #last: number;
  #newestId = 0;
  /** A page is missing: what follows it would not be read. */
  #isTorn = false;

  constructor(pages: Pages<RecencyPage>, state: OwnState) {
    this.#pages = pages;
    this.#state = state;
    this.#first = state.now.usedPages.first;
    this.#last = state.now.usedPages.last;
  }

  /** Puts what was read of an earlier session into the order of its use. */
  async restored<T extends { readonly id: number }>(records: readonly T[]): Promise<T[]> {
    const pages = await this.#pages.read({ first: this.#first, last: Infinity });
    this.#last = this.#first + pages.length - 1;
    const uses = new Map<number, readonly [after: number, place: number]>();
    let place = 0;
    for (const { after, ids } of pages) {
      for (const id of ids) uses.set(id, [after, ++place]);
    }
    const useOf = ({ id }: T): readonly [number, number] => uses.get(id) ?? [id, 0];
    const sorted = records.toSorted((a, b) => {
      const [afterA, placeA] = useOf(a);
      const [afterB, placeB] = useOf(b);
      // What was used after a record was stored, was used after it.
      return afterA - afterB || placeA - placeB;
    });
    for (const { id } of sorted) this.stored(id);
    return sorted;
  }

  stored(id: number): void {
    this.#order.delete(id);
    this.#order.add(id);
    this.#newestId = Math.max(id, this.#newestId);
  }

  dropped(id: number): void {
    this.#order.delete(id);
  }

  async used(ids: readonly number[]): Promise<void> {
    const known = ids.filter((id) => this.#order.delete(id));
    for (const id of known) this.#order.add(id);
    const pages = this.#last - this.#first;
    const isLong = pages >= MANY_PAGES && pages > (2 * this.#order.size) / PAGE_IDS;
    try {
      if (isLong || this.#isTorn) await this.#rewrite();
      else await this.#append(known);
      this.#isTorn = false;
    } catch (error) {
      this.#isTorn = true;
      throw error;
    }
  }

  async #append(ids: readonly number[]): Promise<void> {
    const after = this.#newestId;
    for (let at = 0; at < ids.length; at += PAGE_IDS) {
      await this.#pages.write(++this.#last, { after, ids: ids.slice(at, at + PAGE_IDS) });
    }
  }

  async #rewrite(): Promise<void> {
    const before = { first: this.#first, last: this.#last };
    this.#last += 1;
    const first = this.#last + 1;
    await this.#append([...this.#order]);
    await this.#state.save({ usedPages: { first, last: this.#last } });
    this.#first = first;
    await this.#pages.remove(before);
  }
}
