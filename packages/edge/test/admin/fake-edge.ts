import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { type Purge, rfc9111, StoredFields, type StoredResponse } from '@poplet/policy';
import type { Store, StoredEntry } from '@poplet/store';
import { createClock } from '../../src/clock.ts';
import type { Edge } from '../../src/edge-api.ts';
import { createJournal } from '../../src/journal.ts';
import { createTasks } from '../../src/tasks.ts';
import { type FixedTime, fixedTime } from '../fixed-time.ts';

/** An edge without a pipeline: what the admin API asks for is real or recorded. */
export interface FakeEdge extends Edge {
  readonly real: FixedTime;
  /** Every call of `purge`. */
  readonly purged: (readonly Purge[])[];
  /** What `store.entries` answers, and what it was asked. */
  readonly stored: StoredEntry[];
  readonly entriesAsked: { readonly prefix?: string; readonly limit: number }[];
}

export function fakeEdge({ journalBytes = 1_000_000 } = {}): FakeEdge {
  const real = fixedTime('2026-11-22T12:00:00Z');
  const purged: (readonly Purge[])[] = [];
  const stored: StoredEntry[] = [];
  const entriesAsked: { readonly prefix?: string; readonly limit: number }[] = [];
  let deployments = 0;
  return {
    real,
    purged,
    stored,
    entriesAsked,
    handler: unexpected,
    upgrade: unexpected,
    listen: unexpected,
    close: unexpected,
    async purge(purges) {
      purged.push(purges);
      return { sequence: purged.length };
    },
    explain: unexpected,
    compare: unexpected,
    clock: createClock(real),
    tasks: createTasks(unexpected),
    journal: createJournal({ maxBytes: journalBytes }),
    store: fakeStore(stored, entriesAsked),
    sites: [
      site('shop', ['shop.test'], 'http://127.0.0.1:5173'),
      site('docs', ['docs.test', 'help.test'], 'http://127.0.0.1:4000'),
    ],
    bypass: false,
    deploy() {
      deployments += 1;
      return `d${deployments}`;
    },
    flights: 2,
    connections: 0,
    fastLaneAnswers: 0,
  };
}

/** A stored response that is fresh for a minute from noon. */
export function storedResponse(changes: Partial<StoredResponse> = {}): StoredResponse {
  const noon = Date.parse('2026-11-22T12:00:00Z');
  return {
    primaryKey: 'shop http://shop.test/app.js',
    rule: { id: 'vary:accept-encoding', names: ['accept-encoding'] },
    variantKey: 'accept-encoding=br',
    variance: null,
    status: 200,
    statusText: 'OK',
    fields: StoredFields.fromLines(['Cache-Control', 'max-age=60']),
    trailers: [],
    bodyBytes: 1234,
    part: null,
    requestAtMs: noon,
    responseAtMs: noon,
    residentSinceMs: noon,
    fetchedSeq: 0,
    validatedSeq: 0,
    tags: ['product-7'],
    groups: ['scripts'],
    facts: { ...FRESH_FOR_A_MINUTE, dateAtMs: noon },
    ...changes,
  };
}

function fakeStore(stored: StoredEntry[], entriesAsked: FakeEdge['entriesAsked'][number][]): Store {
  return {
    find: unexpected,
    peek: unexpected,
    begin: unexpected,
    update: unexpected,
    open: unexpected,
    addCoding: unexpected,
    openCoding: unexpected,
    remove: unexpected,
    sequence: 0,
    purge: unexpected,
    isPurgedSince: unexpected,
    entries(options) {
      entriesAsked.push(options);
      return stored;
    },
    stats: () => ({
      kind: 'memory',
      entries: 3,
      bytes: 4096,
      maxBytes: 536_870_912,
      maxEntries: 100_000,
      maxBodyBytes: 33_554_432,
      evictions: 5,
    }),
    sweep: unexpected,
    close: unexpected,
  };
}

function site(id: string, hosts: readonly string[], upstreamUrl: string): Edge['sites'][number] {
  const policy = rfc9111;
  return { id, hosts, upstreamUrl, policy, policyFor: () => policy, cdnInfo: `poplet;id=${id}` };
}

function unexpected(): never {
  throw new Error('the admin API is not expected to call this');
}
