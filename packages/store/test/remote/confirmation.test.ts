// How an edge keeps in step with a tier that goes away, or begins anew, in the middle of a purge.

import type { Purge } from '@poplet/policy';
import { expect, test } from 'vitest';

import { StoreError } from '../../src/errors.ts';
import { PurgeLedger, type RememberedPurge } from '../../src/purge-ledger.ts';
import { Confirmation } from '../../src/remote/confirmation.ts';
import type { RemoteState, RemoteTier } from '../../src/remote/remote-tier.ts';

const URL_PURGE: Purge = {
  selector: { kind: 'url', url: 'http://shop.test/' },
  soft: false,
  siteId: undefined,
};

/** A tier that answers `confirm` when it is told to. */
class ScriptedTier {
  epoch = 'first';
  readonly purged: Purge[] = [];
  #marks: RememberedPurge[] = [];
  #waiting: (() => void)[] = [];

  confirm(): Promise<RemoteState> {
    const { promise, resolve } = Promise.withResolvers<RemoteState>();
    this.#waiting.push(() => {
      resolve({
        epoch: this.epoch,
        sequence: this.#marks.length,
        writes: 0,
        forgottenSeq: 0,
        purges: this.#marks,
        changed: [],
        clock: undefined,
      });
    });
    return promise;
  }

  purge(_known: unknown, purges: readonly Purge[], nowMs: number): Promise<number> {
    this.purged.push(...purges);
    const seq = this.#marks.length + 1;
    for (const purge of purges) this.#marks.push({ seq, purge, nowMs });
    return Promise.resolve(seq);
  }

  beginAnew(): void {
    this.epoch = 'second';
    this.#marks = [];
  }

  /** Answers one question after the other, until there are no more. */
  async answer(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#waiting.shift()?.();
      await new Promise(setImmediate);
    }
  }

  /** Answers the first question, and what is asked because of that is left open. */
  async answerOne(): Promise<void> {
    this.#waiting.shift()?.();
    await new Promise(setImmediate);
  }
}

function confirmationOf(tier: ScriptedTier): Confirmation {
  return new Confirmation({
    // No other member is called here.
    tier: tier as unknown as RemoteTier,
    ledger: new PurgeLedger(),
    withinMs: 100,
    onLearnt: () => {},
    onPurged: () => {},
    onNotice: () => {},
  });
}

test('a purge ends although it became one with many that waited', async () => {
  const tier = new ScriptedTier();
  const confirmation = confirmationOf(tier);
  const first = confirmation.purge([URL_PURGE], 0);
  confirmation.failed(new StoreError('unreachable', 'no answer'));
  const others = Array.from({ length: 1000 }, () => confirmation.purge([URL_PURGE], 0));
  const ends = await Promise.allSettled(others);
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
  await tier.answer();
  expect(await first).toBe(1);
  expect(tier.purged.map(({ selector }) => selector.kind)).toEqual(['everything']);
  expect(confirmation.isAway).toBe(false);
});

test('a purge ends although its tier begins anew', async () => {
  const tier = new ScriptedTier();
  const confirmation = confirmationOf(tier);
  const purge = confirmation.purge([URL_PURGE], 0);
  await tier.answerOne();
  expect(tier.purged).toEqual([URL_PURGE]);
  tier.beginAnew();
  await tier.answer();
  expect(await purge).toBe(0);
  expect(confirmation.epoch).toBe('second');
});
