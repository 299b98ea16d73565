// How many purges each CDN takes at once, and how many more with time: its own numbers, by a clock of the test.

import type { ApiAnswer, ApiRequest } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { VENDORS } from '../../src/index.ts';
import { openApi } from './open-api.ts';

interface Rate {
  readonly vendor: string;
  /** What is counted, and the call that is made again and again. */
  readonly of: string;
  readonly operationId: string;
  readonly asked: Partial<ApiRequest>;
  /** Calls at once. */
  readonly atOnce: number;
  /** So many more after so many seconds. */
  readonly later: { readonly afterSeconds: number; readonly calls: number };
}

const json = (body: object): Partial<ApiRequest> => ({ content: JSON.stringify(body) });
const many = (count: number, of: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${of}${index}`);

const RATES: readonly Rate[] = [
  {
    vendor: 'cloudflare',
    of: 'tags, hosts, prefixes and everything (Business)',
    operationId: 'cloudflarePurgeCache',
    asked: json({ tags: ['a'] }),
    atOnce: 50,
    later: { afterSeconds: 1, calls: 10 },
  },
  {
    vendor: 'cloudflare',
    of: 'URLs, a hundred in a call (Business)',
    operationId: 'cloudflarePurgeCache',
    asked: json({ files: many(100, 'https://www.example.com/') }),
    atOnce: 15,
    later: { afterSeconds: 1, calls: 15 },
  },
  {
    vendor: 'akamai',
    of: 'requests',
    operationId: 'akamaiDeleteUrlProduction',
    asked: json({ objects: ['https://www.example.com/a'] }),
    atOnce: 100,
    later: { afterSeconds: 1, calls: 50 },
  },
  {
    vendor: 'akamai',
    of: 'URLs, a thousand in a request',
    operationId: 'akamaiDeleteUrlProduction',
    asked: json({ objects: many(1000, 'https://www.example.com/') }),
    atOnce: 10,
    later: { afterSeconds: 5, calls: 1 },
  },
  {
    vendor: 'akamai',
    of: 'tags, five hundred in a request',
    operationId: 'akamaiDeleteTagProduction',
    asked: json({ objects: many(500, 'tag') }),
    atOnce: 10,
    later: { afterSeconds: 60, calls: 1 },
  },
  {
    vendor: 'akamai',
    of: 'CP codes, thirty in a request',
    operationId: 'akamaiDeleteCpcodeProduction',
    asked: json({ objects: many(30, '').map(() => 123_456) }),
    atOnce: 10,
    later: { afterSeconds: 60, calls: 1 },
  },
  {
    vendor: 'google-cloud-cdn',
    of: 'invalidations',
    operationId: 'googleInvalidateCache',
    asked: json({ path: '/a' }),
    atOnce: 500,
    later: { afterSeconds: 6, calls: 50 },
  },
  {
    vendor: 'bunny',
    of: 'exact URLs',
    operationId: 'bunnyPurgeUrl',
    asked: { query: { url: 'https://www.example.com/a' } },
    atOnce: 120,
    later: { afterSeconds: 1, calls: 5 },
  },
  {
    vendor: 'bunny',
    of: 'prefixes',
    operationId: 'bunnyPurgeUrl',
    asked: { query: { url: 'https://www.example.com/a/' } },
    atOnce: 20,
    later: { afterSeconds: 2, calls: 1 },
  },
  {
    vendor: 'netlify',
    of: 'purges of a tag',
    operationId: 'netlifyPurge',
    asked: json({ site_id: 'site', cache_tags: ['a'] }),
    atOnce: 2,
    later: { afterSeconds: 5, calls: 2 },
  },
];

describe.each(RATES)('$vendor: $of', ({ vendor: name, operationId, asked, atOnce, later }) => {
  it(`${atOnce} at once, and ${later.calls} more in ${later.afterSeconds} s`, async () => {
    let nowMs = 1_700_000_000_000;
    const vendor = VENDORS.find((one) => one.name === name);
    if (vendor === undefined) throw new Error(`no vendor ${name}`);
    const { api } = await openApi(vendor, () => nowMs);
    const call = api.calls.find((one) => one.operationId === operationId);
    if (call === undefined)
      throw new Error(`no ${operationId} among ${api.calls.map((one) => one.operationId).join()}`);
    const names = call.path
      .matchAll(/:(?<name>\w+)/gu)
      .map((found) => found.groups?.['name'] ?? '');
    const request: ApiRequest = {
      method: call.method,
      target: call.path,
      origin: 'http://127.0.0.1:8081',
      query: {},
      fields: {},
      content: '',
      parameters: Object.fromEntries(names.map((one) => [one, 'site'])),
      ...asked,
    };
    const taken = async (): Promise<number> => {
      for (let count = 0; ; count += 1) {
        const { status }: ApiAnswer = await call.answer(request);
        if (status === 429) return count;
        expect(status).toBeLessThan(300);
      }
    };
    expect(await taken()).toBe(atOnce);
    nowMs += later.afterSeconds * 1000;
    expect(await taken()).toBe(later.calls);
    // However long nobody purges, no more than that come at once.
    nowMs += 86_400_000;
    expect(await taken()).toBe(atOnce);
  });
});
