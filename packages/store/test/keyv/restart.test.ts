import { describe } from 'vitest';

import { restartContract } from '../restart-contract.ts';
import { killed, MAP_FAMILY, openOnMap, reopened } from './map-adapter.ts';

describe('after a restart', () => {
  restartContract({ kind: 'map', open: openOnMap, reopened, killed });
});

describe('after a restart, in small pieces', () => {
  const family = { ...MAP_FAMILY, pieceLength: 300, isSetWise: true };
  restartContract({
    kind: 'map',
    open: (limits) => openOnMap({ ...limits, family }),
    reopened: (before, limits) => reopened(before, { ...limits, family }),
    killed: (running) => killed(running, { family }),
  });
});
