import path from 'node:path';

import type { Purge } from '@poplet/policy';

import type { StoreLimits } from '../indexed-store.ts';
import { PurgeLedger } from '../purge-ledger.ts';
import type { LocalStore } from '../store.ts';
import { TieredStore } from '../tiered-store.ts';
import { openFolder } from './database.ts';
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
  const ledger = new PurgeLedger();
  let opened = openFolder(path.resolve(folder));
  let purgeLog = new PurgeLog(opened.database);
  let remembered = purgeLog.read();
  if (remembered === undefined) {
    opened.database.distrust();
    opened.database.close();
    opened = openFolder(path.resolve(folder));
    purgeLog = new PurgeLog(opened.database);
    remembered = purgeLog.read();
  }
  if (remembered !== undefined) ledger.restore(remembered);
  const { database, segmentsFolder, wasClosed, discarded } = opened;
  if (discarded !== undefined) onNotice(`begun anew, for ${discarded}`);
  const purges = remembered?.marks ?? [];
  const tier = new DiskTier({ database, segmentsFolder, ledger, purgeLog, purges, onNotice });
  if (!wasClosed) tier.reclaim();
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
}

function warn(text: string): void {
  process.emitWarning(text, { type: 'PopletStore' });
}
