import type { Purge } from '@poplet/policy';

import type { RememberedPurge } from '../purge-ledger.ts';
import type { OwnState } from './own-state.ts';
import type { PageRange, Pages } from './pages.ts';

/** Characters of the purges on one page, unless a single one has more. */
const PAGE_LENGTH = 24_000;
/** Purges that are written and no longer count are borne until they are twice as many as the others, and these. */
const SPARE = 500;

/** A purge as JSON has it: undefined is null. */
interface SavedPurge {
  readonly seq: number;
  readonly selector: Purge['selector'];
  readonly soft: boolean;
  readonly siteId: string | null;
  readonly nowMs: number;
}

export interface PurgePage {
  /** Of the last one. */
  readonly sequence: number;
  readonly purges: readonly SavedPurge[];
}

/** The purges that a restart must know of, on pages of which the last one is written again and again. */
export class PurgePages {
  readonly #pages: Pages<PurgePage>;
  readonly #state: OwnState;
  /** Those that count, by what they are of. */
  readonly #live = new Map<string, SavedPurge[]>();
  #sequence: number;
  #forgottenSeq: number;
  /** The page that is written again, and what is on it; none yet in a new session. */
  #current: number | undefined;
  #onCurrent: readonly SavedPurge[] = [];
  /** The highest number that a page was to have: a write that failed may still reach it. */
  #highest: number;
  #written = 0;
  #unsaved: SavedPurge[] = [];
  #mustRewrite = false;
  #writes: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(pages: Pages<PurgePage>, state: OwnState) {
    this.#pages = pages;
    this.#state = state;
    this.#sequence = state.now.sequence;
    this.#forgottenSeq = state.now.forgottenSeq;
    this.#highest = state.now.purgePages.last;
  }

  /** Undefined when a page is missing or damaged: nobody knows then what was purged. */
  async read(
    range: PageRange,
  ): Promise<
    { readonly sequence: number; readonly purges: readonly RememberedPurge[] } | undefined
  > {
    const found = await this.#pages.read(range);
    if (found.length !== Math.max(0, range.last - range.first + 1)) return undefined;
    const purges = found.flatMap((page) => page.purges.map(remembered));
    return { sequence: found.at(-1)?.sequence ?? 0, purges };
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Whether the database does not know of them all, and cannot be told. */
  get isOwed(): boolean {
    return this.#mustRewrite;
  }

  /** Takes up what an earlier session wrote. */
  restore(purges: Iterable<RememberedPurge>, sequence: number): void {
    for (const { purge, seq, nowMs } of purges) {
      this.#add(savedPurge(purge, seq, nowMs));
      this.#written++;
    }
    this.#sequence = sequence;
  }

  /** They are in force here. `save` makes them durable. */
  add(purges: readonly Purge[], sequence: number, nowMs: number): void {
    for (const purge of purges) {
      const saved = savedPurge(purge, sequence, nowMs);
      this.#add(saved);
      this.#unsaved.push(saved);
    }
    this.#sequence = sequence;
  }

  #add(purge: SavedPurge): void {
    const name = JSON.stringify([purge.siteId, purge.selector]);
    const before = this.#live.get(name);
    // As in `PurgeMark`: whoever was reached by the earlier ones is gone.
    if (before === undefined || !purge.soft) this.#live.set(name, [purge]);
    else before.push(purge);
  }

  /** Everything that was added is durable when it resolves. Where it rejects it is owed: all is written anew the next time. */
  save(): Promise<void> {
    if (this.#isWriting) return this.#writes.then(() => this.save());
    this.#isWriting = true;
    const saved = this.#save().finally(() => {
      this.#isWriting = false;
    });
    this.#writes = saved.catch(() => {});
    return saved;
  }

  async #save(): Promise<void> {
    const unsaved = this.#unsaved;
    if (unsaved.length === 0 && !this.#mustRewrite) return;
    this.#unsaved = [];
    try {
      if (this.#mustRewrite || this.#written > 2 * this.#live.size + SPARE) await this.#rewrite();
      else await this.#append(unsaved);
    } catch (error) {
      this.#mustRewrite = true;
      throw error;
    }
  }

  async #append(unsaved: readonly SavedPurge[]): Promise<void> {
    const { purgePages: range } = this.#state.now;
    const pages = pagesOf([...this.#onCurrent, ...unsaved]);
    const from = this.#current ?? range.last + 1;
    await this.#write(pages, from);
    const last = from + pages.length - 1;
    // A page that nobody knows of does not count.
    if (last !== range.last) {
      await this.#state.save({
        purgePages: { first: range.first, last },
        sequence: this.#sequence,
      });
    }
    this.#written += unsaved.length;
  }

  /** On new pages. */
  async #rewrite(): Promise<void> {
    const { purgePages: before } = this.#state.now;
    const purges = [...this.#live.values()].flat().toSorted((a, b) => a.seq - b.seq);
    const pages = pagesOf(purges);
    const first = this.#highest + 1;
    await this.#write(pages, first);
    await this.#state.save({
      purgePages: { first, last: first + pages.length - 1 },
      sequence: this.#sequence,
      forgottenSeq: this.#forgottenSeq,
    });
    this.#written = purges.length;
    this.#mustRewrite = false;
    await this.#pages.remove(before);
  }

  async #write(pages: readonly (readonly SavedPurge[])[], from: number): Promise<void> {
    const sequence = this.#sequence;
    this.#highest = Math.max(from + pages.length - 1, this.#highest);
    await Promise.all(
      pages.map((purges, index) => this.#pages.write(from + index, { sequence, purges })),
    );
    this.#current = from + pages.length - 1;
    this.#onCurrent = pages.at(-1) ?? [];
  }

  /** They need not be known any more, nor whatever is older. */
  forget(seq: number): void {
    this.#forgottenSeq = Math.max(seq, this.#forgottenSeq);
    for (const [name, purges] of this.#live) {
      const left = purges.filter((purge) => purge.seq > seq);
      if (left.length === 0) this.#live.delete(name);
      else if (left.length < purges.length) this.#live.set(name, left);
    }
  }

  /** Nothing of what was written is there any more. */
  lose(): void {
    this.#mustRewrite = true;
  }
}

/** At least one page. */
function pagesOf(purges: readonly SavedPurge[]): (readonly SavedPurge[])[] {
  const pages: SavedPurge[][] = [[]];
  let length = 0;
  for (const purge of purges) {
    const purgeLength = JSON.stringify(purge).length;
    if (length > 0 && length + purgeLength > PAGE_LENGTH) {
      pages.push([]);
      length = 0;
    }
    pages.at(-1)?.push(purge);
    length += purgeLength;
  }
  return pages;
}

function savedPurge({ selector, soft, siteId }: Purge, seq: number, nowMs: number): SavedPurge {
  return { seq, selector, soft, siteId: siteId ?? null, nowMs };
}

function remembered({ seq, selector, soft, siteId, nowMs }: SavedPurge): RememberedPurge {
  return { seq, purge: { selector, soft, siteId: siteId ?? undefined }, nowMs };
}
