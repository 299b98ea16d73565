import path from 'node:path';

import {
  createEdge,
  type ComparedTreatment,
  type Comparison,
  type Edge,
  type ExplainRequest,
  type PolicyChoice,
} from '@poplet/edge';
import type { OriginOptions } from '@poplet/origin';
import { PopletError, rfc9111 } from '@poplet/policy';

import { namedCdn, type NamedCdn } from './named-cdn.ts';
import { folderPaths, pageUrls } from './site-urls.ts';
import { readSource } from './source.ts';
import {
  ASPECTS,
  aspectsOf,
  differingAspects,
  type Aspect,
  type TreatmentAspects,
} from './treatment-aspects.ts';

export interface DiffSiteInput {
  /** A folder, the address of a server, or a URL of a page. */
  readonly source: string;
  /** Names of two profiles, or of files as `namedCdn` has them. */
  readonly profiles: readonly [one: string, other: string];
  /** What is compared. Default: all of it. */
  readonly aspects?: readonly Aspect[] | undefined;
  /** Of every request. */
  readonly headers?: ExplainRequest['headers'];
  /** URLs of a page at most. Default: 500. */
  readonly limit?: number | undefined;
}

/** Where two profiles treat a site differently. Plain data: it is JSON as it stands. */
export interface SiteDiff {
  readonly source: string;
  readonly profiles: readonly [string, string];
  readonly aspects: readonly Aspect[];
  /** How many URLs were compared. */
  readonly compared: number;
  /** How many were found beyond the limit, and left out. */
  readonly leftOut: number;
  readonly differences: readonly UrlDifference[];
  readonly failures: readonly { readonly url: string; readonly message: string }[];
  /** What files say and no policy does. */
  readonly notEmulated: readonly string[];
}

export interface UrlDifference {
  /** Of a folder: its path. */
  readonly url: string;
  /** What the origin server answered on behalf of the first. */
  readonly status: number;
  /** In what they differ; never empty. */
  readonly aspects: readonly Aspect[];
  readonly treatments: readonly [ComparedAspects, ComparedAspects];
}

/** What one profile makes of a URL, and why. */
export interface ComparedAspects extends TreatmentAspects {
  readonly profile: string;
  readonly why: string;
}

/** Requests to the origin server that are under way at once. */
const AT_ONCE = 16;
const DEFAULT_LIMIT = 500;

/**
 * Asks the origin server once for each URL of a site, and says where two profiles would treat its answers
 * differently. Throws PopletError (`invalid-option`, `folder-missing`, `upstream-unreachable`, …).
 */
export async function diffSite(input: DiffSiteInput): Promise<SiteDiff> {
  const [one, other] = (await Promise.all(input.profiles.map(namedCdn))) as [NamedCdn, NamedCdn];
  if (one.name === other.name) {
    throw new PopletError('invalid-option', `${one.name} is compared with itself`, {
      hint: 'name two profiles: --profile cloudflare --profile fastly',
    });
  }
  const site = await openSite(input, [one, other]);
  try {
    const results: Result[] = [];
    const comparing = { sides: site.sides, input, policies: [one.policy, other.policy] } as const;
    for (let index = 0; index < site.targets.length; index += AT_ONCE) {
      const some = site.targets.slice(index, index + AT_ONCE);
      results.push(...(await Promise.all(some.map((target) => compared(target, comparing)))));
    }
    return {
      source: input.source,
      profiles: [one.name, other.name],
      aspects: input.aspects ?? ASPECTS,
      compared: results.filter(({ kind }) => kind !== 'failure').length,
      leftOut: site.leftOut,
      differences: results.flatMap((result) =>
        result.kind === 'difference' ? [result.found] : [],
      ),
      failures: results.flatMap((result) => (result.kind === 'failure' ? [result.found] : [])),
      notEmulated: [...one.notEmulated, ...other.notEmulated],
    };
  } finally {
    await site.close();
  }
}

/** Whoever is asked on behalf of a profile. */
interface Side {
  readonly edge: Edge;
  /** Of the origin server. */
  readonly origin: string;
}

/** What is compared, and whoever is asked for it: the same for both, or each its own. */
interface OpenSite {
  /** Paths and queries. */
  readonly targets: readonly string[];
  readonly leftOut: number;
  readonly sides: readonly [Side, Side];
  close(): Promise<void>;
}

async function openSite(
  input: DiffSiteInput,
  cdns: readonly [NamedCdn, NamedCdn],
): Promise<OpenSite> {
  const { source } = input;
  if (/^https?:\/\/[^/]+\/./iu.test(source)) return await openPage(source, input);
  const found = await readSource(source);
  return found.kind === 'server'
    ? await openPage(`${found.url}/`, input)
    : await openFolder(found.folder, cdns);
}

async function openPage(page: string, { limit, headers }: DiffSiteInput): Promise<OpenSite> {
  const { origin } = new URL(page);
  const { urls, leftOut } = await pageUrls(page, {
    limit: limit ?? DEFAULT_LIMIT,
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  });
  const side = { edge: edgeBefore(origin, 'viewer'), origin };
  return {
    targets: urls.map((url) => url.slice(origin.length)),
    leftOut,
    sides: [side, side],
    close: () => side.edge.close(),
  };
}

/** Each profile has the folder served as its own CDN would, where that hosts folders. */
async function openFolder(folder: string, cdns: readonly [NamedCdn, NamedCdn]): Promise<OpenSite> {
  const targets = await folderPaths(folder, { cleanUrls: true });
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.toReversed()) await closer();
  };
  const serve = async (hosting: OriginOptions['hosting']): Promise<Side> => {
    const { createOrigin } = await import('@poplet/origin');
    const origin = await createOrigin({ folder: path.resolve(folder), hosting });
    closers.push(() => origin.close());
    const { url } = await origin.listen({ port: 0, host: '127.0.0.1' });
    const edge = edgeBefore(url, 'upstream');
    closers.push(() => edge.close());
    return { edge, origin: url };
  };
  try {
    const hostings = cdns.map(({ vendor }) => vendor?.staticRules);
    const first = await serve(hostings[0]);
    const second = hostings[0] === hostings[1] ? first : await serve(hostings[1]);
    return { targets, leftOut: 0, sides: [first, second], close };
  } catch (error) {
    await close();
    throw error;
  }
}

function edgeBefore(url: string, hostHeader: 'upstream' | 'viewer'): Edge {
  return createEdge({ sites: [{ upstream: { url }, policy: rfc9111, hostHeader }] });
}

type Result =
  | { readonly kind: 'same' }
  | { readonly kind: 'difference'; readonly found: UrlDifference }
  | { readonly kind: 'failure'; readonly found: SiteDiff['failures'][number] };

interface Comparing {
  readonly sides: OpenSite['sides'];
  readonly input: DiffSiteInput;
  readonly policies: readonly [PolicyChoice, PolicyChoice];
}

async function compared(target: string, { sides, input, policies }: Comparing): Promise<Result> {
  const { headers = {}, aspects } = input;
  const [one, other] = sides;
  const ask = ({ edge, origin }: Side, own: readonly PolicyChoice[]): Promise<Comparison> =>
    edge.compare({ url: origin + target, headers }, own);
  try {
    const answers =
      one === other
        ? [await ask(one, policies)]
        : [await ask(one, [policies[0]]), await ask(other, [policies[1]])];
    const treatments = answers.flatMap((answer) => answer.treatments);
    const [first, second] = treatments as [ComparedTreatment, ComparedTreatment];
    const differing = differingAspects(first, second, aspects);
    if (differing.length === 0) return { kind: 'same' };
    return {
      kind: 'difference',
      found: {
        url: target,
        status: (answers[0] as Comparison).upstream.status,
        aspects: differing,
        treatments: [comparedAspects(first), comparedAspects(second)],
      },
    };
  } catch (error) {
    if (!(error instanceof PopletError)) throw error;
    return { kind: 'failure', found: { url: target, message: error.message } };
  }
}

function comparedAspects(treatment: ComparedTreatment): ComparedAspects {
  return {
    profile: treatment.profile,
    why: treatment.verdict.text,
    ...aspectsOf(treatment),
  };
}
