import { PopletError } from '@poplet/policy';
import { createMemoryStore, type Store, type StoreLimits } from '@poplet/store';
import { familyOf, KEYV_FAMILIES } from '@poplet/store/keyv-families';

import { nearestName } from './nearest-name.ts';
import { parseSize } from './size.ts';

/** Where responses live, in the words of the command line and the configuration file. */
export interface StoreChoice {
  /**
   * `memory`; `disk:<folder>`: what is in a folder outlives the process; `redis://host:port/database`
   * (also `rediss:`, `valkey:`, `valkeys:`): several edges share what is there; or the address of a
   * database that Keyv has an adapter for (`postgres:`, `mysql:`, `mongodb:`, `memcache:`, `etcd:`,
   * `sqlite:`): for one edge, with the adapter installed beside Poplet. Default: `memory`.
   */
  readonly store?: string | undefined;
  /** What all of it may take: `10GiB`. Default: 512 MiB in memory, 10 GiB on disk and in a database. Of Redis: what this edge knows of it. */
  readonly storeSize?: string | undefined;
  /** How many responses. Default: 1 000 000 in memory, 200 000 on disk, 100 000 in a database. Of Redis: what this edge knows of it. */
  readonly storeEntries?: number | undefined;
  /** Longer bodies are passed on, not stored. Default: 32 MiB in memory, an eighth of the size on disk. */
  readonly maxBodySize?: string | undefined;
}

/** How each is written, by how it begins. */
const STORES: Readonly<Record<string, string>> = {
  memory: '"memory"',
  disk: '"disk:<folder>"',
  redis: '"redis://<host>:6379"',
  rediss: '"rediss://<host>:6379" (TLS)',
  valkey: '"valkey://<host>:6379"',
  valkeys: '"valkeys://<host>:6379" (TLS)',
  ...Object.fromEntries(
    KEYV_FAMILIES.flatMap(({ schemes, example }) =>
      schemes.map((scheme) => [scheme, JSON.stringify(example)] as const),
    ),
  ),
};

const DEFAULT_MEMORY_BODY_BYTES = 32 * 1024 * 1024;

/**
 * Opens the store that was chosen. Throws PopletError `invalid-option` for one that does not exist,
 * `store-in-use`, `store-unusable` or `store-unreachable`.
 */
export async function openStore(
  choice: StoreChoice,
  onNotice: ((text: string) => void) | undefined,
): Promise<Store> {
  const { store = 'memory' } = choice;
  const limits = limitsOf(choice);
  if (store === 'memory') {
    const { maxBytes } = limits;
    const eighth = maxBytes === undefined ? Infinity : Math.floor(maxBytes / 8);
    const maxBodyBytes = limits.maxBodyBytes ?? Math.min(DEFAULT_MEMORY_BODY_BYTES, eighth);
    return createMemoryStore({ ...limits, maxBodyBytes });
  }
  if (/^(?:redis|valkey)s?:/u.test(store)) {
    const { openRemoteStore } = await import('@poplet/store/remote');
    return openRemoteStore({
      ...limits,
      maxBodyBytes: limits.maxBodyBytes ?? DEFAULT_MEMORY_BODY_BYTES,
      url: store,
      onNotice,
    });
  }
  const family = familyOf(store);
  if (family !== undefined) {
    if (!/^[^:]+:\/\/./u.test(store)) throw unreadable(family.example);
    const { openKeyvStore } = await import('@poplet/store/keyv');
    return openKeyvStore({ ...limits, url: store, onNotice });
  }
  const folder = /^disk:(?<folder>.+)$/su.exec(store)?.groups?.['folder'];
  if (folder === undefined) throw unknownStore(store);
  // SQLite and its company are loaded only where they are used.
  const { openDiskStore } = await import('@poplet/store/disk');
  return openDiskStore({ ...limits, folder, onNotice });
}

/** A store that holds less than a page or two is a mistyped unit. */
const LEAST_BYTES = 1024 * 1024;

function limitsOf({ storeSize, storeEntries, maxBodySize }: StoreChoice): StoreLimits {
  const maxBytes =
    storeSize === undefined ? undefined : parseSize(storeSize, 'the size of the store');
  if (maxBytes !== undefined && maxBytes < LEAST_BYTES) {
    throw new PopletError('invalid-option', `the size of the store: ${storeSize} is below 1MiB`, {
      hint: 'next to nothing could be stored: write "512MiB" or "10GiB"',
    });
  }
  return {
    maxBytes,
    maxEntries: storeEntries,
    maxBodyBytes:
      maxBodySize === undefined ? undefined : parseSize(maxBodySize, 'the longest body'),
  };
}

function unreadable(example: string): PopletError {
  return new PopletError('invalid-option', 'the address of the store cannot be read', {
    hint: `it is written as ${example}`,
  });
}

function databases(): string {
  return KEYV_FAMILIES.map(({ schemes: [scheme] }) => `${scheme}:`).join(', ');
}

function unknownStore(store: string): PopletError {
  const scheme = store.split(':', 1)[0] ?? '';
  const nearest = nearestName(scheme, Object.keys(STORES));
  return new PopletError('invalid-option', `there is no store ${JSON.stringify(store)}`, {
    hint:
      nearest === undefined
        ? `the stores are "memory", "disk:<folder>", "redis://<host>:6379" and, for one edge, a database: ${databases()}`
        : `did you mean ${STORES[nearest]}?`,
  });
}
