import {
  languageKeyOf,
  languageKeyOfStored,
  variantKeyOf,
  type FieldReader,
  type SelectionRule,
} from '@poplet/policy';

import type { IndexEntry } from './index-entry.ts';

interface RuleVariants {
  readonly rule: SelectionRule;
  readonly entries: Map<string, IndexEntry>;
  /** The latest stored of each language, by `languageKeyOfStored`; only where the rule names Accept-Language. */
  languages: Map<string, IndexEntry> | undefined;
}

/** The entries under one primary key, where there is more than one. */
export class KeyVariants {
  /** Latest stored first. */
  readonly #rules: RuleVariants[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get ruleCount(): number {
    return this.#rules.length;
  }

  get(ruleId: string, variantKey: string): IndexEntry | undefined {
    return this.#rules.find(({ rule }) => rule.id === ruleId)?.entries.get(variantKey);
  }

  /** Returns the entry that it replaces. */
  put(entry: IndexEntry): IndexEntry | undefined {
    const { rule, variantKey } = entry;
    const index = this.#rules.findIndex((known) => known.rule.id === rule.id);
    const variants = this.#rules[index] ?? {
      rule,
      entries: new Map<string, IndexEntry>(),
      languages: undefined,
    };
    if (index !== -1) this.#rules.splice(index, 1);
    this.#rules.unshift(variants);
    const replaced = variants.entries.get(variantKey);
    variants.entries.set(variantKey, entry);
    if (replaced === undefined) this.#size++;
    else forgetLanguage(variants, replaced);
    const languageKey = languageKeyOfStored(entry);
    if (languageKey !== null) (variants.languages ??= new Map()).set(languageKey, entry);
    return replaced;
  }

  delete(entry: IndexEntry): void {
    const { rule, variantKey } = entry;
    const index = this.#rules.findIndex((known) => known.rule.id === rule.id);
    const variants = this.#rules[index];
    if (variants?.entries.get(variantKey) !== entry) return;
    variants.entries.delete(variantKey);
    forgetLanguage(variants, entry);
    this.#size--;
    if (variants.entries.size === 0) this.#rules.splice(index, 1);
  }

  /** What the rules point at for these fields: one look-up per rule. */
  selected(fields: FieldReader): IndexEntry[] {
    const selected: IndexEntry[] = [];
    for (const { rule, entries } of this.#rules) {
      const entry = entries.get(variantKeyOf(rule, fields));
      if (entry !== undefined) selected.push(entry);
    }
    return selected;
  }

  /** What stands in the language that these fields prefer to all: one look-up per rule. */
  inLanguage(fields: FieldReader): IndexEntry[] {
    const found: IndexEntry[] = [];
    for (const { rule, languages } of this.#rules) {
      const languageKey = languages === undefined ? null : languageKeyOf(rule, fields);
      const entry = languageKey === null ? undefined : languages?.get(languageKey);
      if (entry !== undefined) found.push(entry);
    }
    return found;
  }

  /** The entries of the rule that was stored under longest ago. */
  oldestRule(): IndexEntry[] {
    return [...(this.#rules.at(-1)?.entries.values() ?? [])];
  }

  oldest(): IndexEntry | undefined {
    let oldest: IndexEntry | undefined;
    for (const entry of this.entries()) {
      if (oldest === undefined || entry.order < oldest.order) oldest = entry;
    }
    return oldest;
  }

  entries(): IndexEntry[] {
    return this.#rules.flatMap(({ entries }) => [...entries.values()]);
  }
}

function forgetLanguage({ languages }: RuleVariants, entry: IndexEntry): void {
  if (languages === undefined) return;
  const languageKey = languageKeyOfStored(entry);
  if (languageKey !== null && languages.get(languageKey) === entry) languages.delete(languageKey);
}
