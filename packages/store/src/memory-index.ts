import {
  variantKeyOf,
  type Candidate,
  type FieldReader,
  type Found,
  type StoredResponse,
} from '@poplet/policy';

import { byNewest, IndexEntry } from './index-entry.ts';
import { KeyVariants } from './key-variants.ts';
import type { PurgeLedger } from './purge-ledger.ts';
import { RecencyList } from './recency-list.ts';

const MAX_RULES_PER_KEY = 8;
const MAX_SIBLINGS = 16;
const NONE: readonly Candidate[] = [];
const NOTHING: Found = { selected: NONE, siblings: NONE };

export interface MemoryIndexOptions {
  readonly ledger: PurgeLedger;
  /** Of `IndexEntry.heldBytes`, over all entries. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly maxVariantsPerKey: number;
}

/**
 * Which responses are stored, without their bodies: primary key → selection rules → variant. Bounded
 * in bytes and in entries over all, least recently used out first. Whatever a purge has reached is
 * dropped when it is next looked at, and never returned.
 */
export class MemoryIndex {
  readonly #options: MemoryIndexOptions;
  readonly #ledger: PurgeLedger;
  /** Most keys have one entry; only the others pay for maps of their own. */
  readonly #keys = new Map<string, IndexEntry | KeyVariants>();
  readonly #recency = new RecencyList<IndexEntry>();
  #entryCount = 0;
  #bytes = 0;
  #heldBytes = 0;
  #evictions = 0;
  #insertions = 0;

  constructor(options: MemoryIndexOptions) {
    this.#options = options;
    this.#ledger = options.ledger;
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
    const node = this.#keys.get(primaryKey);
    if (node === undefined) return NOTHING;
    if (node instanceof KeyVariants) return this.#findVariants(node, fields);
    if (!this.#isAlive(node)) return NOTHING;
    const { rule, variantKey } = node.response;
    if (variantKeyOf(rule, fields) !== variantKey) {
      return { selected: NONE, siblings: [node.toCandidate()] };
    }
    this.#recency.touch(node);
    return { selected: [node.toCandidate()], siblings: NONE };
  }

  #findVariants(variants: KeyVariants, fields: FieldReader): Found {
    const selected = variants.selected(fields).filter((entry) => this.#isAlive(entry));
    if (selected.length > 1) selected.sort(byNewest);
    // The newest is touched last: it is the one most likely used.
    for (let index = selected.length - 1; index >= 0; index--) {
      this.#recency.touch(selected[index] as IndexEntry);
    }
    return new FoundVariants(selected, () => this.#siblings(variants, selected));
  }

  #siblings(variants: KeyVariants, selected: readonly IndexEntry[]): readonly Candidate[] {
    return variants
      .entries()
      .filter((entry) => !selected.includes(entry) && this.#isAlive(entry))
      .toSorted(byNewest)
      .slice(0, MAX_SIBLINGS)
      .map((entry) => entry.toCandidate());
  }

  /** The live entry in the place where this response was stored, whatever is there now. */
  at({ primaryKey, rule, variantKey }: StoredResponse): IndexEntry | undefined {
    const node = this.#keys.get(primaryKey);
    const entry =
      node instanceof KeyVariants
        ? node.get(rule.id, variantKey)
        : isAtPlace(node, rule.id, variantKey)
          ? node
          : undefined;
    return entry !== undefined && this.#isAlive(entry) ? entry : undefined;
  }

  /**
   * Puts a response in its place, instead of what was there. `checkedSeq` as in `PurgeLedger.check`.
   * False when it was purged since, and nothing changed.
   */
  insert(response: StoredResponse, checkedSeq: number): boolean {
    const verdict = this.#ledger.check(response, checkedSeq);
    if (verdict.kind === 'gone') return false;
    const entry = new IndexEntry(response, this.#insertions++, this.#ledger.sequence);
    if (verdict.kind === 'soft') entry.softPurgedAtMs = verdict.sinceAtMs;
    const replaced = this.#place(entry);
    if (replaced !== undefined) this.#forget(replaced);
    this.#recency.add(entry);
    this.#entryCount++;
    this.#bytes += entry.bytes;
    this.#heldBytes += entry.heldBytes;
    this.#boundVariants(response.primaryKey);
    this.#boundAll();
    return true;
  }

  #place(entry: IndexEntry): IndexEntry | undefined {
    const { primaryKey, rule, variantKey } = entry.response;
    const node = this.#keys.get(primaryKey);
    if (node instanceof KeyVariants) return node.put(entry);
    if (node === undefined || !this.#isAlive(node)) {
      this.#keys.set(primaryKey, entry);
      return undefined;
    }
    if (isAtPlace(node, rule.id, variantKey)) {
      this.#keys.set(primaryKey, entry);
      return node;
    }
    const variants = new KeyVariants();
    variants.put(node);
    variants.put(entry);
    this.#keys.set(primaryKey, variants);
    return undefined;
  }

  #boundVariants(primaryKey: string): void {
    const variants = this.#keys.get(primaryKey);
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

  #boundAll(): void {
    const { maxBytes, maxEntries } = this.#options;
    while (this.#heldBytes > maxBytes || this.#entryCount > maxEntries) {
      const { oldest } = this.#recency;
      if (oldest === undefined) return;
      if (this.#isAlive(oldest)) this.#evict(oldest);
    }
  }

  #evict(entry: IndexEntry): void {
    this.remove(entry);
    this.#evictions++;
  }

  remove(entry: IndexEntry): void {
    const { primaryKey } = entry.response;
    const node = this.#keys.get(primaryKey);
    if (node === entry) {
      this.#keys.delete(primaryKey);
    } else if (node instanceof KeyVariants) {
      node.delete(entry);
      if (node.size === 0) this.#keys.delete(primaryKey);
    }
    this.#forget(entry);
  }

  #forget(entry: IndexEntry): void {
    this.#recency.remove(entry);
    this.#entryCount--;
    this.#bytes -= entry.bytes;
    this.#heldBytes -= entry.heldBytes;
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
    const verdict = this.#ledger.check(entry.response, entry.checkedSeq);
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
  #siblings: readonly Candidate[] | undefined;

  constructor(selected: readonly IndexEntry[], findSiblings: () => readonly Candidate[]) {
    this.selected = selected.map((entry) => entry.toCandidate());
    this.#findSiblings = findSiblings;
  }

  get siblings(): readonly Candidate[] {
    return (this.#siblings ??= this.#findSiblings());
  }
}

function isAtPlace(
  entry: IndexEntry | undefined,
  ruleId: string,
  variantKey: string,
): entry is IndexEntry {
  return entry?.response.rule.id === ruleId && entry.response.variantKey === variantKey;
}
