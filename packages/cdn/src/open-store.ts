import { PopletError } from '@poplet/policy';
import { createMemoryStore, type Store, type StoreLimits } from '@poplet/store';

import { nearestName } from './nearest-name.ts';
import { parseSize } from './size.ts';

/** Where responses live, in the words of the command line and the configuration file. */
export interface StoreChoice {
  /** `memory`, or `disk:<folder>`: what is in a folder outlives the process. Default: `memory`. */
  readonly store?: string | undefined;
  /** What all of it may take: `10GiB`. Default: 512 MiB in memory, 10 GiB on disk. */
  readonly storeSize?: string | undefined;
  /** How many responses. Default: 1 000 000 in memory, 200 000 on disk. */
  readonly storeEntries?: number | undefined;
  /** Longer bodies are passed on, not stored. Default: 32 MiB in memory, an eighth of the size on disk. */
  readonly maxBodySize?: string | undefined;
}

const DEFAULT_MEMORY_BODY_BYTES = 32 * 1024 * 1024;

/**
 * Opens the store that was chosen. Throws PopletError `invalid-option` for one that does not exist,
 * `store-in-use` or `store-unusable`.
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
  const folder = /^disk:(?<folder>.+)$/su.exec(store)?.groups?.['folder'];
  if (folder === undefined) throw unknownStore(store);
  // SQLite and its company are loaded only where they are used.
  const { openDiskStore } = await import('@poplet/store/disk');
  return openDiskStore({ ...limits, folder, onNotice });
}

function limitsOf({ storeSize, storeEntries, maxBodySize }: StoreChoice): StoreLimits {
  return {
    maxBytes: storeSize === undefined ? undefined : parseSize(storeSize, 'the size of the store'),
    maxEntries: storeEntries,
    maxBodyBytes:
      maxBodySize === undefined ? undefined : parseSize(maxBodySize, 'the longest body'),
  };
}

function unknownStore(store: string): PopletError {
  const scheme = store.split(':', 1)[0] ?? '';
  const nearest = nearestName(scheme, ['memory', 'disk']);
  const isDisk = nearest === 'disk';
  return new PopletError('invalid-option', `there is no store ${JSON.stringify(store)}`, {
    hint:
      nearest === undefined
        ? 'the stores are "memory" and "disk:<folder>"'
        : `did you mean "${isDisk ? 'disk:<folder>' : nearest}"?`,
  });
}
