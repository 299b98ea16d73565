import { searchKeyOf, splitSearch, type SearchVariance } from '@poplet/policy';

interface SearchMark {
  readonly url: string;
  readonly seq: number;
}

interface PathMarks {
  /** By rising sequence. A URL may stand here more than once; its last mark counts. */
  marks: SearchMark[];
  /** At this length, what was purged again since is left out. */
  compactAt: number;
}

const MIN_COMPACT_AT = 4;

/**
 * The purged URLs of each path, for responses that answer for other queries than the one that brought
 * them: whether a purge reaches one is known only when its No-Vary-Search is.
 */
export class SearchMarks {
  readonly #paths = new Map<string, PathMarks>();

  add(url: string, seq: number): void {
    const { path } = splitSearch(url);
    let known = this.#paths.get(path);
    if (known === undefined) {
      this.#paths.set(path, (known = { marks: [], compactAt: MIN_COMPACT_AT }));
    }
    known.marks.push({ url, seq });
    if (known.marks.length < known.compactAt) return;
    const latest = new Map(known.marks.map((mark) => [mark.url, mark]));
    keep(known, (mark) => latest.get(mark.url) === mark);
  }

  /** The URLs purged after `checkedSeq` that are equivalent to this one. */
  *equivalent(
    url: string,
    variance: SearchVariance,
    checkedSeq: number,
  ): Generator<string, void, undefined> {
    const { path, search } = splitSearch(url);
    const marks = this.#paths.get(path)?.marks ?? [];
    const searchKey = searchKeyOf(variance, search);
    for (let index = marks.length - 1; index >= 0; index--) {
      const mark = marks[index] as SearchMark;
      if (mark.seq <= checkedSeq) return;
      if (searchKeyOf(variance, splitSearch(mark.url).search) === searchKey) yield mark.url;
    }
  }

  /** Drops purges up to and including `seq`. */
  forget(seq: number): void {
    for (const [path, known] of this.#paths) {
      keep(known, (mark) => mark.seq > seq);
      if (known.marks.length === 0) this.#paths.delete(path);
    }
  }
}

function keep(known: PathMarks, isKept: (mark: SearchMark) => boolean): void {
  known.marks = known.marks.filter(isKept);
  known.compactAt = Math.max(MIN_COMPACT_AT, 2 * known.marks.length);
}
