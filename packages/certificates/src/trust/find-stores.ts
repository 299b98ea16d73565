import { userInfo } from 'node:os';

import { userFolders } from '../authority-folder.ts';
import { anchorFolderStore } from './anchor-folder-store.ts';
import { commandStore } from './command-store.ts';
import { nssStores } from './nss-store.ts';
import type { Machine, TrustStore } from './trust-store.ts';

/** Of the user who runs this process. */
export function thisMachine(): Machine {
  return { ...userFolders(), uid: userInfo().uid, root: '/' };
}

/** What on this machine says which authorities are trusted: the system's own store first. */
export async function findStores(machine: Machine = thisMachine()): Promise<readonly TrustStore[]> {
  const system = commandStore(machine) ?? (await anchorFolderStore(machine));
  return [...(system === undefined ? [] : [system]), ...(await nssStores(machine))];
}
