import { Command } from 'commander';

import type { ExplainRequest, SiteExplanation } from '@poplet/edge';
import { PopletError, type FieldPairs } from '@poplet/policy';

import {
  adminOptions,
  callAdmin,
  trustLocalAuthority,
  type AdminOptions,
} from '../admin-client.ts';
import { comparisonText } from '../comparison-text.ts';
import { edgeOrigins, type EdgeOrigins } from '../edge-origins.ts';
import { collected, headersOf } from '../asked-headers.ts';
import { explanationText } from '../explanation-text.ts';
import { askedDirectlyText, notEmulatedText } from '../output.ts';

interface ExplainOptions extends AdminOptions {
  readonly header?: readonly string[];
  readonly method: string;
  readonly profile?: readonly string[];
  readonly all?: true;
  readonly json?: true;
}

/** `poplet explain`: why a URL is cached or not, and what would change that. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('why a URL is cached or not, and what would change that')
    .argument(
      '<url>',
      'a path of the running edge, or a URL; another server is asked once, and all profiles compared',
    )
    .option('-H, --header <line>', 'a request header, "Name: value"; repeatable', collected)
    .option('-X, --method <method>', 'method; only GET and HEAD are sent', 'GET')
    .option(
      '--profile <name>',
      'what this CDN would do, or what its own configuration says (distribution.json), in full; repeated, or "all": side by side',
      collected,
    )
    .option('--all', 'every suggestion: longer, in the background, while the origin fails')
    .option('--json', 'the whole explanation as one JSON object');
  for (const option of adminOptions()) command.addOption(option);
  return command.action(async (url: string, options: ExplainOptions) => {
    const asked = { url, method: options.method, headers: headersOf(options.header) };
    const isDefault = command.getOptionValueSource('admin') === 'default';
    const { profile: profiles = [] } = options;
    const [profile] = profiles;
    if (profile === undefined) {
      const own = await askEdge(asked, options, isDefault);
      if (own === undefined) await showComparison(asked, options, undefined);
      else showExplanation(own, options);
      return;
    }
    const behind = await behindEdge(asked, options, isDefault);
    if (profiles.length > 1 || profile === 'all') await showComparison(asked, options, behind);
    else showExplanation(await askDirectly(asked, profile, behind), options);
  });
}

function showExplanation(explanation: SiteExplanation, { json, all }: ExplainOptions): void {
  process.stdout.write(
    json === true
      ? `${JSON.stringify(explanation)}\n`
      : explanationText(explanation, { isWhole: all === true }),
  );
  if (explanation.verdict.kind === 'failed') process.exitCode = 3;
}

/** Asks the origin server once, and shows what profiles make of its answer. Throws PopletError. */
async function showComparison(
  asked: ExplainRequest,
  { profile: profiles = [], json, admin }: ExplainOptions,
  behind: BehindEdge | undefined,
): Promise<void> {
  const { compareProfiles, PROFILES } = await import('@poplet/cdn');
  const url = behind?.url ?? mustBeUrl(asked.url).href;
  if (behind === undefined && url.startsWith('https:')) await trustLocalAuthority();
  const comparison = await compareProfiles({
    request: { ...asked, url: behind?.url ?? asked.url },
    upstreamUrl: behind?.upstream,
    profiles: [
      ...new Set(
        (profiles.length === 0 ? ['all'] : profiles).flatMap((name) =>
          name === 'all' ? Object.keys(PROFILES) : [name],
        ),
      ),
    ],
  });
  // Who names profiles means one cache before another.
  if (profiles.length === 0) {
    const { fields } = comparison.upstream;
    mustBeNoEdge(fields, { origin: new URL(url).origin, admin });
  }
  for (const text of comparison.notEmulated) process.stderr.write(notEmulatedText(text));
  process.stdout.write(
    json === true ? `${JSON.stringify(comparison)}\n` : comparisonText(comparison),
  );
}

/**
 * The running edge's explanation; undefined where the URL is not one of its own, or no edge runs at the
 * usual place. Throws PopletError.
 */
async function askEdge(
  asked: ExplainRequest,
  options: ExplainOptions,
  mayBeAbsent: boolean,
): Promise<SiteExplanation | undefined> {
  if ((await ownOrigins(asked.url, options, mayBeAbsent)) === undefined) return undefined;
  return (await callAdmin(options, 'explain', asked)) as SiteExplanation;
}

/** Where the running edge is found, if the URL is one of its own, or a path. Throws PopletError. */
async function ownOrigins(
  text: string,
  options: ExplainOptions,
  mayBeAbsent: boolean,
): Promise<EdgeOrigins | undefined> {
  const isPath = text.startsWith('/');
  const url = URL.parse(text);
  if (!isPath && url === null) return undefined;
  try {
    const origins = await edgeOrigins(options);
    return isPath || (url !== null && (await origins.owns(url))) ? origins : undefined;
  } catch (error) {
    if (isPath || !mayBeAbsent) throw error;
    return undefined;
  }
}

/** A URL of the running edge, and the server that stands behind it. */
interface BehindEdge {
  readonly url: string;
  readonly upstream: string;
}

/** Undefined where the URL is not one of the running edge. Throws PopletError. */
async function behindEdge(
  asked: ExplainRequest,
  options: ExplainOptions,
  mayBeAbsent: boolean,
): Promise<BehindEdge | undefined> {
  const origins = await ownOrigins(asked.url, options, mayBeAbsent);
  if (origins === undefined) return undefined;
  // As written: keys hold targets as they were sent.
  const url = asked.url.startsWith('/') ? `${origins.origins[0]}${asked.url}` : asked.url;
  const upstream = origins.upstreamOf(new URL(url));
  return upstream === undefined ? undefined : { url, upstream };
}

/** With what one leaves out: the scheme where it begins with a host, the slash where it is no more than a path. */
function hinted(text: string): string {
  const [host = ''] = /^[\w.-]+(?::\d+)?(?=[/?]|$)/u.exec(text) ?? [];
  const isAddress = /[.:]|^localhost$/u.test(host);
  const url = isAddress ? `http://${text}` : 'http://localhost:5173/data.json';
  const path = host === '' || /:|^localhost$/u.test(host) ? '/data.json' : `/${text}`;
  return `write it as ${url}, or as a path of the running edge: ${path}`;
}

/**
 * What an edge answers is not what its origin server says: a comparison of that would mislead. Throws
 * PopletError `admin-unreachable`.
 */
function mustBeNoEdge(
  fields: FieldPairs,
  { origin, admin }: { readonly origin: string; readonly admin: string },
): void {
  const told = fields.filter(([name]) => /^cache-status$/iu.test(name));
  if (!told.some(([, value]) => /(?:^|,\s*)poplet(?=[;,\s]|$)/u.test(value))) return;
  throw new PopletError(
    'admin-unreachable',
    `${origin} is an edge of poplet itself, and not that of the admin API at ${admin}`,
    {
      hint: 'name its own, which its ready line shows: --admin http://127.0.0.1:8081; or, for a second edge before it, --profile',
    },
  );
}

/** Throws PopletError `invalid-option`. */
function mustBeUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/u.test(url.protocol)) return url;
  throw new PopletError('invalid-option', `${JSON.stringify(text)} is not a URL or a path`, {
    hint: hinted(text),
  });
}

/** Asks the origin server once, as an edge of that profile in front of it would. Throws PopletError. */
async function askDirectly(
  asked: ExplainRequest,
  profile: string,
  behind: BehindEdge | undefined,
): Promise<SiteExplanation> {
  const url = mustBeUrl(behind?.url ?? asked.url);
  const [{ createEdge, upstreamUnreachable }, { namedCdn }] = await Promise.all([
    import('@poplet/edge'),
    import('@poplet/cdn'),
  ]);
  const { name, policy: choice, notEmulated } = await namedCdn(profile);
  const policy = typeof choice === 'function' ? { policyFor: choice } : { policy: choice };
  // It may be another edge, or another server with a certificate of the local authority.
  if (url.protocol === 'https:') await trustLocalAuthority();
  const site =
    behind === undefined
      ? ({ upstream: { url: url.origin }, ...policy, hostHeader: 'viewer' } as const)
      : { upstream: { url: behind.upstream }, ...policy };
  const edge = createEdge({ sites: [site] });
  try {
    const explanation = await edge.explain({ ...asked, url: behind?.url ?? asked.url });
    if (explanation.upstream?.kind === 'failure')
      throw upstreamUnreachable(explanation.upstream.message);
    const hasAsked = explanation.upstream !== null;
    const origin = behind?.upstream ?? url.origin;
    for (const text of notEmulated) process.stderr.write(notEmulatedText(text));
    process.stderr.write(askedDirectlyText({ origin, profile: name, hasAsked }));
    return explanation;
  } finally {
    await edge.close();
  }
}
