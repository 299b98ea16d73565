import { searchKeyOf, splitSearch, type SearchVariance } from '@poplet/policy';

import type { IndexEntry } from './index-entry.ts';
import type { KeyVariants } from './key-variants.ts';

/** What stands under one key; most keys have one entry, and only the others pay for maps of their own. */
export type IndexNode = IndexEntry | KeyVariants;

/** Responses of one path that let the same differences between queries pass. */
interface VarianceNodes {
  readonly variance: SearchVariance;
  /** By what counts of the query. */
  readonly nodes: Map<string, IndexNode>;
}

const MAX_VARIANCES_PER_PATH = 8;
const NONE: readonly IndexNode[] = [];

/**
 * Where responses stand whose No-Vary-Search lets them answer for other queries than the one that
 * brought them: path → variance → what counts of the query. Keys without such a response cost nothing.
 */
export class SearchTable {
  /** Latest stored first. */
  readonly #paths = new Map<string, VarianceNodes[]>();

  /** What may answer for this key: one look-up per variance learnt for its path. */
  find(primaryKey: string): readonly IndexNode[] {
    if (this.#paths.size === 0) return NONE;
    const { path, search } = splitSearch(primaryKey);
    const variances = this.#paths.get(path);
    if (variances === undefined) return NONE;
    const found: IndexNode[] = [];
    for (const { variance, nodes } of variances) {
      const node = nodes.get(searchKeyOf(variance, search));
      if (node !== undefined) found.push(node);
    }
    return found;
  }

  get(primaryKey: string, variance: SearchVariance): IndexNode | undefined {
    const { path, search } = splitSearch(primaryKey);
    const known = this.#paths.get(path)?.find((one) => one.variance.id === variance.id);
    return known?.nodes.get(searchKeyOf(variance, search));
  }

  /** Makes the variance the newest of its path. */
  set(primaryKey: string, variance: SearchVariance, node: IndexNode): void {
    const { path, search } = splitSearch(primaryKey);
    let variances = this.#paths.get(path);
    if (variances === undefined) this.#paths.set(path, (variances = []));
    const index = variances.findIndex((one) => one.variance.id === variance.id);
    const known = variances[index] ?? { variance, nodes: new Map<string, IndexNode>() };
    if (index !== -1) variances.splice(index, 1);
    variances.unshift(known);
    known.nodes.set(searchKeyOf(variance, search), node);
  }

  delete(primaryKey: string, variance: SearchVariance): void {
    const { path, search } = splitSearch(primaryKey);
    const variances = this.#paths.get(path) ?? [];
    const index = variances.findIndex((one) => one.variance.id === variance.id);
    const nodes = variances[index]?.nodes;
    nodes?.delete(searchKeyOf(variance, search));
    if (nodes?.size === 0) variances.splice(index, 1);
    if (variances.length === 0) this.#paths.delete(path);
  }

  /** All that stands under a path. */
  under(path: string): readonly IndexNode[] {
    return (this.#paths.get(path) ?? []).flatMap(({ nodes }) => [...nodes.values()]);
  }

  /** What has to go so that the path of this key has no more variances than are looked up. */
  surplus(primaryKey: string): readonly IndexNode[] {
    const variances = this.#paths.get(splitSearch(primaryKey).path) ?? [];
    if (variances.length <= MAX_VARIANCES_PER_PATH) return NONE;
    return [...(variances.at(-1)?.nodes.values() ?? NONE)];
  }
}
