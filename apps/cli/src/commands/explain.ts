import { Command } from 'commander';

import type { ExplainRequest, SiteExplanation } from '@poplet/edge';
import { PopletError } from '@poplet/policy';

import {
  adminOptions,
  callAdmin,
  trustLocalAuthority,
  type AdminOptions,
} from '../admin-client.ts';
import { edgeOrigins } from '../edge-origins.ts';
import { explanationText } from '../explanation-text.ts';
import { askedDirectlyText } from '../output.ts';

interface ExplainOptions extends AdminOptions {
  readonly header: readonly string[];
  readonly method: string;
  readonly profile?: string;
  readonly all?: true;
  readonly json?: true;
}

/** `poplet explain`: why a URL is cached or not, and what would change that. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('why a URL is cached or not, and what would change that')
    .argument('<url>', 'a path of the running edge, or a URL; of another server: asked directly')
    .option('-H, --header <line>', 'a request header, "Name: value"; repeatable', collected, [])
    .option('-X, --method <method>', 'method; only GET and HEAD are sent', 'GET')
    .option('--profile <name>', 'the CDN to imitate, where no edge of poplet is asked (rfc9111)')
    .option('--all', 'every suggestion: longer, in the background, while the origin fails')
    .option('--json', 'the whole explanation as one JSON object');
  for (const option of adminOptions()) command.addOption(option);
  return command.action(async (url: string, options: ExplainOptions) => {
    const asked = { url, method: options.method, headers: headersOf(options.header) };
    const isDefault = command.getOptionValueSource('admin') === 'default';
    const explanation =
      (await askEdge(asked, options, isDefault)) ?? (await askDirectly(asked, options));
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(explanation)}\n`
        : explanationText(explanation, { isWhole: options.all === true }),
    );
    if (explanation.verdict.kind === 'failed') process.exitCode = 3;
  });
}

function collected(line: string, before: readonly string[]): readonly string[] {
  return [...before, line];
}

/** What a browser sends with everything; given headers win. */
const BROWSER_HEADERS = { Accept: '*/*', 'Accept-Encoding': 'gzip, deflate, br, zstd' };

/** `Name: value` lines by name. Throws PopletError `invalid-option`. */
function headersOf(lines: readonly string[]): ExplainRequest['headers'] & {} {
  const given = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) {
      throw new PopletError('invalid-option', `${JSON.stringify(line)} is not a header`, {
        hint: `write it as -H "Accept-Language: de"`,
      });
    }
    const name = line.slice(0, colon).trim();
    given.set(name, [...(given.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const names = new Set(given.keys().map((name) => name.toLowerCase()));
  const added = Object.entries(BROWSER_HEADERS).filter(([name]) => !names.has(name.toLowerCase()));
  return Object.fromEntries([...added, ...given]);
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
  const isPath = asked.url.startsWith('/');
  const url = URL.parse(asked.url);
  let isOwn: boolean;
  try {
    isOwn = isPath || (url !== null && (await (await edgeOrigins(options)).owns(url)));
    if (isPath) await callAdmin(options, 'health');
  } catch (error) {
    if (isPath || !mayBeAbsent) throw error;
    return undefined;
  }
  if (!isOwn) return undefined;
  if (options.profile !== undefined) {
    throw new PopletError('invalid-option', 'the running edge has a profile of its own', {
      hint: 'leave --profile out, or name the server behind the edge to ask it directly',
    });
  }
  return (await callAdmin(options, 'explain', asked)) as SiteExplanation;
}

/** With the scheme that browsers let one leave out, where that makes it a URL. */
function hinted(text: string): string {
  const isAddress = /^[\w.-]+(?::\d+)?(?:[/?]|$)/u.test(text) && /[.:]|^localhost/u.test(text);
  return isAddress ? `http://${text}` : 'http://localhost:5173/data.json';
}

/**
 * What an edge answers is not what its origin server says: an explanation of that would mislead. Throws PopletError
 * `admin-unreachable`.
 */
function mustBeNoEdge({ downstream }: SiteExplanation, origin: string, admin: string): void {
  const told = (downstream?.fields ?? []).filter(([name]) => /^cache-status$/iu.test(name));
  const members = told.flatMap(([, value]) => value.match(/(?:^|,\s*)poplet(?=[;,\s]|$)/gu) ?? []);
  // One is of this very explanation.
  if (members.length < 2) return;
  throw new PopletError(
    'admin-unreachable',
    `${origin} is an edge of poplet itself, and not that of the admin API at ${admin}`,
    {
      hint: 'name its own, which its ready line shows: --admin http://127.0.0.1:8081; or, for a second edge before it, --profile',
    },
  );
}

/** Asks the URL's own server once, as an edge of that profile in front of it would. Throws PopletError. */
async function askDirectly(
  asked: ExplainRequest,
  options: ExplainOptions,
): Promise<SiteExplanation> {
  const { profile = 'rfc9111', admin } = options;
  const url = URL.parse(asked.url);
  if (url === null || !/^https?:$/u.test(url.protocol)) {
    throw new PopletError('invalid-option', `${JSON.stringify(asked.url)} is not a URL or a path`, {
      hint: `write it as ${hinted(asked.url)}, or as a path of the running edge: /data.json`,
    });
  }
  const [{ createEdge }, { profileNamed }] = await Promise.all([
    import('@poplet/edge'),
    import('@poplet/cdn'),
  ]);
  const policy = profileNamed(profile);
  // It may be another edge, or another server with a certificate of the local authority.
  if (url.protocol === 'https:') await trustLocalAuthority();
  const edge = createEdge({
    sites: [{ upstream: { url: url.origin }, policy, hostHeader: 'viewer' }],
  });
  try {
    const explanation = await edge.explain(asked);
    if (explanation.upstream?.kind === 'failure') {
      const { message } = explanation.upstream;
      throw new PopletError('upstream-unreachable', message, {
        hint: message.startsWith('TLS: ')
          ? 'if its certificate is one of your own making, name its CA: NODE_EXTRA_CA_CERTS=<file> poplet explain …'
          : 'start that server first, or check the URL',
      });
    }
    // Who names a profile means one edge before another.
    if (options.profile === undefined) mustBeNoEdge(explanation, url.origin, admin);
    const hasAsked = explanation.upstream !== null;
    process.stderr.write(askedDirectlyText({ origin: url.origin, profile, hasAsked }));
    return explanation;
  } finally {
    await edge.close();
  }
}
