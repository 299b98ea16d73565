// What a team's own configuration comes to: the numbers are those of the files, not those of the importer.
import { IncomingFields, type Policy, type PresentedRequest } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { importFiles, type Imported } from '../src/import/index.ts';

function asking(target: string, lines: readonly string[] = []): PresentedRequest {
  return {
    siteId: 'default',
    method: 'GET',
    scheme: 'http',
    authority: 'shop.test',
    target,
    fields: new IncomingFields([...lines]),
    hasContent: false,
    clientAddress: undefined,
  };
}

function imported(...values: readonly unknown[]): Imported {
  return importFiles(values.map((value, index) => ({ file: `dir/file-${index + 1}.json`, value })));
}

/** As `aws cloudfront get-distribution-config` writes it, what is empty left out here and there. */
function distribution(
  changes: Readonly<Record<string, unknown>> = {},
  behaviours: readonly unknown[] = [],
) {
  return {
    ETag: 'E2QWRUHEXAMPLE',
    DistributionConfig: {
      CallerReference: 'cli-example',
      Aliases: { Quantity: 0 },
      DefaultRootObject: 'index.html',
      Origins: {
        Quantity: 1,
        Items: [
          {
            Id: 'site',
            DomainName: 'shop.s3.amazonaws.com',
            OriginPath: '',
            CustomHeaders: { Quantity: 0 },
          },
        ],
      },
      OriginGroups: { Quantity: 0 },
      DefaultCacheBehavior: {
        TargetOriginId: 'site',
        TrustedSigners: { Enabled: false, Quantity: 0 },
        TrustedKeyGroups: { Enabled: false, Quantity: 0 },
        ViewerProtocolPolicy: 'allow-all',
        SmoothStreaming: false,
        Compress: true,
        LambdaFunctionAssociations: { Quantity: 0 },
        FunctionAssociations: { Quantity: 0 },
        FieldLevelEncryptionId: '',
        CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
      },
      CacheBehaviors: { Quantity: behaviours.length, Items: behaviours },
      CustomErrorResponses: { Quantity: 0 },
      Comment: '',
      Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' },
      PriceClass: 'PriceClass_All',
      Enabled: true,
      ViewerCertificate: { CloudFrontDefaultCertificate: true },
      Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
      WebACLId: '',
      HttpVersion: 'http2',
      IsIPV6Enabled: true,
      ...changes,
    },
  };
}

function behaviour(PathPattern: string, changes: Readonly<Record<string, unknown>> = {}) {
  return { PathPattern, TargetOriginId: 'site', ViewerProtocolPolicy: 'allow-all', ...changes };
}

const legacy = (
  changes: Readonly<Record<string, unknown>> = {},
  ttls: Readonly<Record<string, number>> = {},
) => ({
  ForwardedValues: {
    QueryString: false,
    Cookies: { Forward: 'none' },
    Headers: { Quantity: 0 },
    QueryStringCacheKeys: { Quantity: 0 },
    ...changes,
  },
  MinTTL: 0,
  DefaultTTL: 86_400,
  MaxTTL: 31_536_000,
  ...ttls,
});

/** The least and the greatest lifetime of a 200, and that of one which names none. */
function ttlsOf({ freshness }: Policy): readonly (number | undefined)[] {
  const bounds = freshness.lifetimeBounds.find(({ statuses }) => statuses === null);
  const given = freshness.defaultLifetimes.find(({ statuses }) => statuses?.includes(200));
  return [bounds?.leastSeconds, given?.seconds, bounds?.mostSeconds];
}

describe('a distribution of CloudFront', () => {
  it('without behaviours of its own is CachingOptimized, and nothing is left out', () => {
    const { policy, policyFor, notEmulated } = imported(distribution());
    expect(notEmulated).toEqual([]);
    expect(policy).toMatchObject({
      name: 'cloudfront (file-1.json)',
      key: { query: 'none', fields: ['accept-encoding'] },
      coding: { isOn: true },
    });
    expect(ttlsOf(policy)).toEqual([1, 86_400, 31_536_000]);
    expect(policyFor(asking('/any'))).toBe(policy);
  });

  it('behaviours in their order, by path and not by query', () => {
    const { policy, policyFor } = imported(
      distribution({}, [
        behaviour('/api/*', { CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad' }),
        behaviour('*.jpg', legacy({}, { DefaultTTL: 600, MaxTTL: 600 })),
        behaviour('img/?.png', legacy({}, { DefaultTTL: 60 })),
        behaviour('/api/late', legacy({}, { DefaultTTL: 1 })),
      ]),
    );
    const nameFor = (target: string): string => policyFor(asking(target)).name;
    expect(nameFor('/api/a?x=1')).toBe('cloudfront (file-1.json, /api/*)');
    expect(nameFor('/api/late')).toBe('cloudfront (file-1.json, /api/*)');
    expect(nameFor('/a/b.jpg')).toBe('cloudfront (file-1.json, *.jpg)');
    expect(nameFor('/a/b.JPG')).toBe(policy.name);
    expect(nameFor('/img/a.png')).toBe('cloudfront (file-1.json, img/?.png)');
    expect(nameFor('/img/ab.png')).toBe(policy.name);
    expect(nameFor('/a?b=/api/c.jpg')).toBe(policy.name);
    expect(ttlsOf(policyFor(asking('/api/a')))).toEqual([0, 0, 0]);
    expect(ttlsOf(policyFor(asking('/b.jpg')))).toEqual([0, 600, 600]);
    expect(policyFor(asking('/b.jpg'))).toBe(policyFor(asking('/c.jpg')));
  });

  it('ForwardedValues are key and request', () => {
    const { policy, notEmulated } = imported(
      distribution({
        DefaultCacheBehavior: behaviour('', {
          Compress: false,
          ...legacy(
            {
              QueryString: true,
              Cookies: { Forward: 'whitelist', WhitelistedNames: { Quantity: 1, Items: ['sid'] } },
              Headers: { Quantity: 2, Items: ['Origin', 'Accept-Language'] },
              QueryStringCacheKeys: { Quantity: 1, Items: ['v'] },
            },
            { MinTTL: 5 },
          ),
        }),
      }),
    );
    expect(policy).toMatchObject({
      key: {
        query: 'whole',
        fields: ['accept-encoding', 'origin', 'accept-language', 'cookie'],
      },
      fill: {
        forwardsQuery: true,
        strip: expect.not.arrayContaining(['cookie', 'accept-language']),
      },
      storability: { setCookie: 'stored' },
      freshness: { refusalSeconds: 5 },
      coding: { isOn: false },
    });
    expect(notEmulated).toEqual([
      'DistributionConfig.DefaultCacheBehavior.ForwardedValues.Cookies: sid: here all cookies are part of the key',
      'DistributionConfig.DefaultCacheBehavior.ForwardedValues: v: here the whole query is part of the key',
    ]);
  });

  it('all headers forwarded: nothing is cached', () => {
    const { policy } = imported(
      distribution({
        DefaultCacheBehavior: behaviour('', legacy({ Headers: { Quantity: 1, Items: ['*'] } })),
      }),
    );
    expect(ttlsOf(policy)).toEqual([0, 0, 0]);
  });

  it('a cache policy of one’s own is read where it is given, and named where it is not', () => {
    const own = { DefaultCacheBehavior: behaviour('', { CachePolicyId: 'aaaa-bbbb' }) };
    const cachePolicy = {
      ETag: 'E1',
      CachePolicy: {
        Id: 'aaaa-bbbb',
        CachePolicyConfig: {
          Name: 'ours',
          Comment: '',
          MinTTL: 10,
          DefaultTTL: 20,
          MaxTTL: 30,
          ParametersInCacheKeyAndForwardedToOrigin: {
            EnableAcceptEncodingGzip: true,
            EnableAcceptEncodingBrotli: false,
            HeadersConfig: {
              HeaderBehavior: 'whitelist',
              Headers: { Quantity: 1, Items: ['X-Shop'] },
            },
            CookiesConfig: { CookieBehavior: 'none' },
            QueryStringsConfig: { QueryStringBehavior: 'all' },
          },
        },
      },
    };
    const { policy, notEmulated } = imported(distribution(own), cachePolicy);
    expect(ttlsOf(policy)).toEqual([10, 20, 30]);
    expect(policy.key).toMatchObject({ query: 'whole', fields: ['accept-encoding', 'x-shop'] });
    expect(notEmulated).toEqual([]);
    const without = imported(distribution(own));
    expect(ttlsOf(without.policy)).toEqual([1, 86_400, 31_536_000]);
    expect(without.notEmulated).toEqual([
      'DistributionConfig.DefaultCacheBehavior.CachePolicyId: aaaa-bbbb is none that is known here, so CachingOptimized holds; import it too: aws cloudfront get-cache-policy --id aaaa-bbbb',
    ]);
  });

  it.each([
    ['658327ea-f89d-4fab-a63d-7e88639e58f6', [1, 86_400, 31_536_000], 'none'],
    ['b2884449-e4de-46a7-ac36-70bc7f1ddd6d', [1, 86_400, 31_536_000], 'none'],
    ['4135ea2d-6df8-44a3-9df3-4b5a84be39ad', [0, 0, 0], 'none'],
    ['83da9c7e-98b4-4e11-a168-04f0df8e2c65', [0, 0, 31_536_000], 'none'],
    ['4cc15a8a-d715-48a4-82b8-cc0b614638fe', [0, 0, 31_536_000], 'whole'],
    ['2e54312d-136d-493c-8eb9-b001f22f67d2', [2, 2, 600], 'none'],
  ])('the managed cache policy %s', (id, ttls, query) => {
    const { policy } = imported(
      distribution({ DefaultCacheBehavior: behaviour('', { CachePolicyId: id }) }),
    );
    expect([ttlsOf(policy), policy.key.query]).toEqual([ttls, query]);
  });

  it('an origin request policy forwards what is no part of the key', () => {
    const forwarded = (id: string): Policy['fill'] =>
      imported(
        distribution({
          DefaultCacheBehavior: behaviour('', {
            CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
            OriginRequestPolicyId: id,
          }),
        }),
      ).policy.fill;
    const all = forwarded('216adef6-5c7f-47e4-b989-5492eafa07d3');
    expect(all).toMatchObject({
      forwardsQuery: true,
      strip: expect.not.arrayContaining(['cookie']),
    });
    const some = forwarded('acba4595-bd28-49b8-b9fe-13317c0390fa');
    expect(some.strip).toEqual(expect.arrayContaining(['cookie', 'accept']));
    expect(some.strip).not.toContain('referer');
    // User-Agent of the client, and what CloudFront makes of where it is.
    const told = (fill: Policy['fill']): readonly string[] =>
      fill.ownFields?.(asking('/', ['x-poplet-country', 'DE'])) ?? [];
    expect(told(all)).not.toContain('Amazon CloudFront');
    expect(told(all)).not.toContain('CloudFront-Viewer-Country');
    expect(told(some)).not.toContain('Amazon CloudFront');
    expect(told(forwarded('33f36d7e-f396-46d9-90e0-52428a34d9dc'))).toEqual(
      expect.arrayContaining(['CloudFront-Viewer-Country', 'DE']),
    );
    expect(told(forwarded('88a5eaf4-2fd4-4709-b370-b4c650ea3fcf'))).toContain('Amazon CloudFront');
  });

  it('error times and tags', () => {
    const { policy, notEmulated } = imported(
      distribution({
        CustomErrorResponses: {
          Quantity: 2,
          Items: [
            {
              ErrorCode: 404,
              ResponsePagePath: '/404.html',
              ResponseCode: '200',
              ErrorCachingMinTTL: 30,
            },
            { ErrorCode: 403, ResponsePagePath: '', ResponseCode: '', ErrorCachingMinTTL: 0 },
          ],
        },
        CacheTagConfig: { HeaderName: 'X-Tags' },
      }),
    );
    const boundsOf = (status: number): number | undefined =>
      policy.freshness.lifetimeBounds.find(({ statuses }) => statuses?.includes(status))
        ?.leastSeconds;
    expect([boundsOf(404), boundsOf(403), boundsOf(500)]).toEqual([30, 0, 10]);
    expect(
      policy.freshness.defaultLifetimes.find(({ statuses }) => statuses?.includes(404))?.seconds,
    ).toBe(30);
    expect(policy.storability.tagFields).toEqual([
      { name: 'x-tags', separator: 'comma', foldsCase: true },
    ]);
    expect(notEmulated).toEqual([
      'DistributionConfig.CustomErrorResponses.Items[0].ResponsePagePath: "/404.html"',
      'DistributionConfig.CustomErrorResponses.Items[0].ResponseCode: "200"',
    ]);
  });

  it('whatever else it says is listed by name', () => {
    const { notEmulated } = imported(
      distribution(
        {
          DefaultRootObject: 'start.html',
          WebACLId: 'arn:aws:wafv2:x',
          Restrictions: {
            GeoRestriction: { RestrictionType: 'whitelist', Quantity: 1, Items: ['DE'] },
          },
          SomethingNew: { Enabled: true },
        },
        [
          behaviour('/a', {
            CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
            TargetOriginId: 'api',
            ViewerProtocolPolicy: 'https-only',
            ResponseHeadersPolicyId: 'headers-1',
            FunctionAssociations: {
              Quantity: 1,
              Items: [{ FunctionARN: 'arn:f', EventType: 'viewer-request' }],
            },
            AllowedMethods: {
              Quantity: 3,
              Items: ['HEAD', 'GET', 'OPTIONS'],
              CachedMethods: { Quantity: 3, Items: ['HEAD', 'GET', 'OPTIONS'] },
            },
          }),
        ],
      ),
    );
    const first = 'DistributionConfig.CacheBehaviors.Items[0]';
    expect(notEmulated.toSorted()).toEqual(
      [
        `${first}.AllowedMethods.CachedMethods: OPTIONS is not cached`,
        `${first}.AllowedMethods: HEAD, GET, OPTIONS: other methods reach the origin here, and are not refused`,
        `${first}.FunctionAssociations: {"Quantity":1,"Items":[{"FunctionARN":"arn:f","EventType":"viewer-request"}]}`,
        `${first}.ResponseHeadersPolicyId: "headers-1"`,
        `${first}.TargetOriginId: api, where the default asks site: here one server is asked for all`,
        `${first}.ViewerProtocolPolicy: https-only`,
        'DistributionConfig.DefaultRootObject: start.html',
        'DistributionConfig.Restrictions.GeoRestriction: whitelist DE',
        'DistributionConfig.SomethingNew: {"Enabled":true}',
        'DistributionConfig.WebACLId: "arn:aws:wafv2:x"',
      ].toSorted(),
    );
  });

  it('patterns with many stars take no longer than the path is long', () => {
    const pattern = `/${'a*'.repeat(200)}b`;
    const { policyFor } = imported(distribution({}, [behaviour(pattern, legacy())]));
    expect(policyFor(asking(`/${'a'.repeat(16_000)}`)).name).toBe('cloudfront (file-1.json)');
    expect(policyFor(asking(`/${'a'.repeat(16_000)}b`)).name).toContain(pattern);
  });
});

describe('cache rules of Cloudflare', () => {
  const rule = (
    expression: string,
    action_parameters: Readonly<Record<string, unknown>>,
    changes: Readonly<Record<string, unknown>> = {},
  ) => ({ action: 'set_cache_settings', expression, action_parameters, enabled: true, ...changes });
  const ruleset = (...rules: readonly unknown[]) => ({
    result: { phase: 'http_request_cache_settings', kind: 'zone', rules },
    success: true,
  });
  const withRule = (parameters: Readonly<Record<string, unknown>>): Imported =>
    imported(ruleset(rule('true', parameters)));
  const made = (parameters: Readonly<Record<string, unknown>>): Policy =>
    withRule(parameters).policyFor(asking('/'));

  it('all that match apply, in their order', () => {
    const { policy, policyFor, notEmulated } = imported(
      ruleset(
        rule(
          'starts_with(http.request.uri.path, "/docs/")',
          { cache: true },
          { description: 'docs' },
        ),
        rule(
          'ends_with(http.request.uri.path, ".html")',
          { edge_ttl: { mode: 'override_origin', default: 60 } },
          { description: 'pages' },
        ),
        rule('http.request.uri.path eq "/docs/off.html"', { cache: false }),
        rule('true', { cache: false }, { enabled: false }),
      ),
    );
    expect(notEmulated).toEqual([]);
    expect(policy.name).toBe('cloudflare (file-1.json)');
    expect(policyFor(asking('/about'))).toBe(policy);
    const docs = policyFor(asking('/docs/a.html'));
    expect(docs).toMatchObject({
      name: 'cloudflare (file-1.json: docs, pages)',
      eligibility: { paths: null },
      freshness: { standardFields: 'ignored', defaultLifetimes: [{ seconds: 60 }] },
      storability: { setCookie: 'stripped' },
    });
    expect(policyFor(asking('/docs/b.html'))).toBe(docs);
    expect(policyFor(asking('/docs/off.html')).eligibility.paths).toEqual({
      extensions: [],
      files: [],
    });
    expect(policyFor(asking('/docs/a')).freshness).toBe(policy.freshness);
  });

  it('tells which of them go by the host', () => {
    const { goesByHost } = imported(
      ruleset(
        rule('(http.host eq "www.shop.test" and ssl)', { cache: true }, { description: 'www' }),
        rule('http.request.uri.path eq "/a"', { cache: true }),
        rule('starts_with(http.request.full_uri, "https://a.test/")', { cache: true }),
      ),
    );
    expect(goesByHost).toEqual(['result.rules[0] (www)', 'result.rules[2] (rule 3)']);
    expect(imported(distribution()).goesByHost).toEqual([]);
  });

  it('a lifetime where the origin names none, and none', () => {
    expect(
      made({ edge_ttl: { mode: 'respect_origin', default: 300 } }).freshness.defaultLifetimes,
    ).toEqual([{ statuses: [200, 206, 301, 302, 303, 404, 410], seconds: 300 }]);
    expect(made({ edge_ttl: { mode: 'bypass_by_default' } }).freshness.defaultLifetimes).toEqual(
      [],
    );
    expect(
      made({ edge_ttl: { mode: 'respect_origin' } }).freshness.defaultLifetimes[0]?.seconds,
    ).toBe(7200);
  });

  it('lifetimes by status', () => {
    const { freshness, storability } = made({
      edge_ttl: {
        mode: 'respect_origin',
        status_code_ttl: [
          { status_code: 404, value: 5 },
          { status_code_range: { from: 500, to: 599 }, value: -1 },
          { status_code_range: { to: 199 }, value: 0 },
        ],
      },
    });
    const bounds = freshness.lifetimeBounds.find(({ statuses }) => statuses?.includes(404));
    expect(bounds).toMatchObject({ leastSeconds: 5, mostSeconds: 5 });
    expect(freshness.defaultLifetimes[0]).toEqual({ statuses: [404], seconds: 5 });
    expect(
      freshness.lifetimeBounds.find(({ statuses }) => statuses?.includes(150))?.mostSeconds,
    ).toBe(0);
    expect([200, 404, 500, 503].map((status) => storability.statuses?.includes(status))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('Origin Cache Control off', () => {
    expect(made({ origin_cache_control: false })).toMatchObject({
      storability: { authorization: 'shared', neverFresh: 'refused' },
      stale: { sMaxageForbidsStale: false },
    });
    expect(made({ origin_cache_control: true }).stale.sMaxageForbidsStale).toBe(true);
  });

  it('what browsers are told, and what is served stale', () => {
    expect(
      made({ browser_ttl: { mode: 'override_origin', default: 120 } }).downstream.cacheControl
        ?.otherwise,
    ).toBe('max-age=120');
    expect(made({ browser_ttl: { mode: 'respect_origin' } }).downstream.cacheControl).toBe(null);
    expect(
      made({ serve_stale: { disable_stale_while_updating: true } }).stale.whileRevalidate,
    ).toBe(false);
  });

  it('keys', () => {
    const keyOf = (cache_key: Readonly<Record<string, unknown>>): Policy['key'] =>
      made({ cache_key }).key;
    const query = (query_string: unknown): string => keyOf({ custom_key: { query_string } }).query;
    expect(keyOf({ ignore_query_strings_order: true }).query).toBe('unordered');
    expect(query({ exclude: '*' })).toBe('none');
    expect(query({ exclude: { all: true } })).toBe('none');
    expect(query({ include: [] })).toBe('none');
    expect(query({ include: '*' })).toBe('whole');
    expect(query({ exclude: [] })).toBe('whole');
    expect(
      withRule({ cache_key: { custom_key: { query_string: { exclude: [] } } } }),
    ).toMatchObject({ notEmulated: [] });
    expect(query({ include: { list: ['v'] } })).toBe('whole');
    const fields = keyOf({
      custom_key: { header: { include: ['X-Shop'], exclude_origin: true }, user: { lang: true } },
    }).fields;
    expect(fields).toEqual(expect.arrayContaining(['x-shop', 'accept-language', 'x-http-method']));
    expect(fields).not.toContain('origin');
  });

  it('what is not emulated is listed by name', () => {
    const { notEmulated } = imported(
      ruleset(
        rule('ip.src eq "1.2.3.4"', { cache: true }, { description: 'office' }),
        rule('true', { rulesets: ['x'] }, { action: 'skip', description: 'skipped' }),
        rule('true', {}, { action_parameters: undefined, description: 'empty' }),
        rule('true', {
          cache: true,
          respect_strong_etags: true,
          cache_reserve: { eligible: true },
          origin_cache_control: false,
          browser_ttl: { mode: 'bypass' },
          cache_key: {
            cache_by_device_type: true,
            cache_deception_armor: false,
            custom_key: {
              query_string: { include: ['v', 'w'] },
              cookie: { include: ['sid'] },
              user: { device_type: true },
            },
          },
        }),
      ),
    );
    expect(notEmulated).toEqual([
      'result.rules[0].expression, column 1: ip.src is not known here: the rule "office" is left out',
      'result.rules[1] (skipped): the action skip',
      'result.rules[2] (empty): without action_parameters it sets nothing',
      'result.rules[3].action_parameters.origin_cache_control: false: no-cache and private with names of fields, no-transform and immutable are as with it on',
      'result.rules[3].action_parameters.browser_ttl.mode: bypass',
      'result.rules[3].action_parameters.cache_key.custom_key.query_string: v, w: here the whole query is part of the key',
      'result.rules[3].action_parameters.cache_key.custom_key.cookie.include: sid: here all cookies are part of the key',
      'result.rules[3].action_parameters.cache_key.custom_key.user.device_type: true',
      'result.rules[3].action_parameters.cache_key.cache_by_device_type: true',
      'result.rules[3].action_parameters.respect_strong_etags: true',
      'result.rules[3].action_parameters.cache_reserve: {"eligible":true}',
    ]);
  });
});

describe('what cannot be read is told with file, place and what was expected', () => {
  const ttl = (edge_ttl: unknown) => ({
    rules: [{ action: 'set_cache_settings', expression: 'true', action_parameters: { edge_ttl } }],
  });
  it.each<[what: string, values: readonly unknown[], message: string]>([
    ['nothing of either', [{ a: 1 }], 'dir/file-1.json: this is neither a distribution'],
    ['no object', [[]], 'neither a distribution'],
    ['both', [distribution(), { rules: [] }], 'these are of several vendors'],
    [
      'two distributions',
      [distribution(), distribution()],
      'dir/file-2.json: a second distribution',
    ],
    ['no distribution', [{ CachePolicy: { Id: 'x' } }], 'no distribution is in it'],
    [
      'a cache policy without its id',
      [distribution(), { ETag: 'E1', CachePolicyConfig: { MinTTL: 1 } }],
      'dir/file-2.json: CachePolicy: expected the cache policy with its Id',
    ],
    [
      'a number that is none',
      [distribution({}, [behaviour('/a', { ...legacy(), MinTTL: '1' })])],
      'dir/file-1.json: DistributionConfig.CacheBehaviors.Items[0].MinTTL: expected a number, and it is "1"',
    ],
    [
      'seconds below 0',
      [distribution({}, [behaviour('/a', { ...legacy(), MaxTTL: -1 })])],
      'MaxTTL: expected a number of seconds, 0 or above, and it is -1',
    ],
    [
      'a list that is none',
      [distribution({ CacheBehaviors: { Quantity: 1, Items: {} } })],
      'DistributionConfig.CacheBehaviors.Items: expected a list, and it is {}',
    ],
    [
      'no default',
      [distribution({ DefaultCacheBehavior: null })],
      'DefaultCacheBehavior: expected',
    ],
    ['no pattern', [distribution({}, [behaviour('')])], 'PathPattern: expected a path pattern'],
    [
      'no cache policy',
      [distribution({ DefaultCacheBehavior: behaviour('') })],
      'DistributionConfig.DefaultCacheBehavior: expected a CachePolicyId, or ForwardedValues',
    ],
    [
      'an unknown word',
      [
        distribution({
          DefaultCacheBehavior: behaviour('', legacy({ Cookies: { Forward: 'some' } })),
        }),
      ],
      'Cookies.Forward: expected one of none, whitelist, all, and it is "some"',
    ],
    ['rules that are none', [{ rules: 5 }], 'rules: expected a list, and it is 5'],
    ['no rules', [{ result: {} }], 'result.rules: expected a list of rules'],
    [
      'another phase',
      [{ phase: 'http_request_firewall_custom', rules: [] }],
      'phase: expected http_request_cache_settings, and it is http_request_firewall_custom',
    ],
    [
      'an expression that is none',
      [
        {
          rules: [
            { action: 'set_cache_settings', expression: 'http.host eq', action_parameters: {} },
          ],
        },
      ],
      'dir/file-1.json: rules[0].expression, column 13: expected a text in quotes, and it ends',
    ],
    [
      'no expression',
      [{ rules: [{ action: 'set_cache_settings' }] }],
      'rules[0].expression: expected',
    ],
    [
      'a browser TTL without a mode',
      [
        {
          rules: [
            {
              action: 'set_cache_settings',
              expression: 'true',
              action_parameters: { browser_ttl: { default: 5 } },
            },
          ],
        },
      ],
      'rules[0].action_parameters.browser_ttl.mode: expected respect_origin, bypass_by_default or override_origin',
    ],
    ['a mode', [ttl({ mode: 'sometimes' })], 'edge_ttl.mode: expected one of respect_origin'],
    [
      'an override without seconds',
      [ttl({ mode: 'override_origin' })],
      'edge_ttl.default: expected',
    ],
    [
      'a status without seconds',
      [ttl({ mode: 'respect_origin', status_code_ttl: [{ status_code: 200 }] })],
      'status_code_ttl[0].value: expected seconds',
    ],
    [
      'seconds without a status',
      [ttl({ mode: 'respect_origin', status_code_ttl: [{ value: 5 }] })],
      'status_code_ttl[0].status_code: expected a status',
    ],
  ])('%s', (_, values, message) => {
    expect(() => imported(...values)).toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        message: expect.stringContaining(message),
        hint: expect.any(String),
      }),
    );
  });
});
