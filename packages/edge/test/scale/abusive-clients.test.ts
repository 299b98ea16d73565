// The figure of abusive-clients.ts with fewer clients; `npm run verify` has the full count.

import { expect, it } from 'vitest';

import { abuse } from './abusive-clients.ts';

it(
  'clients that abuse the edge are told so, and leave nothing behind',
  { timeout: 120_000 },
  async () => {
    const { holds, measured } = await abuse(2);
    expect(measured).toMatchObject({
      clients: 68,
      told408: 6,
      told413: 4,
      told414: 4,
      told431: 4,
      told400: 4,
      'recorded request-timeout': 6,
      'recorded content-too-large': 4,
      'recorded target-too-long': 4,
      'recorded fields-too-large': 2,
      'recorded fields-too-many': 2,
      'recorded client-stalled': 6,
      wrong: 0,
      browsedWrong: 0,
      left: 0,
      leaked: '',
      faultsOfTheEdge: 0,
    });
    expect(holds).toBe(true);
  },
);
