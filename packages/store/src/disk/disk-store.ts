import path from 'node:path';

import type { Purge } from '@poplet/policy';

import type { StoreLimits } from '../indexed-store.ts';
import { PurgeLedger } from '../purge-ledger.ts';
import type { LocalStore } from '../store.ts';
import { TieredStore } from '../tiered-store.ts';
import { warn } from '../warn.ts';
import { openFolder, unusable } from './database.ts';
import { DiskTier } from './disk-tier.ts';
import { PurgeLog } from './purge-log.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Limits of a store on disk: `maxBytes` is 10 GiB by default, `maxEntries` 200 000. */
export interface DiskStoreOptions extends StoreLimits {
  /** Made if it does not exist; nothing else may be in it. */
  readonly folder: string;
  /** What bodies of at most 1 MiB that were used last may take in memory. Default 64 MiB. */
  readonly hotBytes?: number | undefined;
  /** Told what a person should know, such as that the disk is full: once, and once when it is over. Default: a process warning. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/**
 * Opens a folder in which responses outlive the process: a restart knows every entry, and reads each
 * when it is asked for. One process at a time. Throws PopletError `store-in-use` or `store-unusable`.
 */
export function openDiskStore(options: DiskStoreOptions): LocalStore {
  const { folder, maxBytes = 10 * GIB, maxEntries = 200_000, hotBytes = 64 * MIB } = options;
  const onNotice = (text: string): void => {
    (options.onNotice ?? warn)(`store ${folder}: ${text}`);
  };
  // What proves damaged is thrown away by then.
  const { tier, ledger } =
    openTier(path.resolve(folder), onNotice) ??
    openTier(path.resolve(folder), onNotice) ??
    damagedAgain(folder);
  return new DiskStore({
    tier,
    limits: { ...options, maxBytes, maxEntries },
    ledger,
    hotBytes,
    onNotice,
  });
}

class DiskStore extends TieredStore implements LocalStore {
  override purge(purges: readonly Purge[], nowMs: number): number {
    return this.purgeHere(purges, nowMs);
  }

  onChanged(listener: (primaryKey: string | undefined) => void): void {
    this.tellOfChanges(listener);
  }
}

interface OpenedTier {
  readonly tier: DiskTier;
  readonly ledger: PurgeLedger;
}

/** Undefined where what is there proves damaged: opened again, it is empty. */
function openTier(folder: string, onNotice: (text: string) => void): OpenedTier | undefined {
  const { database, segmentsFolder, wasClosed, discarded } = openFolder(folder);
  try {
    const ledger = new PurgeLedger();
    const purgeLog = new PurgeLog(database);
    const remembered = purgeLog.read();
    if (remembered === undefined) {
      database.distrust();
      database.close();
      return undefined;
    }
    ledger.restore(remembered);
    const purges = remembered.marks;
    const tier = new DiskTier({ database, segmentsFolder, ledger, purgeLog, purges, onNotice });
    if (discarded !== undefined) onNotice(`begun anew, for ${discarded}`);
    if (!wasClosed) tier.reclaim();
    return { tier, ledger };
  } catch (error) {
    database.notice(error);
    database.close();
    if (database.isDamaged) return undefined;
    throw unusable(folder, error);
  }
}

function damagedAgain(folder: string): never {
  throw unusable(folder, new Error('its index is damaged as soon as it is written'));
}
