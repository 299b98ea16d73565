import { PopletError } from '@poplet/policy';

import type { StoreLimits } from '../indexed-store.ts';
import { messageOf } from '../message-of.ts';
import { tellWhileTrying } from '../patience.ts';
import { PurgeLedger } from '../purge-ledger.ts';
import { warn } from '../warn.ts';
import { addressOf } from './address.ts';
import { isRefusal, RedisLink } from './redis-link.ts';
import { nameOfUrl, RedisTier } from './redis-tier.ts';
import { RemoteStore } from './remote-store.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Real milliseconds. */
const CONFIRM_WITHIN_MS = 90;
const TIMEOUT_MS = 500;
const FIRST_ANSWER_MS = 5000;

/** Every edge that comes up reads them all. */
const MAX_MARKS = 20_000;
const MAX_MARK_BYTES = 16 * MIB;

/** Limits of what an edge knows of a remote store: `maxBytes` is 512 MiB by default, `maxEntries` 1 000 000. */
export interface OpenRemoteStoreOptions extends StoreLimits {
  /** `redis:`, `rediss:` (TLS), `valkey:` or `valkeys:`, as in `redis://user:password@host:6379/0`. */
  readonly url: string;
  /** Longer bodies stay with the edge that fetched them. Default 8 MiB. */
  readonly maxSharedBodyBytes?: number | undefined;
  /** What nobody asks for in so many real milliseconds is forgotten. Default 7 days. It has nothing to do with freshness. */
  readonly idleMs?: number | undefined;
  /**
   * Real milliseconds that memory may answer without having asked what others purged or changed.
   * Default 90: what is purged on one edge is gone on all within 100.
   */
  readonly confirmWithinMs?: number | undefined;
  /** Real milliseconds in which Redis must answer; else it counts as away. Default 500. */
  readonly timeoutMs?: number | undefined;
  /** Told what a person should know, such as that Redis is away: once, and once when it is back. Default: a process warning. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/**
 * Opens what several edges share on one Redis or Valkey. Rejects with PopletError `invalid-option` for an
 * address that cannot be read, `store-unreachable` when it does not answer, or obey, at first; later it
 * may come and go.
 */
export async function openRemoteStore(options: OpenRemoteStoreOptions): Promise<RemoteStore> {
  const { url, maxBytes = 512 * MIB, maxEntries = 1_000_000, timeoutMs = TIMEOUT_MS } = options;
  // Loaded only where it is used.
  const { createClient } = await import('@keyv/redis');
  const address = addressOf(url);
  const name = nameOfUrl(url);
  const onNotice = (text: string): void => {
    (options.onNotice ?? warn)(`store ${name}: ${text}`);
  };
  const control = new RedisLink({ createClient, url: address, timeoutMs });
  const bodies = new RedisLink({ createClient, url: address, timeoutMs });
  const tier = new RedisTier({
    control,
    bodies,
    idleMs: options.idleMs ?? 7 * DAY_MS,
    maxMarks: options.maxMarks ?? MAX_MARKS,
    maxMarkBytes: options.maxMarkBytes ?? MAX_MARK_BYTES,
  });
  const giveUp = async (what: string, cause: unknown): Promise<never> => {
    await tier.close();
    throw new PopletError('store-unreachable', `${name} ${what}: ${messageOf(cause)}`, {
      hint: isRefusal(cause)
        ? 'check the user, the password and the number of the database in its address'
        : 'start Redis or Valkey there, or name another store with --store',
      cause,
    });
  };
  const stopTelling = tellWhileTrying(onNotice, FIRST_ANSWER_MS);
  await Promise.all([control.open(FIRST_ANSWER_MS), bodies.open(FIRST_ANSWER_MS)])
    .finally(stopTelling)
    .catch((error: unknown) =>
      giveUp(isRefusal(error) ? 'refuses the connection' : 'does not answer', error),
    );
  // What is not heard of at the start is told by the error.
  let isOpen = false;
  const store = new RemoteStore({
    tier,
    limits: { ...options, maxBytes, maxEntries },
    ledger: new PurgeLedger(),
    maxSharedBodyBytes: options.maxSharedBodyBytes ?? 8 * MIB,
    confirmWithinMs: options.confirmWithinMs ?? CONFIRM_WITHIN_MS,
    onNotice: (text) => {
      if (isOpen) onNotice(text);
    },
  });
  try {
    await tier.subscribe(() => void store.catchUp().catch(() => {}));
    await store.catchUp();
  } catch (error) {
    await giveUp('refuses what a store needs', error);
  }
  isOpen = true;
  store.watch();
  return store;
}
