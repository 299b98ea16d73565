import { RedisServer } from '@poplet/conformance/redis-server';
import * as fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';

import { openRemoteStore } from '../../src/remote/open-remote-store.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import type { Store } from '../../src/store.ts';
import { compare, type ComparedStore } from '../purge-comparison.ts';
import { step, type Step } from '../purge-steps.ts';

// The purge model, with two edges on one Redis that take turns: what one stores, confirms and purges
// is so for the other.

const redis = await RedisServer.start();
afterAll(() => redis.stop());
let databases = 0;

const opened = new Set<RemoteStore>();
const others = new WeakMap<Store, RemoteStore>();

async function compareEdges(taken: readonly Step[], maxMarks: number): ReturnType<typeof compare> {
  try {
    return await compare(TWO_EDGES, taken, maxMarks);
  } finally {
    for (const store of opened) await store.close();
    opened.clear();
  }
}

async function openEdge(url: string, maxMarks: number): Promise<RemoteStore> {
  // Whose turn it is, asks then. A busy machine is no store that is away.
  const patience = { confirmWithinMs: 600_000, timeoutMs: 60_000 };
  const edge = await openRemoteStore({ url, maxMarks, ...patience });
  opened.add(edge);
  return edge;
}

const TWO_EDGES: ComparedStore = {
  async open({ maxMarks }) {
    const url = redis.url(databases++);
    const bounded = Math.min(maxMarks, 1_000);
    const [one, other] = await Promise.all([openEdge(url, bounded), openEdge(url, bounded)]);
    others.set(one, other);
    others.set(other, one);
    return one;
  },
  async reopen(store) {
    const other = others.get(store);
    if (other === undefined) throw new Error('it has no other edge');
    await other.catchUp();
    return other;
  },
};

const turn: fc.Arbitrary<Step> = fc.constant({ kind: 'reopen' });
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: step }, { weight: 1, arbitrary: turn }), {
  minLength: 1,
  maxLength: 60,
  size: 'max',
});
const numRuns = Number(process.env['POPLET_REDIS_RUNS'] ?? 40);

it(
  'says what a scan of all entries would say',
  async () => {
    const property = fc.asyncProperty(steps, async (taken) => {
      const { said, expected } = await compareEdges(taken, Infinity);
      expect(said).toEqual(expected);
    });
    await fc.assert(property, { numRuns });
  },
  Math.max(120_000, numRuns * 1_000),
);

it(
  'revives nothing when it has to forget marks that it still needs',
  async () => {
    const property = fc.asyncProperty(steps, async (taken) => {
      const { said, expected } = await compareEdges(taken, 2);
      expect(said.problems).toEqual([]);
      expect(said.sequence).toBe(expected.sequence);
      // What is older than what was forgotten may be gone, and nothing else may be there.
      expect([...said.listed].filter((one) => !expected.listed.has(one))).toEqual([]);
      expect(
        said.bodies.map(
          (one, index) => one.endsWith(': nothing') || one === expected.bodies[index],
        ),
      ).not.toContain(false);
    });
    await fc.assert(property, { numRuns });
  },
  Math.max(120_000, numRuns * 1_000),
);
