import { PopletError, type Policy } from '@poplet/policy';

import { nameOf, type Imported, type ImportedFile } from '../import/imported.ts';
import { JsonObject } from '../import/json-object.ts';
import {
  CACHING_DISABLED,
  CACHING_OPTIMIZED,
  cloudFrontPolicy,
  ORIGIN_HEADERS,
  type CachePolicy,
  type Forwarding,
} from './cache-policy.ts';
import { matchesPathPattern } from './path-pattern.ts';

/** The cache policies that Amazon manages, by id. */
const MANAGED: Readonly<Record<string, CachePolicy>> = {
  '658327ea-f89d-4fab-a63d-7e88639e58f6': CACHING_OPTIMIZED,
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': { ...CACHING_OPTIMIZED, hasCodings: false },
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': CACHING_DISABLED,
  '83da9c7e-98b4-4e11-a168-04f0df8e2c65': ORIGIN_HEADERS,
  '4cc15a8a-d715-48a4-82b8-cc0b614638fe': { ...ORIGIN_HEADERS, query: 'whole' },
};

/** Amplify: its TTLs are documented; its key is not known here. */
const AMPLIFY_ID = '2e54312d-136d-493c-8eb9-b001f22f67d2';
const AMPLIFY: CachePolicy = {
  ...CACHING_OPTIMIZED,
  ttls: { least: 2, given: 2, most: 600 },
};

/** The origin request policies that Amazon manages, by id: what reaches the origin beside the key. */
const FORWARDED: Readonly<Record<string, Forwarding>> = {
  // AllViewer, AllViewerAndCloudFrontHeaders-2022-06, AllViewerExceptHostHeader
  '216adef6-5c7f-47e4-b989-5492eafa07d3': 'all',
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': 'all-and-own',
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': 'all',
  // CORS-CustomOrigin, CORS-S3Origin, UserAgentRefererHeaders
  '59781a5b-3903-41f3-afcb-af62929ccde1': ['origin'],
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': [
    'origin',
    'access-control-request-headers',
    'access-control-request-method',
  ],
  'acba4595-bd28-49b8-b9fe-13317c0390fa': ['user-agent', 'referer'],
};

/** What says nothing of how a cache treats a response. */
const NO_CACHING = [
  'Aliases',
  'AnycastIpListId',
  'CallerReference',
  'Comment',
  'ConnectionMode',
  'Enabled',
  'HttpVersion',
  'IsIPV6Enabled',
  'Logging',
  'PriceClass',
  'Staging',
  'ViewerCertificate',
];

/** One behaviour, as a policy. */
interface Behaviour {
  /** Undefined: the default. */
  readonly pattern: string | undefined;
  readonly policy: Policy;
}

/** Whether a file has what `importCloudFront` reads. */
export function isCloudFront(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'DistributionConfig' in value ||
    'Distribution' in value ||
    'DefaultCacheBehavior' in value ||
    'CachePolicy' in value ||
    'CachePolicyConfig' in value
  );
}

/**
 * Reads a distribution as `aws cloudfront get-distribution-config` writes it, and beside it cache policies as
 * `aws cloudfront get-cache-policy` does. Throws PopletError `config-invalid` with file, place and what was expected.
 */
export function importCloudFront(files: readonly ImportedFile[]): Imported {
  const notEmulated: string[] = [];
  const policies = new Map<string, JsonObject>();
  const distributions: { readonly file: string; readonly config: JsonObject }[] = [];
  for (const { file, value } of files) {
    const whole = new JsonObject(value, { file, place: '' });
    if (whole.has('CachePolicyConfig'))
      throw whole.invalid(
        'CachePolicy',
        'expected the cache policy with its Id, as aws cloudfront get-cache-policy writes it (not get-cache-policy-config)',
      );
    const policy = whole.object('CachePolicy');
    if (policy === undefined) {
      const config = (whole.object('Distribution') ?? whole).object('DistributionConfig') ?? whole;
      distributions.push({ file, config });
      continue;
    }
    const id = policy.text('Id');
    if (id === undefined) throw policy.invalid('Id', 'expected the id of the cache policy');
    policies.set(id, policy);
  }
  const [distribution, ...others] = distributions;
  if (distribution === undefined || others.length > 0) {
    throw new PopletError(
      'config-invalid',
      distribution === undefined
        ? `${files.map(({ file }) => file).join(', ')}: no distribution is in it`
        : `${others[0]?.file}: a second distribution`,
      {
        hint: 'one site has one: aws cloudfront get-distribution-config --id … > distribution.json',
      },
    );
  }
  const reading: Reading = { ...distribution, policies, notEmulated };
  const behaviours = behavioursOf(reading);
  const standard = behaviours.at(-1) as Behaviour;
  notEmulated.push(...restOf(reading));
  return {
    vendor: 'cloudfront',
    policy: standard.policy,
    policyFor: ({ target }) => {
      const mark = target.indexOf('?');
      const path = mark === -1 ? target : target.slice(0, mark);
      const found = behaviours.find(
        ({ pattern }) => pattern !== undefined && matchesPathPattern(pattern, path),
      );
      return (found ?? standard).policy;
    },
    // Two behaviours may have one cache policy.
    notEmulated: [...new Set(notEmulated)],
    goesByHost: [],
  };
}

interface Reading {
  readonly file: string;
  readonly config: JsonObject;
  /** Cache policies that were given, by id. */
  readonly policies: ReadonlyMap<string, JsonObject>;
  readonly notEmulated: string[];
}

/** In the order in which they are looked at, the default last. */
function behavioursOf(reading: Reading): readonly Behaviour[] {
  const { config } = reading;
  const file = nameOf(reading);
  const standard = config.object('DefaultCacheBehavior');
  if (standard === undefined)
    throw config.invalid('DefaultCacheBehavior', 'expected the default cache behaviour');
  const shared = sharedOf(reading);
  const listed = itemsOf(config, 'CacheBehaviors').map((behaviour): Behaviour => {
    const pattern = behaviour.text('PathPattern');
    if (pattern === undefined || pattern === '')
      throw behaviour.invalid('PathPattern', 'expected a path pattern, such as /images/*');
    const name = `cloudfront (${file}, ${pattern})`;
    return { pattern, policy: behaviourPolicy(name, behaviour, { ...reading, ...shared }) };
  });
  const policy = behaviourPolicy(`cloudfront (${file})`, standard, { ...reading, ...shared });
  const origin = standard.text('TargetOriginId');
  for (const behaviour of itemsOf(config, 'CacheBehaviors')) {
    const other = behaviour.text('TargetOriginId');
    if (other !== origin)
      reading.notEmulated.push(
        `${behaviour.place}.TargetOriginId: ${other}, where the default asks ${origin}: here one server is asked for all`,
      );
  }
  return [...listed, { pattern: undefined, policy }];
}

/** What holds for all behaviours. */
interface Shared {
  /** How long each error is stored at least, by status. Seconds. */
  readonly errors: ReadonlyMap<number, number>;
  readonly tagField: string | undefined;
}

function sharedOf({ config, notEmulated }: Reading): Shared {
  const errors = new Map<number, number>();
  for (const response of itemsOf(config, 'CustomErrorResponses')) {
    const code = response.number('ErrorCode');
    if (code === undefined) throw response.invalid('ErrorCode', 'expected a status, such as 404');
    const seconds = response.seconds('ErrorCachingMinTTL');
    if (seconds !== undefined) errors.set(code, seconds);
    notEmulated.push(...response.unread());
  }
  const tags = config.object('CacheTagConfig');
  const tagField = tags?.text('HeaderName')?.toLowerCase();
  notEmulated.push(...(tags?.unread() ?? []));
  return { errors, tagField };
}

/** Lists stand in `Items`, beside their length. */
function itemsOf(within: JsonObject, key: string): readonly JsonObject[] {
  return within.object(key)?.objects('Items') ?? [];
}

function namesOf(within: JsonObject | undefined, key: string): readonly string[] {
  return within?.object(key)?.texts('Items') ?? [];
}

// ── behaviours ─────────────────────────────────────────────────────────────────────────────────

function behaviourPolicy(
  name: string,
  behaviour: JsonObject,
  { policies, notEmulated, errors, tagField }: Reading & Shared,
): Policy {
  const id = behaviour.text('CachePolicyId');
  const base =
    id === undefined || id === ''
      ? forwardedValues(behaviour, notEmulated)
      : namedPolicy(id, { behaviour, policies, notEmulated });
  const isCompressed = behaviour.flag('Compress') ?? false;
  const policy = cloudFrontPolicy(name, {
    ...base,
    forwarding: forwardingOf(behaviour, notEmulated),
    errors,
    tagFields: tagField === undefined ? [] : [tagField],
  });
  noteMethods(behaviour, notEmulated);
  const protocol = behaviour.text('ViewerProtocolPolicy');
  if (protocol !== undefined && protocol !== 'allow-all')
    notEmulated.push(`${behaviour.place}.ViewerProtocolPolicy: ${protocol}`);
  behaviour.passOver('PathPattern', 'RealtimeLogConfigArn', 'TargetOriginId');
  notEmulated.push(...behaviour.unread());
  return { ...policy, coding: { ...policy.coding, isOn: isCompressed } };
}

function forwardingOf(behaviour: JsonObject, notEmulated: string[]): Forwarding {
  const id = behaviour.text('OriginRequestPolicyId');
  if (id === undefined || id === '') return [];
  const known = FORWARDED[id];
  if (known !== undefined) return known;
  notEmulated.push(
    `${behaviour.place}.OriginRequestPolicyId: ${id} is none that is known here: only what is part of the key reaches the origin`,
  );
  return [];
}

/** GET and HEAD are cached; whatever is allowed is passed on. */
function noteMethods(behaviour: JsonObject, notEmulated: string[]): void {
  const allowed = behaviour.object('AllowedMethods');
  if (allowed === undefined) return;
  const methods = allowed.texts('Items');
  const cached = allowed.object('CachedMethods')?.texts('Items') ?? [];
  if (cached.includes('OPTIONS'))
    notEmulated.push(`${allowed.place}.CachedMethods: OPTIONS is not cached`);
  if (methods.length > 0 && !methods.includes('POST'))
    notEmulated.push(
      `${allowed.place}: ${methods.join(', ')}: other methods reach the origin here, and are not refused`,
    );
}

function namedPolicy(
  id: string,
  {
    behaviour,
    policies,
    notEmulated,
  }: Pick<Reading, 'policies' | 'notEmulated'> & { readonly behaviour: JsonObject },
): CachePolicy {
  const managed = MANAGED[id];
  if (managed !== undefined) return managed;
  const given = policies.get(id)?.object('CachePolicyConfig');
  if (given !== undefined) return givenPolicy(given, notEmulated);
  const place = `${behaviour.place}.CachePolicyId`;
  if (id === AMPLIFY_ID) {
    notEmulated.push(`${place}: Amplify: its TTLs hold, and its key is that of CachingOptimized`);
    return AMPLIFY;
  }
  notEmulated.push(
    `${place}: ${id} is none that is known here, so CachingOptimized holds; import it too: aws cloudfront get-cache-policy --id ${id}`,
  );
  return CACHING_OPTIMIZED;
}

/** The three TTLs, and what CloudFront takes for those that are not named. */
function ttlsOf(within: JsonObject): CachePolicy['ttls'] {
  const least = within.seconds('MinTTL') ?? 0;
  return {
    least,
    given: within.seconds('DefaultTTL') ?? Math.max(least, 86_400),
    most: within.seconds('MaxTTL') ?? Math.max(least, 31_536_000),
  };
}

/** A cache policy of the customer's own. */
function givenPolicy(config: JsonObject, notEmulated: string[]): CachePolicy {
  const ttls = ttlsOf(config);
  const key = config.object('ParametersInCacheKeyAndForwardedToOrigin');
  config.passOver('Name', 'Comment');
  notEmulated.push(...config.unread());
  if (key === undefined) return { ...CACHING_DISABLED, ttls };
  const gzip = key.flag('EnableAcceptEncodingGzip') ?? false;
  const brotli = key.flag('EnableAcceptEncodingBrotli') ?? false;
  const headers = key.object('HeadersConfig');
  headers?.word('HeaderBehavior', ['none', 'whitelist']);
  const cookies = key.object('CookiesConfig');
  const query = key.object('QueryStringsConfig');
  const cookieBehaviour = cookies?.word('CookieBehavior', BEHAVIOURS) ?? 'none';
  const queryBehaviour = query?.word('QueryStringBehavior', BEHAVIOURS) ?? 'none';
  noteNames({ within: cookies, names: namesOf(cookies, 'Cookies'), what: 'cookies' }, notEmulated);
  noteNames({ within: query, names: namesOf(query, 'QueryStrings'), what: 'query' }, notEmulated);
  notEmulated.push(...key.unread());
  return {
    ...CACHING_OPTIMIZED,
    ttls,
    query: queryBehaviour === 'none' ? 'none' : 'whole',
    fields: namesOf(headers, 'Headers').map((name) => name.toLowerCase()),
    hasCookies: cookieBehaviour !== 'none',
    hasCodings: gzip || brotli,
  };
}

const BEHAVIOURS = ['none', 'whitelist', 'allExcept', 'all'] as const;

/** Some of the cookies, or of the parameters, make up the key: here all of them do. */
function noteNames(
  {
    within,
    names,
    what,
  }: {
    readonly within: JsonObject | undefined;
    readonly names: readonly string[];
    readonly what: 'cookies' | 'query';
  },
  notEmulated: string[],
): void {
  if (within === undefined || names.length === 0) return;
  const whole = what === 'query' ? 'the whole query is' : 'all cookies are';
  notEmulated.push(`${within.place}: ${names.join(', ')}: here ${whole} part of the key`);
}

/** What a behaviour of the older kind says itself: TTLs, and what is forwarded and part of the key. */
function forwardedValues(behaviour: JsonObject, notEmulated: string[]): CachePolicy {
  const ttls = ttlsOf(behaviour);
  const values = behaviour.object('ForwardedValues');
  if (values === undefined)
    throw behaviour.invalid('', 'expected a CachePolicyId, or ForwardedValues');
  const query = values.flag('QueryString') ?? false;
  const cookies = values.object('Cookies');
  const forward = cookies?.word('Forward', ['none', 'whitelist', 'all']) ?? 'none';
  const headers = namesOf(values, 'Headers').map((name) => name.toLowerCase());
  const names = namesOf(cookies, 'WhitelistedNames');
  noteNames({ within: cookies, names, what: 'cookies' }, notEmulated);
  const parameters = namesOf(values, 'QueryStringCacheKeys');
  noteNames({ within: values, names: parameters, what: 'query' }, notEmulated);
  notEmulated.push(...values.unread());
  // All headers: nothing is cached.
  if (headers.includes('*')) return { ...CACHING_DISABLED, query: query ? 'whole' : 'none' };
  return {
    ...CACHING_OPTIMIZED,
    ttls,
    query: query ? 'whole' : 'none',
    fields: headers,
    hasCookies: forward !== 'none',
  };
}

// ── the rest of the distribution ───────────────────────────────────────────────────────────────

function restOf({ config }: Reading): readonly string[] {
  const lines: string[] = [];
  const origins = itemsOf(config, 'Origins');
  for (const origin of origins) {
    const id = origin.text('Id') ?? '';
    const path = origin.text('OriginPath') ?? '';
    if (path !== '') lines.push(`${origin.place}.OriginPath: ${path} (${id})`);
    const shield = origin.object('OriginShield');
    if (shield?.flag('Enabled') === true) lines.push(`${origin.place}.OriginShield (${id})`);
    if (origin.object('CustomHeaders')?.objects('Items').length)
      lines.push(`${origin.place}.CustomHeaders (${id})`);
  }
  const root = config.text('DefaultRootObject') ?? '';
  if (root !== '' && root !== 'index.html')
    lines.push(`${config.place}.DefaultRootObject: ${root}`);
  const geo = config.object('Restrictions')?.object('GeoRestriction');
  const restriction = geo?.text('RestrictionType') ?? 'none';
  if (restriction !== 'none')
    lines.push(`${geo?.place}: ${restriction} ${geo?.texts('Items').join(', ')}`);
  config.passOver(...NO_CACHING);
  return [...lines, ...config.unread()];
}
