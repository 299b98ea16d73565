import path from 'node:path';
import type { RouteRule } from '@poplet/policy';
import type { HeadersDialect } from './dialect.ts';
import { parseHeadersFile } from './headers-file.ts';
import type { Hosting } from './hosting.ts';
import {
  isConditional,
  neverMatches,
  type RedirectRule,
  RuleRouting,
  type StatedRule,
} from './redirect-rule.ts';
import { CLOUDFLARE_REDIRECTS, NETLIFY_REDIRECTS } from './redirects-dialect.ts';
import { isDynamic, parseRedirectsFile, type RedirectsDialect } from './redirects-file.ts';
import { compileRules, type CompiledRule } from './route-rules.ts';
import { NO_ROUTING, type Routing } from './routing.ts';
import type { RuleProblem } from './rule-problem.ts';
import { isThere, projectFile, type WatchedFile } from './watched-files.ts';

/** What a site says in files of its own, as its host reads them. */
export interface SiteRules {
  /** In the order in which they are applied. */
  readonly headers: readonly CompiledRule[];
  readonly routing: Routing;
  /** Those of `routing`. */
  readonly redirects: readonly StatedRule[];
  /** Whether `/about` is `about.html`; undefined: it says nothing. */
  readonly cleanUrls: boolean | undefined;
  /** Rules, and parts of rules, that are left out or can have no effect. */
  readonly problems: readonly string[];
}

/** Every file that some host reads. */
const HOST_FILES = ['_headers', '_redirects', 'netlify.toml', 'vercel.json'] as const;

/** The files that a host reads; null: the site's own server. */
export function hostFiles(folder: string, hosting: Hosting | null): Promise<WatchedFile[]> {
  const own = hosting === null ? undefined : PROJECT_FILES[hosting.dialect];
  return Promise.all(
    readBy(hosting).map(async (name) => {
      const found = name === own ? await projectFile(folder, name) : undefined;
      return { name, file: found ?? path.join(folder, name) };
    }),
  );
}

/** What is said of files in the folder that other hosts read, and this one does not. */
export async function unreadFiles(
  folder: string,
  hosting: Hosting | null,
): Promise<readonly string[]> {
  const names = HOST_FILES.filter((name) => !readBy(hosting).includes(name));
  // Without a host nothing is lost by what only configures one.
  const worthAWord = hosting === null ? names.filter((name) => name === '_redirects') : names;
  const found = await Promise.all(
    worthAWord.map(async (name) => ((await isThere(path.join(folder, name))) ? [name] : [])),
  );
  return found
    .flat()
    .map((name) =>
      hosting === null
        ? `${name}: read under --profile netlify and cloudflare alone`
        : `${name}: ${hosting.title} does not read it`,
    );
}

function readBy(hosting: Hosting | null): readonly string[] {
  return hosting === null ? ['_headers'] : READ_BY[hosting.dialect];
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
      return { ...read, problems: told(file, read.problems) };
    };
  }
  if (hosting?.dialect === 'netlify') {
    const { parseNetlifyToml } = await import('./netlify-toml.ts');
    return (texts) => {
      const toml = parseNetlifyToml(texts.get('netlify.toml') ?? '', 'netlify.toml');
      const read = textRules(texts, { dialect, redirects: NETLIFY_REDIRECTS, toml });
      return { ...read, problems: [...read.problems, ...told('netlify.toml', toml.problems)] };
    };
  }
  const redirects = hosting === null ? null : CLOUDFLARE_REDIRECTS;
  return (texts) => textRules(texts, { dialect, redirects });
}

interface TextRules {
  readonly dialect: HeadersDialect;
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
  { dialect, redirects: dialectOfRedirects, toml }: TextRules,
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
      ...redirects.flatMap(notFollowed),
      ...neverReached(redirects),
    ],
  };
}

function told(file: string, problems: readonly RuleProblem[]): string[] {
  return problems.map(({ line, message }) => `${file}:${line}: ${message}`);
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

/** What is said of rules that cannot be followed as they are. */
function notFollowed({ source, conditions, ignored }: RedirectRule): string[] {
  const nothing = ignored.map((name) => `${source}: ${name} counts for nothing here`);
  const nobody =
    conditions.roles.length > 0
      ? [`${source}: a rule with Role= never matches here: nobody is signed in`]
      : [];
  return [...nothing, ...nobody];
}

/** Rules that a rule above answers for, whoever asks. */
function neverReached(rules: readonly RedirectRule[]): string[] {
  const warnings: string[] = [];
  // For one path each, by that path; a site may have thousands.
  const fixed = new Map<string, RedirectRule[]>();
  const broad: RedirectRule[] = [];
  for (const rule of rules) {
    const samples = samplesOf(rule.from);
    const alike = fixed.get(plainPath(rule.from)) ?? [];
    const above = [...alike, ...broad].find(
      (one) => (one.isForced || !rule.isForced) && covers(one, rule, samples),
    );
    if (above !== undefined) {
      warnings.push(neverMatches(rule, above));
    }
    if (isConditional(rule)) continue;
    if (isDynamic(rule.from)) broad.push(rule);
    else fixed.set(plainPath(rule.from), [...alike, rule]);
  }
  return warnings;
}

/** A path with and without a slash at the end may be one to a host. */
function plainPath(from: string): string {
  return from.replace(/\/$/u, '');
}

/** Paths that a rule is for. */
function samplesOf(from: string): readonly string[] {
  if (!isDynamic(from)) return [from];
  return ['a', 'b-1'].flatMap((name) =>
    ['', 'x', 'x/y.z'].map((rest) => from.replace(/:[A-Za-z]\w*/gu, name).replace('*', rest)),
  );
}

/** Whether every path that the other rule is for is one of this rule's, as far as samples tell. */
function covers(
  { from, pattern }: RedirectRule,
  other: RedirectRule,
  samples: readonly string[],
): boolean {
  if (/^https?:/iu.test(from) || /^https?:/iu.test(other.from)) return from === other.from;
  return samples.every((sample) => pattern.match(sample, '') !== null);
}
