import type { Purge, PurgeApi } from '@poplet/policy';

import type { VENDORS } from '../../src/index.ts';

interface OpenedApi {
  readonly api: PurgeApi;
  /** What it has had purged, in turn. */
  readonly purged: Purge[];
}

/** A CDN's purge API for one site, `site`, under the CDN's first profile, by a clock of the test. */
export async function openApi(
  vendor: (typeof VENDORS)[number],
  nowMs: () => number,
): Promise<OpenedApi> {
  const { policy } = vendor.profiles[0] as (typeof vendor.profiles)[number];
  const purged: Purge[] = [];
  let ids = 0;
  const create = await vendor.purgeApi.load();
  const api = create({
    sites: [
      {
        id: 'site',
        names: ['site', '123456'],
        hasHost: () => false,
        policy,
        policiesFor: () => [policy],
      },
    ],
    purge: async (purges) => {
      purged.push(...purges);
      return { sequence: 1 };
    },
    nowMs,
    newId: () => (ids++).toString(16).padStart(32, '0'),
  });
  return { api, purged };
}
