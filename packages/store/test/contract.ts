import { describe } from 'vitest';

import { bodyContract } from './contract/body.ts';
import { boundsContract } from './contract/bounds.ts';
import { codingsContract } from './contract/codings.ts';
import { commitContract } from './contract/commit.ts';
import { followContract } from './contract/follow.ts';
import { listingContract } from './contract/listing.ts';
import type { MakeStore } from './contract/make-store.ts';
import { purgeRaceContract } from './contract/purge-races.ts';
import { purgeContract } from './contract/purge.ts';
import { searchContract } from './contract/search.ts';
import { selectionContract } from './contract/selection.ts';
import { updateContract } from './contract/update.ts';

/** What every store must do, whatever it is made of. `makeStore` hands out a new, empty store each time. */
export function storeContract(name: string, makeStore: MakeStore): void {
  describe(`store contract: ${name}`, () => {
    describe('commit', () => {
      commitContract(makeStore);
    });
    describe('following a body', () => {
      followContract(makeStore);
    });
    describe('reading a body', () => {
      bodyContract(makeStore);
    });
    describe('selection', () => {
      selectionContract(makeStore);
    });
    describe('equivalent queries', () => {
      searchContract(makeStore);
    });
    describe('update and remove', () => {
      updateContract(makeStore);
    });
    describe('codings of a body', () => {
      codingsContract(makeStore);
    });
    describe('purge', () => {
      purgeContract(makeStore);
    });
    describe('purge races', () => {
      purgeRaceContract(makeStore);
    });
    describe('bounds', () => {
      boundsContract(makeStore);
    });
    describe('listing', () => {
      listingContract(makeStore);
    });
  });
}
