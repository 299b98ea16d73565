import {
  isInPreferredLanguage,
  variantKeyOf,
  type Candidate,
  type FieldReader,
  type Found,
  type StoredResponse,
} from '@poplet/policy';

import type { DormantEntries } from './dormant-entries.ts';
import { byNewest, IndexEntry } from './index-entry.ts';
import type { IndexedResponse } from './indexed-response.ts';
import { KeyVariants } from './key-variants.ts';
import type { PurgeLedger } from './purge-ledger.ts';
import { RecencyList } from './recency-list.ts';
import { ResponseKinds } from './response-kinds.ts';
import { SearchTable, type IndexNode } from './search-table.ts';
import { WarmResponses } from './warm-responses.ts';

const MAX_RULES_PER_KEY = 8;
const MAX_SIBLINGS = 16;
const NONE: readonly Candidate[] = [];
const NOTHING: Found = { selected: NONE, siblings: NONE, inLanguage: NONE };

/** What says where a response stands. */
type Place = Pick<StoredResponse, 'primaryKey' | 'variance' | 'rule' | 'variantKey'>;

export interface MemoryIndexOptions {
  readonly ledger: PurgeLedger;
  /** Of `IndexEntry.sizes`, over all entries. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly maxVariantsPerKey: number;
  /** What lies elsewhere: it counts towards the bounds, and was used before anything here. */
  readonly dormant: DormantEntries | undefined;
  /** Told of every entry that leaves: evicted, purged, removed, or replaced, be it around the same body. */
  readonly onForgotten: (entry: IndexEntry) => void;
}

/**
 * Which responses are stored, without their bodies: primary key, or what counts of its query →
 * selection rules → variant. Bounded in bytes and in entries over all, least recently used out first.
 * Whatever a purge has reached is dropped when it is next looked at, and never returned.
 */
export class MemoryIndex {
  readonly #options: MemoryIndexOptions;
  readonly #ledger: PurgeLedger;
  readonly #keys = new Map<string, IndexNode>();
  readonly #searches = new SearchTable();
  readonly #recency = new RecencyList<IndexEntry>();
  readonly #kinds = new ResponseKinds();
  readonly #warm = new WarmResponses();
  #entryCount = 0;
  #bytes = 0;
  #heldBytes = 0;
  #evictions = 0;
  #insertions = 0;
  #onChanged: ((primaryKey: string | undefined) => void) | undefined;

  constructor(options: MemoryIndexOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
  }

  /** As `Store.onChanged`, of all but purges. */
  onChanged(listener: (primaryKey: string | undefined) => void): void {
    this.#onChanged = listener;
  }

  // What answers for other queries is found under keys that nobody can name.
  #changed({ primaryKey, variance }: Place): void {
    this.#onChanged?.(variance === null ? primaryKey : undefined);
  }

  /** Purged entries that nobody has looked at since are counted too. */
  get entryCount(): number {
    return this.#entryCount;
  }

  /** Body and header bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Live entries that had to give way to a bound. */
  get evictions(): number {
    return this.#evictions;
  }

  find(primaryKey: string, fields: FieldReader): Found {
    return this.#look(primaryKey, fields, (entry) => this.#recency.touch(entry));
  }

  /** As `find`, and nothing counts as used. */
  peek(primaryKey: string, fields: FieldReader): Found {
    return this.#look(primaryKey, fields, () => {});
  }

  #look(primaryKey: string, fields: FieldReader, touch: (entry: IndexEntry) => void): Found {
    const node = this.#keys.get(primaryKey);
    const equivalent = this.#searches.find(primaryKey);
    if (equivalent.length > 0) {
      return this.#findAmong(
        node === undefined ? equivalent : [node, ...equivalent],
        fields,
        touch,
      );
    }
    if (node === undefined) return NOTHING;
    if (node instanceof KeyVariants) return this.#findAmong([node], fields, touch);
    if (!this.#isAlive(node)) return NOTHING;
    if (!isSelectedBy(node, fields)) {
      const siblings = [this.#candidateOf(node)];
      if (!isInPreferredLanguage(node, fields))
        return { selected: NONE, siblings, inLanguage: NONE };
      touch(node);
      return { selected: NONE, siblings, inLanguage: siblings };
    }
    touch(node);
    return { selected: [this.#candidateOf(node)], siblings: NONE, inLanguage: NONE };
  }

  #findAmong(
    nodes: readonly IndexNode[],
    fields: FieldReader,
    touch: (entry: IndexEntry) => void,
  ): Found {
    const selected = nodes
      .flatMap((node) => {
        if (node instanceof KeyVariants) return node.selected(fields);
        return isSelectedBy(node, fields) ? [node] : [];
      })
      .filter((entry) => this.#isAlive(entry));
    if (selected.length > 1) selected.sort(byNewest);
    // The newest is touched last: it is the one most likely used.
    for (let index = selected.length - 1; index >= 0; index--) {
      touch(selected[index] as IndexEntry);
    }
    return new FoundVariants(
      selected.map((entry) => this.#candidateOf(entry)),
      () => this.#siblings(nodes, selected),
      () => this.#inLanguage(nodes, { selected, fields, touch }),
    );
  }

  #inLanguage(
    nodes: readonly IndexNode[],
    {
      selected,
      fields,
      touch,
    }: {
      readonly selected: readonly IndexEntry[];
      readonly fields: FieldReader;
      readonly touch: (entry: IndexEntry) => void;
    },
  ): readonly Candidate[] {
    const found = nodes
      .flatMap((node) => {
        if (node instanceof KeyVariants) return node.inLanguage(fields);
        return isInPreferredLanguage(node, fields) ? [node] : [];
      })
      .filter((entry) => !selected.includes(entry) && this.#isThere(entry))
      .toSorted(byNewest);
    for (const entry of found) touch(entry);
    return found.map((entry) => this.#candidateOf(entry));
  }

  #siblings(nodes: readonly IndexNode[], selected: readonly IndexEntry[]): readonly Candidate[] {
    return nodes
      .flatMap(entriesOf)
      .filter((entry) => !selected.includes(entry) && this.#isThere(entry))
      .toSorted(byNewest)
      .slice(0, MAX_SIBLINGS)
      .map((entry) => this.#candidateOf(entry));
  }

  /** The live entry in the place where this response was stored, whatever is there now. */
  at(response: Place): IndexEntry | undefined {
    const { rule, variantKey } = response;
    const node = this.#nodeOf(response);
    const entry =
      node instanceof KeyVariants
        ? node.get(rule.id, variantKey)
        : isAtPlace(node, rule.id, variantKey)
          ? node
          : undefined;
    return entry !== undefined && this.#isAlive(entry) ? entry : undefined;
  }

  /** Whether an entry that was found before is still in its place, and alive. */
  #isThere(entry: IndexEntry): boolean {
    return this.at(entry) === entry;
  }

  // A response stands either under its own key or, where others may find it, in the table for that.

  #nodeOf({ primaryKey, variance }: Place): IndexNode | undefined {
    if (variance === null) return this.#keys.get(primaryKey);
    return this.#searches.get(primaryKey, variance);
  }

  #setNode({ primaryKey, variance }: Place, node: IndexNode): void {
    if (variance === null) this.#keys.set(primaryKey, node);
    else this.#searches.set(primaryKey, variance, node);
  }

  #deleteNode({ primaryKey, variance }: Place): void {
    if (variance === null) this.#keys.delete(primaryKey);
    else this.#searches.delete(primaryKey, variance);
  }

  /**
   * Puts a response in its place, instead of what was there. `checkedSeq` as in `PurgeLedger.check`;
   * `softPurgedAtMs` for what was found stale when it was checked. False when it was purged since,
   * and nothing changed.
   */
  insert(response: IndexedResponse, checkedSeq: number, softPurgedAtMs?: number): boolean {
    const verdict = this.#ledger.check(response, checkedSeq);
    if (verdict.kind === 'gone') return false;
    const order = this.#insertions++;
    const checked = this.#ledger.sequence;
    const kind = this.#kinds.of(response);
    const entry = new IndexEntry(response, kind, { order, checkedSeq: checked });
    this.#warm.keep(entry);
    entry.softPurgedAtMs = softPurgedAtMs;
    if (verdict.kind === 'soft') entry.softPurgedAtMs ??= verdict.sinceAtMs;
    const replaced = this.#place(entry);
    this.#changed(entry);
    if (replaced !== undefined) this.#forget(replaced);
    this.#recency.add(entry);
    this.#entryCount++;
    this.#count(entry, 1);
    this.#boundVariants(response);
    if (response.variance !== null) this.#boundVariances(response.primaryKey);
    this.#boundAll();
    return true;
  }

  #place(entry: IndexEntry): IndexEntry | undefined {
    const node = this.#nodeOf(entry);
    if (node instanceof KeyVariants) {
      // Its variance is the newest again.
      if (entry.variance !== null) this.#setNode(entry, node);
      return node.put(entry);
    }
    if (node === undefined || !this.#isAlive(node)) {
      this.#setNode(entry, entry);
      return undefined;
    }
    if (isAtPlace(node, entry.rule.id, entry.variantKey)) {
      this.#setNode(entry, entry);
      return node;
    }
    const variants = new KeyVariants();
    variants.put(node);
    variants.put(entry);
    this.#setNode(entry, variants);
    return undefined;
  }

  #boundVariants(response: Place): void {
    const variants = this.#nodeOf(response);
    if (!(variants instanceof KeyVariants)) return;
    const isOver = () =>
      variants.ruleCount > MAX_RULES_PER_KEY || variants.size > this.#options.maxVariantsPerKey;
    // The dead make room first; looking at them removes them.
    if (isOver()) for (const entry of variants.entries()) this.#isAlive(entry);
    if (variants.ruleCount > MAX_RULES_PER_KEY) {
      for (const entry of variants.oldestRule()) this.#evict(entry);
    }
    if (variants.size > this.#options.maxVariantsPerKey) {
      const oldest = variants.oldest();
      if (oldest !== undefined) this.#evict(oldest);
    }
  }

  #boundVariances(primaryKey: string): void {
    const surplus = this.#searches.surplus(primaryKey).flatMap(entriesOf);
    for (const entry of surplus) if (this.#isAlive(entry)) this.#evict(entry);
  }

  #boundAll(): void {
    while (this.#isOverBounds && this.evictOldest());
  }

  get #isOverBounds(): boolean {
    const { maxBytes, maxEntries, dormant } = this.#options;
    const heldBytes = this.#heldBytes + (dormant?.heldBytes ?? 0);
    return heldBytes > maxBytes || this.#entryCount + (dormant?.count ?? 0) > maxEntries;
  }

  /** Makes room by what was not used for longest. False when there is nothing left to give. */
  evictOldest(): boolean {
    const asleep = this.#options.dormant?.evictOldest() ?? 'none';
    if (asleep === 'evicted') this.#evictions++;
    if (asleep !== 'none') return true;
    const { oldest } = this.#recency;
    if (oldest === undefined) return false;
    if (this.#isAlive(oldest)) this.#evict(oldest);
    return true;
  }

  #evict(entry: IndexEntry): void {
    this.remove(entry);
    this.#evictions++;
  }

  remove(entry: IndexEntry): void {
    const node = this.#nodeOf(entry);
    if (node === entry) {
      this.#deleteNode(entry);
    } else if (node instanceof KeyVariants) {
      node.delete(entry);
      if (node.size === 0) this.#deleteNode(entry);
    }
    this.#changed(entry);
    this.#forget(entry);
  }

  #forget(entry: IndexEntry): void {
    this.#recency.remove(entry);
    this.#entryCount--;
    this.#count(entry, -1);
    this.#options.onForgotten(entry);
    entry.bury();
  }

  /** Another record of the same response, in its place; it counts neither as used nor as newer. */
  rewrite(entry: IndexEntry, response: IndexedResponse): void {
    this.#count(entry, -1);
    const { isWarm } = entry;
    entry.take(response, this.#kinds.of(response));
    if (!isWarm) entry.cool();
    this.#changed(entry);
    this.#count(entry, 1);
    this.#boundAll();
  }

  #count(entry: IndexEntry, sign: 1 | -1): void {
    const { bytes, heldBytes } = entry.sizes;
    this.#bytes += sign * bytes;
    this.#heldBytes += sign * heldBytes;
  }

  #candidateOf(entry: IndexEntry): Candidate {
    if (!entry.isWarm) {
      entry.warm();
      this.#warm.keep(entry);
    }
    return { response: entry.response, softPurgedAtMs: entry.softPurgedAtMs };
  }

  /** What stands under a key, and answers for no other. */
  underKey(primaryKey: string): readonly IndexEntry[] {
    const node = this.#keys.get(primaryKey);
    return node === undefined ? [] : entriesOf(node);
  }

  /** What answers for several queries of a path. */
  underPath(path: string): readonly IndexEntry[] {
    return this.#searches.under(path).flatMap(entriesOf);
  }

  /** Live entries, most recently used first. */
  *live(): Generator<IndexEntry, void, undefined> {
    for (const entry of this.#recency) if (this.#isAlive(entry)) yield entry;
  }

  clear(): void {
    for (const entry of this.#recency) this.remove(entry);
  }

  /** One comparison when nothing was purged since the last look; removes what a purge has reached. */
  #isAlive(entry: IndexEntry): boolean {
    const { sequence } = this.#ledger;
    if (entry.checkedSeq === sequence) return true;
    const verdict = this.#ledger.check(entry, entry.checkedSeq);
    if (verdict.kind === 'gone') {
      this.remove(entry);
      return false;
    }
    entry.checkedSeq = sequence;
    if (verdict.kind === 'soft') entry.softPurgedAtMs ??= verdict.sinceAtMs;
    return true;
  }
}

/** A hit never asks for siblings, so they are gathered when somebody does. */
class FoundVariants implements Found {
  readonly selected: readonly Candidate[];
  readonly #findSiblings: () => readonly Candidate[];
  readonly #findInLanguage: () => readonly Candidate[];
  #siblings: readonly Candidate[] | undefined;
  #inLanguage: readonly Candidate[] | undefined;

  constructor(
    selected: readonly Candidate[],
    findSiblings: () => readonly Candidate[],
    findInLanguage: () => readonly Candidate[],
  ) {
    this.selected = selected;
    this.#findSiblings = findSiblings;
    this.#findInLanguage = findInLanguage;
  }

  get inLanguage(): readonly Candidate[] {
    return (this.#inLanguage ??= this.#findInLanguage());
  }

  get siblings(): readonly Candidate[] {
    return (this.#siblings ??= this.#findSiblings());
  }
}

function isSelectedBy({ rule, variantKey }: IndexEntry, fields: FieldReader): boolean {
  return variantKeyOf(rule, fields) === variantKey;
}

function entriesOf(node: IndexNode): readonly IndexEntry[] {
  return node instanceof KeyVariants ? node.entries() : [node];
}

function isAtPlace(
  entry: IndexEntry | undefined,
  ruleId: string,
  variantKey: string,
): entry is IndexEntry {
  return entry?.rule.id === ruleId && entry.variantKey === variantKey;
}
