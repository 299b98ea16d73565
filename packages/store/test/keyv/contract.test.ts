import { storeContract } from '../contract.ts';
import { MAP_FAMILY, openOnMap } from './map-adapter.ts';

storeContract('keyv', async (limits) => (await openOnMap(limits)).store);

// As in databases that bear little: every text is in several pieces.
storeContract('keyv in small pieces', async (limits) => {
  const family = { ...MAP_FAMILY, pieceLength: 300, isSetWise: true, mayClear: false };
  return (await openOnMap({ ...limits, family })).store;
});
