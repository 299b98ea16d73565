import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Candidate, StoredResponse } from '@poplet/policy';

import { createMemoryStore } from '../src/memory-store.ts';
import type { Store } from '../src/store.ts';
import { find, textBytes } from './bodies.ts';
import { placeName, PurgeModel, type ModelEntry } from './purge-model.ts';
import { step, type Place, type Step } from './purge-steps.ts';
import { storedResponse } from './stored-response.ts';

// Random stores, validations and purges, against a model that scans every entry: what can be found,
// since when it is stale, what was refused.

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** Takes each step on the store and on the model. */
class Comparison {
  readonly store: Store;
  readonly model = new PurgeModel();
  /** What the store did and the model says it must not. */
  readonly problems: string[] = [];
  /** Whether the store remembers every purge; else it may refuse more than it must. */
  readonly #isExact: boolean;
  readonly #begun = new Map<number, { response: StoredResponse; entry: ModelEntry }>();
  readonly #asked = new Map<number, { old: StoredResponse; entry: ModelEntry; seq: number }>();
  #bodies = 0;

  constructor(maxMarks: number) {
    this.#isExact = maxMarks === Infinity;
    this.store = createMemoryStore({ maxMarks });
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
        this.store.purge(one.purges, one.nowMs);
        return this.model.purge(one.purges, one.nowMs);
      case 'look':
        return void this.find(one.place);
      case 'sweep':
        return this.store.sweep();
      default:
        return one satisfies never;
    }
  }

  find(place: Place): Candidate | undefined {
    return find(this.store, { ...place, request: requestOf(place) }).selected[0];
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

  #ask({ place, slot }: StepOf<'ask'>): void {
    const entry = this.model.entries.get(placeName(place));
    const old = this.find(place)?.response;
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

/** What the store says after these steps, and what the model says. */
async function compare(steps: readonly Step[], maxMarks: number) {
  const comparison = new Comparison(maxMarks);
  for (const one of steps) await comparison.take(one);
  const { store, model, problems } = comparison;
  const inModel = [...model.entries.values()];
  return {
    problems,
    actual: new Set(
      store.entries({ limit: 1_000 }).map(({ response, softPurgedAtMs }) => {
        const [siteId = '', uri = ''] = response.primaryKey.split(' ');
        const variant = response.variantKey.slice('x-v='.length, -1);
        return describe({ siteId, uri, variant }, softPurgedAtMs, textOf(store, response));
      }),
    ),
    expected: new Set(inModel.map((entry) => describe(entry, model.softAtMs(entry), entry.body))),
    numbers: [
      store.sequence,
      store.stats().entries,
      inModel.filter((entry) => comparison.find(entry) !== undefined).length,
    ],
    expectedNumbers: [model.sequence, inModel.length, inModel.length],
  };
}

function describe(at: Place, softAtMs: number | undefined, body: string): string {
  return `${placeName(at)}: ${body}${softAtMs === undefined ? '' : `, stale since ${softAtMs}`}`;
}

function textOf(store: Store, response: StoredResponse): string {
  return new TextDecoder().decode(store.open(response)?.bytes());
}

const STEPS = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
const RUNS = { numRuns: 1_000 };

it('says what a scan of all entries would say', async () => {
  const property = fc.asyncProperty(STEPS, async (steps) => {
    const { problems, actual, expected, numbers, expectedNumbers } = await compare(steps, Infinity);
    expect(problems).toEqual([]);
    expect(actual).toEqual(expected);
    expect(numbers).toEqual(expectedNumbers);
  });
  await fc.assert(property, RUNS);
});

it('revives nothing when it has to forget marks that it still needs', async () => {
  const property = fc.asyncProperty(STEPS, async (steps) => {
    const { problems, actual, expected, numbers, expectedNumbers } = await compare(steps, 2);
    expect(problems).toEqual([]);
    expect(actual).toEqual(expected);
    expect(numbers).toEqual(expectedNumbers);
  });
  await fc.assert(property, RUNS);
});
