// The purge APIs of CDNs beside Poplet's own: which are there, who may use them, and whether any two meet.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { rfc9111, type PurgeApi } from '@poplet/policy';
import { VENDORS, type Vendor } from '@poplet/vendors';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createCdn, type Cdn, type CdnOptions, type CdnSite } from '../src/index.ts';

const source = mkdtempSync(path.join(tmpdir(), 'poplet-purge-apis-'));
writeFileSync(path.join(source, 'a.txt'), 'fine');

async function start(
  sites: readonly Omit<CdnSite, 'source'>[],
  options: Omit<CdnOptions, 'sites'> = {},
): Promise<Cdn> {
  const cdn = await createCdn({ ...options, sites: sites.map((site) => ({ ...site, source })) });
  onTestFinished(() => cdn.close());
  return cdn;
}

const everySite = VENDORS.map(({ name }) => ({ id: name, profile: name, hosts: [`${name}.test`] }));

async function operationsOf(cdn: Cdn): Promise<ReadonlyMap<string, string>> {
  const response = await fetch(`${cdn.adminUrl}/poplet/v1/openapi.json`);
  const { paths } = (await response.json()) as {
    readonly paths: Readonly<
      Record<string, Readonly<Record<string, { readonly operationId: string }>>>
    >;
  };
  return new Map(
    Object.entries(paths).flatMap(([place, methods]) =>
      Object.values(methods).map(({ operationId }) => [operationId, place] as const),
    ),
  );
}

async function apiOf({ purgeApi }: Vendor): Promise<PurgeApi> {
  const create = await purgeApi.load();
  return create({
    sites: [
      {
        id: 'default',
        names: ['default'],
        hasHost: () => false,
        policy: rfc9111,
        policiesFor: () => [rfc9111],
      },
    ],
    purge: () => Promise.reject(new Error('not asked for')),
    nowMs: () => 0,
    newId: () => '0'.repeat(32),
  });
}

/** Where one of these takes what is another's, one line each. `own`: paths that are Poplet's. */
function collisions(apis: readonly PurgeApi[], own: readonly string[]): string[] {
  const places = apis.flatMap(({ title, namespaces, calls }) => [
    ...namespaces.map((place) => ({ title, place, isWhole: false })),
    ...calls.map((call) => ({ title, place: call.path.replace(/[:*].*$/u, ''), isWhole: true })),
  ]);
  const others = [...places, ...own.map((place) => ({ title: 'Poplet', place, isWhole: true }))];
  return places.flatMap(({ title, place, isWhole }) =>
    others.flatMap((other) => {
      if (other.title === title) return [];
      const meets = isWhole ? other.place === place : other.place.startsWith(place);
      return meets ? [`${title} at ${place}: ${other.title} is at ${other.place}`] : [];
    }),
  );
}

it('are those of the profiles in use, and no others', async () => {
  const none = await start([{}]);
  expect(none.purgeApis).toEqual([]);
  const own = await operationsOf(none);
  const cdn = await start([{ profile: 'cloudflare:no-cache=validated', vendorIds: ['zone-1'] }]);
  expect(cdn.purgeApis).toEqual([
    {
      title: 'Cloudflare',
      url: `${cdn.adminUrl}/client/v4`,
      siteWord: 'zone',
      names: ['default', 'zone-1'],
    },
  ]);
  const ids = [...(await operationsOf(cdn)).keys()];
  expect(ids.filter((id) => !own.has(id))).toEqual(['cloudflarePurgeCache']);
  const fastly = await fetch(`${cdn.adminUrl}/service/default/purge_all`, { method: 'POST' });
  expect(fastly.status).toBe(404);
  expect(await fastly.json()).toMatchObject({ type: 'urn:poplet:problem:not-found' });
});

it('names that no purge API asks for are told, as the profile has been forgotten', async () => {
  const vendorIds = ['zone-1'];
  const told = await start([{ vendorIds }]);
  expect(told.warnings).toEqual([
    'zone-1: only under the profile of a CDN is there a purge API that calls a site so',
  ]);
  expect((await start([{ vendorIds, profile: 'cloudflare' }])).warnings).toEqual([]);
});

describe('all together', () => {
  it('are ten', () => {
    expect(VENDORS).toHaveLength(10);
  });

  it('meet neither one another nor what is Poplet’s own', async () => {
    const apis = await Promise.all(VENDORS.map(apiOf));
    const own = [...(await operationsOf(await start([{}]))).values()];
    expect(own).toContain('/poplet/v1/purge');
    expect(collisions(apis, own)).toEqual([]);
  });

  it('would be seen to meet', async () => {
    const [api] = await Promise.all(VENDORS.map(apiOf));
    if (api === undefined) throw new Error('there is none');
    const twin = { ...api, title: 'Twin' };
    expect(collisions([api, twin], [])).not.toEqual([]);
    const greedy = { ...api, title: 'Greedy', namespaces: ['/poplet/'] };
    expect(collisions([greedy], ['/poplet/v1/purge'])).toEqual([
      'Greedy at /poplet/: Poplet is at /poplet/v1/purge',
    ]);
  });

  it('are mounted beside Poplet’s own, each call once', async () => {
    const cdn = await start(everySite);
    const apis = await Promise.all(VENDORS.map(apiOf));
    const operations = await operationsOf(cdn);
    const wanted = apis.flatMap(({ calls }) => calls.map(({ operationId }) => operationId));
    expect(new Set(wanted).size).toBe(wanted.length);
    expect([...operations.keys()]).toEqual(expect.arrayContaining(wanted));
    const health = await fetch(`${cdn.adminUrl}/poplet/v1/health`);
    expect(health.status).toBe(200);
  });

  it('answer for what they do not have in their own shape', async () => {
    const cdn = await start(everySite);
    for (const api of await Promise.all(VENDORS.map(apiOf))) {
      for (const namespace of api.namespaces) {
        const target = `${namespace}nothing-of-the-kind`;
        const response = await fetch(cdn.adminUrl + target, { method: 'PUT' });
        const head = { method: 'PUT', target, query: {}, fields: {}, origin: cdn.adminUrl };
        const { status, content } = api.refusals.unauthorized(head);
        expect([api.title, response.status]).toEqual([api.title, status]);
        // Each has an identifier of the request of its own.
        const blank = (text: string): string => text.replaceAll(/[\da-f-]{20,}/giu, '');
        expect(blank(await response.text())).toBe(blank(content));
      }
    }
  });
});

it('are no business of web pages', async () => {
  const cdn = await start([{ profile: 'cloudflare' }]);
  const url = `${cdn.adminUrl}/client/v4/zones/default/purge_cache`;
  for (const headers of [{ origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }]) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer x' } as Record<string, string>,
      body: '{"purge_everything":true}',
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ type: 'urn:poplet:problem:foreign-origin' });
  }
});

it('refuse what is longer than they take, and say so themselves', async () => {
  const cdn = await start([{ profile: 'cloudflare' }]);
  const response = await fetch(`${cdn.adminUrl}/client/v4/zones/default/purge_cache`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: JSON.stringify({ tags: ['a'.repeat(1_048_576)] }),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ success: false, errors: [{ code: 413 }] });
});

it('Akamai has two networks, and production without a word', async () => {
  const cdn = await start([{ profile: 'akamai' }]);
  const purge = async (network: string): Promise<number> => {
    const { status } = await fetch(`${cdn.adminUrl}/ccu/v3/delete/tag${network}`, {
      method: 'POST',
      headers: {
        authorization:
          'EG1-HMAC-SHA256 client_token=a;access_token=b;timestamp=20261123T12:00:00+0000;nonce=c;signature=ZA==',
      },
      body: '{"objects":["blog"]}',
    });
    return status;
  };
  expect(await Promise.all(['', '/staging', '/production', '/prodution'].map(purge))).toEqual([
    201, 201, 201, 404,
  ]);
});

it('cannot tell two sites of one name apart', async () => {
  const sites = [
    { id: 'a', hosts: ['a.test'], profile: 'fastly', vendorIds: ['same'] },
    { id: 'b', hosts: ['b.test'], profile: 'fastly', vendorIds: ['same'] },
  ];
  await expect(start(sites)).rejects.toMatchObject({ code: 'duplicate-site' });
});
