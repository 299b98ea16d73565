import path from 'node:path';
import type { RouteRule } from '@poplet/policy';
import type { HeadersDialect } from './dialect.ts';
import { parseHeadersFile } from './headers-file.ts';
import type { Hosting } from './hosting.ts';
import { isConditional, type RedirectRule, RuleRouting } from './redirect-rule.ts';
import { CLOUDFLARE_REDIRECTS, NETLIFY_REDIRECTS } from './redirects-dialect.ts';
import { isDynamic, parseRedirectsFile, type RedirectsDialect } from './redirects-file.ts';
import { compileRules, type CompiledRule } from './route-rules.ts';
import { NO_ROUTING, type Routing } from './routing.ts';
import type { RuleProblem } from './rule-problem.ts';
import { projectFile, type WatchedFile } from './watched-files.ts';

/** What a site says in files of its own, as its host reads them. */
export interface SiteRules {
  /** In the order in which they are applied. */
  readonly headers: readonly CompiledRule[];
  readonly routing: Routing;
  /** Rules of `routing` that can be said something about. */
  readonly redirects: readonly RedirectRule[];
  /** Whether `/about` is `about.html`; undefined: it says nothing. */
  readonly cleanUrls: boolean | undefined;
  /** Rules, and parts of rules, that are left out or can have no effect. */
  readonly problems: readonly string[];
}

/** Every file that some host reads. */
const HOST_FILES = ['_headers', '_redirects', 'netlify.toml', 'vercel.json'] as const;

/** The files that a host reads, and those that it would not, which are worth a word. */
export async function hostFiles(folder: string, hosting: Hosting | null): Promise<WatchedFile[]> {
  const inFolder = HOST_FILES.map((name) => ({ name, file: path.join(folder, name) }));
  const own = hosting === null ? undefined : PROJECT_FILES[hosting.dialect];
  if (own === undefined) return inFolder;
  const file = (await projectFile(folder, own)) ?? path.join(folder, own);
  return [...inFolder.filter(({ name }) => name !== own), { name: own, file }];
}

/** What lies at the root of a project, not in what is published. */
const PROJECT_FILES: Readonly<Partial<Record<Hosting['dialect'], string>>> = {
  netlify: 'netlify.toml',
  vercel: 'vercel.json',
};

/** Reads the texts of a site's files, by name. Throws PopletError `config-invalid` where one is not what its name says. */
export type RulesReader = (texts: ReadonlyMap<string, string>) => SiteRules;

/** How the site's files are read. What only one host needs is loaded only for it. */
export async function rulesReader({
  dialect,
  hosting,
}: {
  readonly dialect: HeadersDialect;
  /** Null: the site's own server. */
  readonly hosting: Hosting | null;
}): Promise<RulesReader> {
  if (hosting?.dialect === 'vercel') {
    const { NO_VERCEL_JSON, parseVercelJson } = await import('./vercel-json.ts');
    return (texts) => {
      const file = 'vercel.json';
      const read = parseVercelJson(texts.get(file) ?? NO_VERCEL_JSON, file);
      const problems = [...told(file, read.problems), ...unreadFiles(texts, hosting)];
      return { ...read, redirects: [], problems };
    };
  }
  if (hosting?.dialect === 'netlify') {
    const { parseNetlifyToml } = await import('./netlify-toml.ts');
    return (texts) => {
      const toml = parseNetlifyToml(texts.get('netlify.toml') ?? '', 'netlify.toml');
      const read = textRules(texts, { dialect, hosting, redirects: NETLIFY_REDIRECTS, toml });
      return { ...read, problems: [...read.problems, ...told('netlify.toml', toml.problems)] };
    };
  }
  const redirects = hosting === null ? null : CLOUDFLARE_REDIRECTS;
  return (texts) => textRules(texts, { dialect, hosting, redirects });
}

interface TextRules {
  readonly dialect: HeadersDialect;
  readonly hosting: Hosting | null;
  /** Null: `_redirects` is not read. */
  readonly redirects: RedirectsDialect | null;
  /** What another file says, behind these. */
  readonly toml?: {
    readonly headers: readonly RouteRule[];
    readonly redirects: readonly RedirectRule[];
  };
}

/** `_headers` and `_redirects`. */
function textRules(
  texts: ReadonlyMap<string, string>,
  { dialect, hosting, redirects: dialectOfRedirects, toml }: TextRules,
): SiteRules {
  const headersFile = parseHeadersFile(texts.get('_headers') ?? '', dialect);
  const redirectsFile =
    dialectOfRedirects === null
      ? { rules: [], problems: [] }
      : parseRedirectsFile(texts.get('_redirects') ?? '', dialectOfRedirects, '_redirects');
  const rules = [...headersFile.rules, ...(toml?.headers ?? [])];
  const redirects = [...redirectsFile.rules, ...(toml?.redirects ?? [])];
  const compiled = compileRules(rules, dialect);
  return {
    headers: compiled.rules,
    routing: redirects.length === 0 ? NO_ROUTING : new RuleRouting(redirects),
    redirects,
    cleanUrls: undefined,
    problems: [
      ...told('_headers', headersFile.problems),
      ...told('_redirects', redirectsFile.problems),
      ...compiled.warnings,
      ...(toml === undefined ? [] : rules.flatMap(passwords)),
      ...redirects.flatMap(withoutVisitors),
      ...neverReached(redirects),
      ...unreadFiles(texts, hosting),
    ],
  };
}

function told(file: string, problems: readonly RuleProblem[]): string[] {
  return problems.map(({ line, message }) => `${file}:${line}: ${message}`);
}

/** Files of other hosts, which this one ignores. */
function unreadFiles(texts: ReadonlyMap<string, string>, hosting: Hosting | null): string[] {
  if (hosting === null) {
    return texts.has('_redirects')
      ? ['_redirects: read under --profile netlify and cloudflare alone']
      : [];
  }
  const read = READ_BY[hosting.dialect];
  return HOST_FILES.filter((name) => texts.has(name) && !read.includes(name)).map(
    (name) => `${name}: ${hosting.title} does not read it`,
  );
}

const READ_BY: Readonly<Record<Hosting['dialect'], readonly string[]>> = {
  cloudflare: ['_headers', '_redirects'],
  netlify: ['_headers', '_redirects', 'netlify.toml'],
  vercel: ['vercel.json'],
};

/** netlify-basic-auth */
function passwords({ source, set }: RouteRule): string[] {
  return set.some(({ name }) => name.toLowerCase() === 'basic-auth')
    ? [`${source}: Basic-Auth asks nobody for a password here, and turns no caching off`]
    : [];
}

function withoutVisitors({ source, conditions }: RedirectRule): string[] {
  return conditions.roles.length > 0
    ? [`${source}: a rule with Role= never matches here: nobody is signed in`]
    : [];
}

/** Rules that a rule above answers for, whoever asks. */
function neverReached(rules: readonly RedirectRule[]): string[] {
  return rules.flatMap((rule, index) => {
    const above = rules
      .slice(0, index)
      .find((one) => !isConditional(one) && (one.isForced || !rule.isForced) && covers(one, rule));
    return above === undefined
      ? []
      : [
          `${rule.source}: ${rule.from} never matches: ${above.source} (${above.from}) answers first`,
        ];
  });
}

/** Whether every path that the other rule is for is one of this rule's, as far as samples tell. */
function covers({ from, pattern }: RedirectRule, other: RedirectRule): boolean {
  if (/^https?:/iu.test(from) || /^https?:/iu.test(other.from)) return from === other.from;
  const samples = isDynamic(other.from)
    ? ['a', 'b-1'].flatMap((name) =>
        ['', 'x', 'x/y.z'].map((rest) =>
          other.from.replace(/:[A-Za-z]\w*/gu, name).replace('*', rest),
        ),
      )
    : [other.from];
  return samples.every((sample) => pattern.match(sample, '') !== null);
}
