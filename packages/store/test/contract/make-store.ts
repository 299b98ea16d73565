import { onTestFinished } from 'vitest';

import type { Store } from '../../src/store.ts';

/** Limits that the contract needs to set. */
export interface ContractLimits {
  readonly maxBytes?: number;
  readonly maxEntries?: number;
  readonly maxBodyBytes?: number;
}

export type MakeStore = (limits: ContractLimits) => Store | Promise<Store>;

/** A store that is closed when the test ends. */
export async function openStore(makeStore: MakeStore, limits: ContractLimits = {}): Promise<Store> {
  const store = await makeStore(limits);
  onTestFinished(() => store.close());
  return store;
}
