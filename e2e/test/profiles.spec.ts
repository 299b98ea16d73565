// The same built site under each profile: what the browser's cache and the edge's do is what the table of
// `poplet explain` says of the same responses.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { aspectsOf, compareProfiles, PROFILES, type ComparedProfile } from '@poplet/cdn';
import { createOrigin, type Origin } from '@poplet/origin';
import type { AnswerView } from '@poplet/policy';
import { viteApp } from '../sites/vite-app/site.ts';
import { expect, test, type Visitor } from './fixtures.ts';
import { exchangesFor, outcomesOf, pathOf } from './journals.ts';
import { startRig, type Rig } from './rig.ts';

/** What the origin server says: what CDNs answer differently. */
const CACHE_CONTROL = {
  '/': 'max-age=600',
  '/tides.json': 'no-cache',
  '/compass.svg': 'max-age=300, s-maxage=60, stale-while-revalidate=600',
  '/assets/*': 'public, max-age=31536000, immutable',
};

/** `asset` is the application's script, whatever its hash. */
const LOOKED_AT = ['page', 'data', 'picture', 'asset'] as const;

type LookedAt = (typeof LOOKED_AT)[number];

/** Seconds of freshness at the edge (`asks`: kept, and the origin asked each time), and in the browser. */
type Expected = Readonly<
  Record<LookedAt, readonly [edge: number | 'asks' | 'no', browser: number]>
> & {
  /** How long the picture is served stale while it is refreshed; null: it is not stored. */
  readonly refreshed: number | null;
};

const YEAR = 31_536_000;
const DAY = 86_400;
/** Akamai keeps what has no lifetime of its own for as long as anything. */
const FOR_GOOD = 10 * YEAR;

const AS_IT_SAYS: Expected = {
  page: [600, 600],
  data: ['asks', 0],
  picture: [60, 300],
  asset: [YEAR, YEAR],
  refreshed: 0,
};

/** Typed from the reference of vendors. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  rfc9111: AS_IT_SAYS,
  // HTML and JSON have no extension that it caches; s-maxage forbids stale answers.
  cloudflare: { ...AS_IT_SAYS, page: ['no', 600], data: ['no', 0] },
  // no-cache alone is no lifetime: the boilerplate's fallback.
  fastly: { ...AS_IT_SAYS, data: [3600, 0], refreshed: 600 },
  // no-cache is stored for the minimum TTL.
  cloudfront: { ...AS_IT_SAYS, data: [1, 0], refreshed: 600 },
  'cloudfront-caching-disabled': {
    page: ['no', 600],
    data: ['no', 0],
    picture: ['no', 300],
    asset: ['no', YEAR],
    refreshed: null,
  },
  'cloudfront-origin-headers': { ...AS_IT_SAYS, refreshed: 600 },
  // A function's answer needs s-maxage, or a field for CDNs.
  vercel: {
    page: ['no', 600],
    data: ['no', 0],
    picture: [60, 300],
    asset: ['no', YEAR],
    refreshed: 600,
  },
  netlify: { ...AS_IT_SAYS, refreshed: 600 },
  // no-cache without public is not stored; at most a day at the edge, an hour in browsers.
  'google-cloud-cdn': { ...AS_IT_SAYS, data: ['no', 0], asset: [DAY, 3600] },
  // Thirty days at most.
  'google-cloud-cdn-origin-headers': {
    ...AS_IT_SAYS,
    data: ['no', 0],
    asset: [30 * DAY, YEAR],
  },
  // An hour, whatever the origin says.
  'google-cloud-cdn-force-cache-all': {
    page: [3600, 3600],
    data: [3600, 3600],
    picture: [3600, 3600],
    asset: [3600, 3600],
    refreshed: 0,
  },
  'google-cloud-cdn-bucket': { ...AS_IT_SAYS, data: ['no', 0], asset: [DAY, 3600] },
  'azure-front-door': { ...AS_IT_SAYS, data: ['no', 0] },
  // Browsers get the lesser of what is left at the edge and what the origin said.
  akamai: { ...AS_IT_SAYS, picture: [60, 60] },
  bunny: AS_IT_SAYS,
  // no-cache is not stored, as by nginx.
  keycdn: { ...AS_IT_SAYS, data: ['no', 0], refreshed: 600 },
  'akamai-max-age': {
    page: [FOR_GOOD, 600],
    data: [FOR_GOOD, 0],
    picture: [FOR_GOOD, 300],
    asset: [FOR_GOOD, YEAR],
    refreshed: 0,
  },
};

let folder: string;
let origin: Origin;
let originUrl: string;

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poplet-e2e-'));
  await viteApp.prepare(folder);
  origin = await createOrigin({
    folder,
    rules: Object.entries(CACHE_CONTROL).map(([pattern, value]) => ({
      source: 'the test',
      pattern,
      set: [{ name: 'Cache-Control', value }],
      unset: [],
    })),
  });
  // Date counts in whole seconds: what is sent at the end of one would be a second old, as long as some of it is fresh.
  origin.app.addHook('onRequest', (_request, reply, done) => {
    reply.raw.sendDate = false;
    done();
  });
  originUrl = (await origin.listen()).url;
});

test.afterAll(async () => {
  await origin.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the table says of a path: one request to the origin server, past the edge that is looked at. */
async function tableOf(profile: string, rig: Rig, target: string): Promise<ComparedProfile> {
  const { profiles } = await compareProfiles({
    request: {
      url: rig.cdn.url + target,
      headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' },
    },
    upstreamUrl: originUrl,
    profiles: [profile],
  });
  return profiles[0] as ComparedProfile;
}

async function visit({ page }: Visitor, rig: Rig): Promise<void> {
  rig.cdn.edge.journal.clear();
  // A visit, not a reload.
  await page.goto('about:blank');
  await page.goto(rig.cdn.url);
  await viteApp.use(page);
  await rig.quiet();
}

for (const profile of Object.keys(PROFILES)) {
  test(`${profile}: the edge and the browser do what the table says`, async ({
    newVisitor,
    protocol,
  }) => {
    const upstream = {
      name: 'the origin server of the site',
      start: () => Promise.resolve({ source: originUrl, close: () => Promise.resolve() }),
    };
    const rig = await startRig(upstream, protocol, profile);
    try {
      await agrees(profile, rig, newVisitor);
    } finally {
      await rig.close();
    }
  });
}

async function agrees(
  profile: string,
  rig: Rig,
  newVisitor: () => Promise<Visitor>,
): Promise<void> {
  const { clock } = rig.cdn.edge;
  clock.freeze();
  const first = await newVisitor();
  await visit(first, rig);
  const asset = first
    .urls()
    .map(pathOf)
    .find((one) => /^\/assets\/index-[\w-]+\.js$/u.test(one));
  const targets: Readonly<Record<LookedAt, string>> = {
    page: '/',
    data: '/tides.json',
    picture: '/compass.svg',
    asset: asset ?? '',
  };
  const tables = Object.fromEntries(
    await Promise.all(
      LOOKED_AT.map(async (one) => [one, await tableOf(profile, rig, targets[one])] as const),
    ),
  ) as Readonly<Record<LookedAt, ComparedProfile>>;
  const expected = EXPECTED[profile];
  if (expected !== undefined) expect(expectedOf(tables)).toEqual(expected);

  const second = await newVisitor();
  await visit(second, rig);
  for (const one of LOOKED_AT) {
    const outcomes = outcomesOf(rig, targets[one]);
    const isHit = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'hit');
    expect(isHit, `${one} at the edge: ${outcomes.join()}`).toBe(isFresh(tables[one]));
  }

  // The same browser once more: what it has is asked for unless it may be used as it is.
  await visit(second, rig);
  for (const one of LOOKED_AT) {
    const isAsked = outcomesOf(rig, targets[one]).length > 0;
    const { kind } = browserOf(tables[one]);
    expect(isAsked, `${one} in the browser: ${kind}`).toBe(kind !== 'fresh');
  }

  clock.advance(61_000);
  await visit(await newVisitor(), rig);
  const answered = exchangesFor(rig, targets.picture).filter(({ background }) => !background);
  expect(answered.map(({ outcome }) => outcome)).toEqual([
    expect.stringMatching(laterOf(tables.picture)),
  ]);
}

function isFresh(table: ComparedProfile): boolean {
  return aspectsOf(table).stored === 'fresh';
}

function browserOf({ fromCache, fromOrigin }: ComparedProfile): AnswerView['browser'] {
  const { browser, fields } = (fromCache ?? fromOrigin) as AnswerView;
  // What arrives in the next second of the clock is a second old.
  const [, age = '0'] = fields.find(([name]) => name === 'Age') ?? [];
  return { ...browser, seconds: browser.seconds + Number(age) };
}

/** The table in the words of this file. */
function expectedOf(tables: Readonly<Record<LookedAt, ComparedProfile>>): Expected {
  const said = LOOKED_AT.map((one) => {
    const { stored, lifetime } = aspectsOf(tables[one]);
    const edge = lifetime ?? (stored === 'validated' ? 'asks' : 'no');
    return [one, [edge, browserOf(tables[one]).seconds]] as const;
  });
  const { stale } = aspectsOf(tables.picture);
  const refreshed = stale === null ? null : stale.whileRevalidateSeconds;
  return { ...Object.fromEntries(said), refreshed } as Expected;
}

/** What becomes of a request when 61 s have passed. */
function laterOf(table: ComparedProfile): RegExp {
  const { stored, lifetime, stale } = aspectsOf(table);
  if (stored === 'no') return /^(?:miss|bypass|ineligible|pass)$/u;
  if ((lifetime ?? 0) > 61) return /^hit$/u;
  return stale?.whileRevalidateSeconds === 0 ? /^(?:expired|revalidated)$/u : /^updating$/u;
}
