// Whatever a purge API is asked, it answers; and what it refuses, it does not do.

import { parseXml } from '@rgrove/parse-xml';
import type { ApiRequest, PurgeCall } from '@poplet/policy';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { VENDORS } from '../../src/index.ts';
import { openApi } from './open-api.ts';

const RUNS = Number(process.env['POPLET_PROPERTY_RUNS'] ?? 300);

/** Of the runs. */
const MOST_ROUNDS = 30;

/** What the bodies are made of. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  akamai: ['objects', 'hostname'],
  'azure-front-door': ['contentPaths', 'domains'],
  bunny: ['CacheTag'],
  cloudflare: ['purge_everything', 'files', 'tags', 'hosts', 'prefixes'],
  cloudfront: ['paths'],
  fastly: ['surrogate_keys'],
  'google-cloud-cdn': ['path', 'host', 'cacheTags'],
  keycdn: ['urls', 'tags'],
  netlify: ['site_id', 'site_slug', 'domain', 'cache_tags'],
  vercel: ['tags', 'target', 'srcImages'],
};

const text = fc.oneof(
  fc.constantFrom(
    'https://www.example.com/a',
    'www.example.com/a',
    '/a',
    '/a/*',
    '/*',
    '#t',
    'tag',
  ),
  fc.constantFrom('site', '', 'https://', 'http://[', '/%zz', '/é', 'é', 'a b', '*', '\u0000'),
  fc.string({ maxLength: 12 }),
);
const leaf = fc.oneof(text, fc.constantFrom(true, false, null, 0, 123_456), fc.double());
const value = fc.oneof(
  leaf,
  fc.array(fc.constantFrom('/a', '/a/*', 'https://www.example.com/a', 'tag', 'tag2'), {
    minLength: 1,
    maxLength: 3,
  }),
  fc.array(leaf, { maxLength: 3 }),
  fc.array(fc.dictionary(fc.constantFrom('url', 'headers'), leaf), { maxLength: 2 }),
);
const xml = fc
  .record({
    paths: fc.oneof(
      fc.array(fc.constantFrom<string>('/a', '/a/*', '/*'), { minLength: 1, maxLength: 3 }),
      fc.array(text, { maxLength: 3 }),
    ),
    reference: fc.oneof(fc.constant('once'), text),
  })
  .map(
    ({ paths, reference }) =>
      `<InvalidationBatch><Paths><Quantity>${paths.length}</Quantity><Items>${paths
        .map((one) => `<Path>${one.replaceAll(/[&<\0]/gu, '')}</Path>`)
        .join(
          '',
        )}</Items></Paths><CallerReference>${reference.replaceAll(/[&<\0]/gu, '')}</CallerReference></InvalidationBatch>`,
  );
function contentOf(members: readonly string[]): fc.Arbitrary<string> {
  const body = fc.dictionary(fc.constantFrom(...members), value, { maxKeys: 3 });
  return fc.oneof(
    { weight: 6, arbitrary: body.map((one) => JSON.stringify(one)) },
    { weight: 2, arbitrary: xml },
    fc.json({ maxDepth: 3 }),
    fc.string(),
    fc.constant(''),
  );
}

const asked = fc.record({
  parameter: fc.oneof({ weight: 4, arbitrary: fc.constant('site') }, text),
  query: fc.oneof(
    fc.constant({
      projectIdOrName: 'site',
      'api-version': '1',
      url: 'https://www.example.com/a',
    }),
    fc.dictionary(
      fc.constantFrom('url', 'projectIdOrName', 'api-version', 'Marker', 'MaxItems', 'exactPath'),
      fc.oneof(text, fc.constant('1')),
      { noNullPrototype: true },
    ),
  ),
  fields: fc.dictionary(
    fc.constantFrom('authorization', 'surrogate-key', 'fastly-soft-purge', 'content-type'),
    fc.oneof(text, fc.constant('application/x-www-form-urlencoded')),
    { noNullPrototype: true },
  ),
  rest: text,
});

type Asked =
  typeof asked extends fc.Arbitrary<infer Found> ? Found & { readonly content: string } : never;

function requestOf(call: PurgeCall, { parameter, rest, ...others }: Asked): ApiRequest {
  const names = call.path.matchAll(/:(?<name>\w+)/gu).map((found) => found.groups?.['name'] ?? '');
  const file = call.path.endsWith(':file') && parameter === 'site' ? 'site.json' : parameter;
  return {
    method: call.method,
    target: call.path.replaceAll(/:\w+/gu, 'site').replace('*', rest.replaceAll(/\s/gu, '')),
    origin: 'http://127.0.0.1:8081',
    parameters: Object.fromEntries(names.map((name) => [name, file])),
    ...others,
  };
}

/** What comes with 200 and above is empty, JSON or XML. */
function isReadable(type: string, answered: string): boolean {
  if (answered === '') return true;
  if (type.endsWith('xml')) return parseXml(answered).root !== null;
  return JSON.parse(answered) !== undefined;
}

describe.each(VENDORS.map((vendor) => [vendor.title, vendor] as const))('%s', (_, vendor) => {
  async function open(): ReturnType<typeof openApi> {
    let nowMs = 0;
    // So far apart that no rate is exceeded.
    return openApi(vendor, () => (nowMs += 3_600_000));
  }

  it('answers every call, whatever it is asked, and does nothing that it refuses', async () => {
    const { api, purged } = await open();
    const carriedOut: string[] = [];
    const content = contentOf(MEMBERS[vendor.name] ?? []);
    const anything = fc.asyncProperty(
      fc.constantFrom(...api.calls),
      asked,
      content,
      async (call, one, body) => {
        purged.length = 0;
        const {
          status,
          fields,
          content: said,
        } = await call.answer(requestOf(call, { ...one, content: body }));
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
        expect(isReadable(fields['content-type'] ?? '', said)).toBe(true);
        expect(status >= 400 ? purged : []).toEqual([]);
        if (purged.length > 0) carriedOut.push(call.path);
        expect(purged.filter(({ siteId }) => siteId !== 'site')).toEqual([]);
        const paths = purged.flatMap(({ selector }) =>
          selector.kind === 'path' ? [selector.path] : [],
        );
        expect(paths.filter((path) => !/^\/[!-~]*$/u.test(path))).toEqual([]);
      },
    );
    // Until not all were refused: what is drawn is seldom a purge.
    for (
      let rounds = 0;
      rounds === 0 || (carriedOut.length === 0 && rounds < MOST_ROUNDS);
      rounds++
    )
      await fc.assert(anything, { numRuns: RUNS });
    expect(carriedOut).not.toEqual([]);
  });

  it('reads credentials of any form, and says of each refusal what it is', async () => {
    const { api } = await open();
    const head = { method: 'POST', target: '/', origin: 'http://127.0.0.1:8081', query: {} };
    fc.assert(
      fc.property(fc.string(), (authorization) => {
        const secret = api.secretOf({ ...head, fields: { authorization } });
        expect(secret).not.toBe('');
      }),
      { numRuns: RUNS },
    );
    for (const refuse of Object.values(api.refusals)) {
      const { status, fields, content: said } = refuse({ ...head, fields: {} });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(isReadable(fields['content-type'] ?? '', said)).toBe(true);
    }
  });
});
