import type { Candidate, StoredResponse } from '@poplet/policy';

import type { Store } from '../src/store.ts';
import { find, readText, textBytes } from './bodies.ts';
import { placeName, PurgeModel, type ModelEntry } from './purge-model.ts';
import type { Place, Step } from './purge-steps.ts';
import { storedResponse } from './stored-response.ts';

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** A store that is compared; `reopen` ends it as a process would, or leaves it, and hands out one that takes up what it left. */
export interface ComparedStore {
  readonly open: (limits: { readonly maxMarks: number }) => Store | Promise<Store>;
  readonly reopen?: (store: Store, limits: { readonly maxMarks: number }) => Promise<Store>;
  /** Removes what a closed store has left. */
  readonly remove?: (store: Store) => Promise<void>;
}

/** Takes each step on the store and on the model. */
class Comparison {
  readonly #compared: ComparedStore;
  readonly #maxMarks: number;
  store: Store;
  readonly model = new PurgeModel();
  /** What the store did and the model says it must not. */
  readonly problems: string[] = [];
  /** Whether the store remembers every purge; else it may refuse more than it must. */
  readonly #isExact: boolean;
  readonly #begun = new Map<number, { response: StoredResponse; entry: ModelEntry }>();
  readonly #asked = new Map<number, { old: StoredResponse; entry: ModelEntry; seq: number }>();
  #bodies = 0;

  constructor(compared: ComparedStore, store: Store, maxMarks: number) {
    this.#compared = compared;
    this.#maxMarks = maxMarks;
    this.#isExact = maxMarks === Infinity;
    this.store = store;
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case 'begin':
        return this.#begin(one);
      case 'commit':
        return this.#commit(one);
      case 'ask':
        return this.#ask(one);
      case 'confirm':
        return this.#confirm(one);
      case 'purge':
        await this.store.purge(one.purges, one.nowMs);
        return this.model.purge(one.purges, one.nowMs);
      case 'look':
        return void (await this.find(one.place));
      case 'reopen':
        return this.#reopen();
      case 'sweep':
        return this.store.sweep();
      default:
        return one satisfies never;
    }
  }

  async find(place: Place): Promise<Candidate | undefined> {
    const look = () => find(this.store, { ...place, request: requestOf(place) }).selected[0];
    const found = look();
    if (found !== undefined) return found;
    return (await this.store.load?.(`${place.siteId} ${place.uri}`)) === true ? look() : undefined;
  }

  async #reopen(): Promise<void> {
    const { reopen } = this.#compared;
    if (reopen === undefined) return;
    this.store = await reopen(this.store, { maxMarks: this.#maxMarks });
    // Nobody has asked the origin on behalf of what this process has not found yet.
    this.#asked.clear();
  }

  #begin({ place, labels, slot }: StepOf<'begin'>): void {
    const options = { ...place, ...labels, vary: ['x-v'], request: requestOf(place) };
    const response = storedResponse({ ...options, seq: this.store.sequence });
    const seqs = { fetchedSeq: this.model.sequence, validatedSeq: this.model.sequence };
    const entry = { ...place, ...labels, ...seqs, body: `body ${++this.#bodies}` };
    this.#begun.set(slot, { response, entry });
  }

  async #commit({ slot }: StepOf<'commit'>): Promise<void> {
    const pending = this.#begun.get(slot);
    if (pending === undefined) return;
    this.#begun.delete(slot);
    const { response, entry } = pending;
    const writer = this.store.begin(response);
    await writer.write(textBytes(entry.body));
    const isStored = await writer.commit([]);
    const allowed = this.#allowed(!this.model.isGone(entry), entry.fetchedSeq);
    if (!allowed.includes(isStored)) this.problems.push(`commit of ${entry.body}: ${isStored}`);
    if (isStored) this.model.entries.set(placeName(entry), { ...entry });
  }

  async #ask({ place, slot }: StepOf<'ask'>): Promise<void> {
    const entry = this.model.entries.get(placeName(place));
    const old = (await this.find(place))?.response;
    if (entry === undefined || old === undefined) return;
    this.#asked.set(slot, { old, entry, seq: this.store.sequence });
  }

  #confirm({ slot }: StepOf<'confirm'>): void {
    const pending = this.#asked.get(slot);
    if (pending === undefined) return;
    this.#asked.delete(slot);
    const { old, entry, seq } = pending;
    const isUpdated = this.store.update(old, { ...old, validatedSeq: seq });
    const isThere = this.model.entries.get(placeName(entry)) === entry;
    const allowed = this.#allowed(isThere, seq);
    if (!allowed.includes(isUpdated)) this.problems.push(`304 for ${entry.body}: ${isUpdated}`);
    if (isUpdated) entry.validatedSeq = seq;
  }

  /** What may come of an attempt based on `seq` that the model says would succeed, or not. */
  #allowed(wouldSucceed: boolean, seq: number): readonly boolean[] {
    if (!wouldSucceed) return [false];
    return this.#isExact || seq === this.model.sequence ? [true] : [true, false];
  }
}

function requestOf({ variant }: Place): readonly string[] {
  return ['X-V', variant];
}

/** What is stored, in words. */
interface Account {
  readonly problems: readonly string[];
  readonly listed: ReadonlySet<string>;
  readonly sequence: number;
  readonly counted: number;
  /** Of each place in the model, in its order. */
  readonly bodies: readonly string[];
}

/** What the store says after these steps, and what the model says. */
export async function compare(
  compared: ComparedStore,
  steps: readonly Step[],
  maxMarks: number,
): Promise<{ readonly said: Account; readonly expected: Account }> {
  const comparison = new Comparison(compared, await compared.open({ maxMarks }), maxMarks);
  for (const one of steps) await comparison.take(one);
  const { store, model, problems } = comparison;
  try {
    // Whoever lists only what was asked for, has been asked for all of it then.
    const inModel = [...model.entries.values()];
    const bodies: string[] = [];
    for (const entry of inModel) bodies.push(await bodyText(comparison, entry));
    const placed = (entry: ModelEntry) => describe(entry, model.softAtMs(entry));
    const listed = store.entries({ limit: 1_000 }).map(({ response, softPurgedAtMs }) => {
      const [siteId = '', uri = ''] = response.primaryKey.split(' ');
      const variant = response.variantKey.slice('x-v='.length, -1);
      return describe({ siteId, uri, variant }, softPurgedAtMs);
    });
    const counted = store.stats().entries;
    return {
      said: { problems, listed: new Set(listed), sequence: store.sequence, counted, bodies },
      expected: {
        problems: [],
        listed: new Set(inModel.map(placed)),
        sequence: model.sequence,
        counted: inModel.length,
        bodies: inModel.map((entry) => `${placed(entry)}: ${entry.body}`),
      },
    };
  } finally {
    await store.close();
    await compared.remove?.(store);
  }
}

async function bodyText(comparison: Comparison, place: Place): Promise<string> {
  const found = await comparison.find(place);
  const source = found && comparison.store.open(found.response);
  if (source === undefined) return `${placeName(place)}: nothing`;
  return `${describe(place, found?.softPurgedAtMs)}: ${await readText(source)}`;
}

function describe(at: Place, softAtMs: number | undefined): string {
  return `${placeName(at)}${softAtMs === undefined ? '' : `, stale since ${softAtMs}`}`;
}
