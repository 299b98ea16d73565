import path from 'node:path';

import { createEdge, type ComparedTreatment, type Edge, type ExplainRequest } from '@poplet/edge';
import { PopletError, rfc9111, type Policy } from '@poplet/policy';

import { profileNamed } from './profiles.ts';
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
  /** Names of two profiles. */
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
}

export interface UrlDifference {
  /** Of a folder: its path. */
  readonly url: string;
  /** What the origin server answered. */
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
  const [one, other] = input.profiles.map(profileNamed) as [Policy, Policy];
  if (one.name === other.name) {
    throw new PopletError('invalid-option', `${one.name} is compared with itself`, {
      hint: 'name two profiles: --profile cloudflare --profile fastly',
    });
  }
  const site = await openSite(input);
  try {
    const results: Result[] = [];
    const comparing = { site, input, policies: [one, other] } as const;
    for (let index = 0; index < site.urls.length; index += AT_ONCE) {
      const some = site.urls.slice(index, index + AT_ONCE);
      results.push(...(await Promise.all(some.map((url) => compared(url, comparing)))));
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
    };
  } finally {
    await site.close();
  }
}

/** What is compared, and whoever is asked for it. */
interface OpenSite {
  /** Absolute. */
  readonly urls: readonly string[];
  readonly leftOut: number;
  readonly edge: Edge;
  /** What the URLs begin with and is not worth showing. */
  readonly prefix: string;
  close(): Promise<void>;
}

async function openSite(input: DiffSiteInput): Promise<OpenSite> {
  const { source } = input;
  if (/^https?:\/\/[^/]+\/./iu.test(source)) return await openPage(source, input);
  const found = await readSource(source);
  return found.kind === 'server'
    ? await openPage(`${found.url}/`, input)
    : await openFolder(found.folder);
}

async function openPage(page: string, { limit, headers }: DiffSiteInput): Promise<OpenSite> {
  const { origin } = new URL(page);
  const { urls, leftOut } = await pageUrls(page, {
    limit: limit ?? DEFAULT_LIMIT,
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  });
  const edge = edgeBefore(origin, 'viewer');
  return { urls, leftOut, edge, prefix: origin, close: () => edge.close() };
}

async function openFolder(folder: string): Promise<OpenSite> {
  const { createOrigin } = await import('@poplet/origin');
  const paths = await folderPaths(folder, { cleanUrls: true });
  const origin = await createOrigin({ folder: path.resolve(folder) });
  try {
    const { url } = await origin.listen({ port: 0, host: '127.0.0.1' });
    const edge = edgeBefore(url, 'upstream');
    const close = async (): Promise<void> => {
      await edge.close();
      await origin.close();
    };
    return { urls: paths.map((one) => url + one), leftOut: 0, edge, prefix: url, close };
  } catch (error) {
    await origin.close();
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
  readonly site: OpenSite;
  readonly input: DiffSiteInput;
  readonly policies: readonly [Policy, Policy];
}

async function compared(url: string, { site, input, policies }: Comparing): Promise<Result> {
  const shown = url.startsWith(site.prefix) ? url.slice(site.prefix.length) : url;
  const { headers, aspects } = input;
  try {
    const { upstream, treatments } = await site.edge.compare(
      { url, ...(headers === undefined ? {} : { headers }) },
      policies,
    );
    const [one, other] = treatments as readonly [ComparedTreatment, ComparedTreatment];
    const differing = differingAspects(one, other, aspects);
    if (differing.length === 0) return { kind: 'same' };
    return {
      kind: 'difference',
      found: {
        url: shown,
        status: upstream.status,
        aspects: differing,
        treatments: [comparedAspects(one), comparedAspects(other)],
      },
    };
  } catch (error) {
    if (!(error instanceof PopletError)) throw error;
    return { kind: 'failure', found: { url: shown, message: error.message } };
  }
}

function comparedAspects(treatment: ComparedTreatment): ComparedAspects {
  return {
    profile: treatment.profile,
    why: treatment.verdict.text,
    ...aspectsOf(treatment),
  };
}
