import { contentLines } from './content-lines.ts';
import type { HeadersDialect } from './dialect.ts';
import { compileSource } from './path-pattern.ts';
import { FOR_EVERYBODY, type RedirectRule, type RuleConditions } from './redirect-rule.ts';
import type { RuleProblem } from './rule-problem.ts';

/** How a host reads a `_redirects` file, as data. */
export interface RedirectsDialect {
  /** Where a rule names none. */
  readonly status: number;
  /** Null: any from 200 to 599. */
  readonly statuses: readonly number[] | null;
  /** Whether every rule holds also for paths that have a file; else those marked with `!` do. */
  readonly alwaysForced: boolean;
  /** Query parameters behind the path, `!` behind the status, and conditions. */
  readonly isExtended: boolean;
  /** Whether another server may answer (status 200 and a URL). */
  readonly proxies: boolean;
  /** What a destination may begin with. */
  readonly destinations: readonly ('/' | 'http://' | 'https://')[];
  /** Paths that are the host's own; null: none. */
  readonly reserved: string | null;
  /** Rules beyond these are ignored; null: none are. From the first dynamic rule on all count as dynamic. */
  readonly limits: { readonly fixed: number; readonly dynamic: number } | null;
  readonly maxLineCharacters: number | null;
  readonly paths: HeadersDialect;
}

/** What stands in a `_redirects` file. */
export interface RedirectsFile {
  readonly rules: readonly RedirectRule[];
  /** What was left out, and why, with its line. */
  readonly problems: readonly RuleProblem[];
}

/** Reads a `_redirects` file. What cannot be used is left out and reported, never guessed at. */
export function parseRedirectsFile(
  text: string,
  dialect: RedirectsDialect,
  file: string,
): RedirectsFile {
  const rules: RedirectRule[] = [];
  const problems: RuleProblem[] = [];
  for (const { line, content } of contentLines(text)) {
    const read = readLine(content, dialect);
    if (typeof read === 'string') {
      problems.push({ line, message: read });
      continue;
    }
    const compiled = ruleOf(read, { dialect, source: `${file}:${line}` });
    if (typeof compiled === 'string') problems.push({ line, message: compiled });
    else rules.push(compiled);
  }
  return withinLimits({ rules, problems }, dialect);
}

/** A rule as it was written, wherever it stands. */
export interface WrittenRule {
  readonly from: string;
  readonly to: string | undefined;
  /** Undefined: the host's own. */
  readonly status: number | undefined;
  readonly isForced: boolean;
  readonly query: ReadonlyMap<string, string>;
  readonly conditions: RuleConditions;
  /** Absent: nothing. */
  readonly ignored?: readonly string[];
}

/** The rule, ready to be asked; or what is wrong with it. */
export function ruleOf(
  { from, to: written, status: given, isForced, query, conditions, ignored = [] }: WrittenRule,
  { dialect, source }: { readonly dialect: RedirectsDialect; readonly source: string },
): RedirectRule | string {
  const status = given ?? dialect.status;
  const { statuses, alwaysForced, proxies, destinations, reserved } = dialect;
  const isKnown =
    statuses?.includes(status) ?? (Number.isInteger(status) && status >= 200 && status <= 599);
  if (!isKnown)
    return `${status} is no status for a rule: ${statuses?.join(', ') ?? 'one from 200 to 599'} is expected`;
  const isForwarding = written === undefined && from.endsWith('/*') && status < 300;
  const to = isForwarding ? from.replace(/\*$/u, ':splat') : written;
  if (to === undefined) return 'a destination is expected behind the path: a path, or a URL';
  if (!destinations.some((start) => to.toLowerCase().startsWith(start)))
    return `the destination begins with ${listed(destinations)}, not ${JSON.stringify(to)}`;
  if (reserved !== null && from.startsWith(reserved))
    return `paths below ${reserved} are the host’s own`;
  const isElsewhere = /^https?:/iu.test(to);
  if (status < 300 && isElsewhere && !proxies)
    return 'with the status 200 only a path of the site can answer, not a URL';
  if (isLoop({ from, to }, dialect))
    return 'it would lead to itself, again and again: the host ignores it';
  const compiled = compileSource(from, dialect.paths);
  if (compiled.kind === 'malformed') return compiled.problem;
  return {
    source,
    from,
    pattern: compiled.pattern,
    to,
    status,
    isForced: alwaysForced || isForced,
    query,
    conditions,
    ignored,
  };
}

function isLoop(
  { from, to }: { readonly from: string; readonly to: string },
  { alwaysForced }: RedirectsDialect,
): boolean {
  if (!alwaysForced) return from === to;
  // Where rules come before files, `/index.html` leads to `/`, and so here again.
  return to.startsWith('/') && /\/\*?$/u.test(from) && /\/index(?:\.html)?$/u.test(to);
}

function listed(texts: readonly string[]): string {
  const quoted = texts.map((text) => `"${text}"`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

function readLine(content: string, dialect: RedirectsDialect): WrittenRule | string {
  const { maxLineCharacters, isExtended } = dialect;
  if (maxLineCharacters !== null && content.length > maxLineCharacters)
    return `longer than ${maxLineCharacters} characters`;
  const tokens = content.split(/\s+/u);
  const comment = tokens.findIndex((token) => token.startsWith('#'));
  const [from = '', ...rest] = comment === -1 ? tokens : tokens.slice(0, comment);
  return isExtended ? readExtended(from, rest) : readPlain(from, rest);
}

/** `from to [status]`: of the former the path counts, with a slash before it. */
function readPlain(
  written: string,
  [to, status, ...others]: readonly string[],
): WrittenRule | string {
  if (/^https?:/iu.test(written)) return 'a path begins with "/"';
  const [path = ''] = written.split(/[?#]/u);
  const from = path.startsWith('/') ? path : `/${path}`;
  if (others.length > 0) return `"from to status" is expected, and nothing behind it: ${others[0]}`;
  if (status !== undefined && !/^\d{3}$/u.test(status))
    return `a status is expected behind the destination, not ${JSON.stringify(status)}`;
  return {
    from,
    to,
    status: status === undefined ? undefined : Number(status),
    isForced: false,
    query: new Map(),
    conditions: FOR_EVERYBODY,
  };
}

/** `from [k=v …] [to] [status[!]] [Condition=v …]` */
function readExtended(from: string, rest: readonly string[]): WrittenRule | string {
  const forwards = /^\d{3}!?$/u.test(rest[0] ?? '');
  const at = forwards ? -1 : rest.findIndex((token) => /^(?:\/|https?:)/iu.test(token));
  if (!forwards && at === -1)
    return 'a destination that begins with "/", "http:" or "https:" is expected';
  const [status, ...conditions] = rest.slice(at + 1);
  if (status !== undefined && !/^\d{3}!?$/u.test(status))
    return `a status is expected behind the destination (301, or 301! to have it hold for files too), not ${JSON.stringify(status)}`;
  const query = pairsOf(forwards ? [] : rest.slice(0, at));
  if (typeof query === 'string') return `name=value is expected between the paths, not ${query}`;
  const pairs = pairsOf(conditions);
  if (typeof pairs === 'string')
    return `Country=, Language=, Cookie= or Role= is expected behind the status, not ${pairs}`;
  const read = conditionsOf(new Map([...pairs].map(([name, value]) => [name, value.split(',')])));
  if (typeof read === 'string') return read;
  return {
    from,
    to: forwards ? undefined : rest[at],
    status: status === undefined ? undefined : Number(status.slice(0, 3)),
    isForced: status?.endsWith('!') ?? false,
    query,
    conditions: read,
    ignored: [...pairs.keys()].filter((name) => name.toLowerCase() === 'sign'),
  };
}

/** The first that is none is returned as text. */
function pairsOf(tokens: readonly string[]): ReadonlyMap<string, string> | string {
  const pairs = new Map<string, string>();
  for (const token of tokens) {
    const [, name, value] = /^([^=]+)=(.*)$/u.exec(token) ?? [];
    if (name === undefined || value === undefined) return JSON.stringify(token);
    pairs.set(name, value);
  }
  return pairs;
}

/** Conditions by name, without regard to case. */
export function conditionsOf(
  given: ReadonlyMap<string, readonly string[]>,
): RuleConditions | string {
  const read = new Map<string, readonly string[]>();
  for (const [name, values] of given) {
    const known = name.toLowerCase();
    if (!['country', 'language', 'cookie', 'role', 'sign'].includes(known))
      return `${name} is no condition: Country, Language, Cookie or Role is expected`;
    read.set(
      known,
      values.filter((value) => value !== ''),
    );
  }
  const lower = (name: string): readonly string[] =>
    (read.get(name) ?? []).map((value) => value.toLowerCase());
  return {
    countries: lower('country'),
    languages: lower('language'),
    cookies: read.get('cookie') ?? [],
    roles: lower('role'),
  };
}

function withinLimits(
  { rules, problems }: RedirectsFile,
  { limits }: RedirectsDialect,
): RedirectsFile {
  if (limits === null) return { rules, problems };
  const kept: RedirectRule[] = [];
  const known = new Set<string>();
  const told = [...problems];
  const firstDynamic = rules.findIndex(({ from }) => isDynamic(from));
  let fixed = 0;
  let dynamic = 0;
  for (const [index, rule] of rules.entries()) {
    const line = Number(rule.source.slice(rule.source.lastIndexOf(':') + 1));
    const countsAsDynamic = firstDynamic !== -1 && index >= firstDynamic;
    if (known.has(rule.from)) {
      told.push({ line, message: `${rule.from} stands above already: the first counts` });
    } else if (countsAsDynamic && dynamic === limits.dynamic) {
      told.push({
        line,
        message: `more than ${limits.dynamic} rules from the first with "*" or ":name" on: it is ignored`,
      });
    } else if (!countsAsDynamic && fixed === limits.fixed) {
      told.push({ line, message: `more than ${limits.fixed} rules: it is ignored` });
    } else {
      kept.push(rule);
      known.add(rule.from);
      if (countsAsDynamic) dynamic++;
      else fixed++;
    }
  }
  return { rules: kept, problems: told };
}

/** Whether a rule is for more than one path. */
export function isDynamic(from: string): boolean {
  return /\*|:[A-Za-z]\w*/u.test(from.replace(/^https?:\/\//iu, ''));
}
