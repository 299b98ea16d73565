import { getTransformedRoutes, type Route as VercelRoute } from '@vercel/routing-utils';
import { PopletError } from '@poplet/policy';
import {
  findNodeAtLocation,
  type Node,
  parseTree,
  printParseErrorCode,
  type ParseError,
} from 'jsonc-parser';
import { z } from 'zod';
import type { Captures } from './path-pattern.ts';
import type { CompiledRule } from './route-rules.ts';
import type { StatedRule } from './redirect-rule.ts';
import type { RuleProblem } from './rule-problem.ts';
import { type Route, type Routing, type Visit, withParameters, withSearch } from './routing.ts';
import { cookiesOf } from './visitor.ts';

/** What `vercel.json` says of headers, redirects and rewrites, and of how pages are found. */
export interface VercelJson {
  readonly headers: readonly CompiledRule[];
  readonly routing: Routing;
  readonly redirects: readonly StatedRule[];
  readonly cleanUrls: boolean;
  readonly problems: readonly RuleProblem[];
}

/** Without a `vercel.json`. */
export const NO_VERCEL_JSON = '{}';

const regularExpression = z.string().refine(isRegExp, 'a regular expression is expected');
const wantedValue = z.union([
  regularExpression,
  z
    .strictObject({
      eq: z.union([z.string(), z.number()]),
      neq: z.string(),
      inc: z.array(z.string()),
      ninc: z.array(z.string()),
      pre: z.string(),
      suf: z.string(),
      re: regularExpression,
      gt: z.number(),
      gte: z.number(),
      lt: z.number(),
      lte: z.number(),
    })
    .partial()
    .refine((wanted) => Object.keys(wanted).length > 0, 'an operator is expected, such as eq'),
]);

const condition = z.union([
  z.strictObject({ type: z.literal('host'), value: wantedValue }),
  z.strictObject({
    type: z.enum(['header', 'cookie', 'query']),
    key: z.string().min(1),
    value: wantedValue.optional(),
  }),
]);

const ruleFields = {
  source: z.string().startsWith('/', 'a path that begins with "/" is expected').max(4096),
  has: z.array(condition).max(16).optional(),
  missing: z.array(condition).max(16).optional(),
};

const redirect = z
  .strictObject({
    ...ruleFields,
    destination: z.string().max(4096),
    permanent: z.boolean().optional(),
    statusCode: z.int().min(300).max(399).optional(),
    env: z.array(z.string()).optional(),
  })
  .refine(
    ({ permanent, statusCode }) => permanent === undefined || statusCode === undefined,
    'either permanent or statusCode is expected, not both',
  );

const rewrite = z.strictObject({
  ...ruleFields,
  destination: z.string().max(4096),
  statusCode: z.int().min(100).max(999).optional(),
  env: z.array(z.string()).optional(),
});

const header = z.strictObject({
  ...ruleFields,
  headers: z
    .array(z.strictObject({ key: z.string().min(1).max(4096), value: z.string().max(32_768) }))
    .min(1),
});

const MOST_ROUTES = 2048;

/** What is read of it; the rest is about builds and functions. */
const schema = z.looseObject({
  cleanUrls: z.boolean().optional(),
  trailingSlash: z.boolean().optional(),
  redirects: z.array(redirect).max(MOST_ROUTES).optional(),
  rewrites: z.array(rewrite).max(MOST_ROUTES).optional(),
  headers: z.array(header).max(MOST_ROUTES).optional(),
});

type Config = z.infer<typeof schema>;

/** Reads `vercel.json`. Throws PopletError `config-invalid` with the line and what was expected there, as a build there fails. */
export function parseVercelJson(text: string, file: string): VercelJson {
  const { config, root } = configIn(text, file);
  const lineOf = (path: readonly (string | number)[]): number => lineAt(text, root, path);
  const { cleanUrls, trailingSlash, redirects, rewrites, headers } = config;
  const problems: RuleProblem[] = [];
  if ('routes' in config)
    problems.push({
      line: lineOf(['routes']),
      message: 'routes (legacy) are not followed here: use redirects, rewrites and headers',
    });
  const parts = { cleanUrls, trailingSlash, redirects, rewrites, headers };
  const given = Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  );
  const { routes, error } = getTransformedRoutes(given);
  if (error !== null) {
    const [, kind = '', index = '0'] = /^(\w+) at index (\d+)/u.exec(error.message) ?? [];
    const place = [`${kind.toLowerCase()}s`, Number(index), 'source'];
    throw invalid(`${file}:${lineOf(place)}: ${error.message}`);
  }
  const found = (routes ?? []).map(toRoute);
  const before = found.slice(0, positionOf(found));
  const after = found.slice(positionOf(found) + 1);
  const first = before.length - (headers ?? []).length - (redirects ?? []).length;
  const stated = [
    ...before.slice(0, first).map((route, index): Stated => {
      const name = cleanUrls === true && index < CLEAN_URLS_ROUTES ? 'cleanUrls' : 'trailingSlash';
      return statedRule(route, { source: `${file}:${lineOf([name])}`, from: name, to: '' });
    }),
    ...(redirects ?? []).map(({ source, destination: to }, index) =>
      statedRule(before[first + index] as VercelSource, {
        source: `${file}:${lineOf(['redirects', index])}`,
        from: source,
        to,
      }),
    ),
    ...(rewrites ?? []).map(({ source, destination: to }, index) =>
      statedRule(after[index] as VercelSource, {
        source: `${file}:${lineOf(['rewrites', index])}`,
        from: source,
        to,
      }),
    ),
  ];
  return {
    redirects: withAnswerers(stated).slice(first),
    headers: (headers ?? []).map((rule, index) =>
      headerRule(before[before.length - (headers ?? []).length + index] as VercelSource, {
        source: `${file}:${lineOf(['headers', index])}`,
        pattern: rule.source,
      }),
    ),
    routing: new VercelRouting({
      before: before.slice(0, first + (redirects ?? []).length),
      after,
    }),
    cleanUrls: cleanUrls ?? false,
    problems,
  };
}

/** How many routes `cleanUrls` is made of, before all others. */
const CLEAN_URLS_ROUTES = 2;

interface Stated {
  readonly rule: StatedRule;
  readonly route: VercelSource;
}

function statedRule(
  route: VercelSource,
  written: Pick<StatedRule, 'source' | 'from' | 'to'>,
): Stated {
  // Redirects come before files, and rewrites behind them.
  const isForced = route.dest === undefined;
  return { rule: { ...written, isForced, status: route.status ?? 200 }, route };
}

/** What in a source stands for more than itself. */
const SOURCE_SYNTAX = /[:()*+?{}\\[\]|]/u;

/** Each rule with the first above it that is for all of its paths, as far as can be told. */
function withAnswerers(stated: readonly Stated[]): readonly StatedRule[] {
  const fixed = new Map<string, StatedRule>();
  const broad: Stated[] = [];
  return stated.map(({ rule, route }) => {
    const { from } = rule;
    const isPath = from.startsWith('/') && !SOURCE_SYNTAX.test(from);
    const answeredBy =
      fixed.get(from) ??
      broad.find((above) => (isPath ? above.route.regExp.test(from) : above.rule.from === from))
        ?.rule;
    if (!isForSome(route) && (route.location ?? route.dest) !== undefined) {
      if (!isPath) broad.push({ rule, route });
      else if (!fixed.has(from)) fixed.set(from, rule);
    }
    return { ...rule, answeredBy };
  });
}

function positionOf(routes: readonly VercelSource[]): number {
  const at = routes.findIndex(({ isFilesystem }) => isFilesystem);
  return at === -1 ? routes.length : at;
}

function configIn(text: string, file: string): { readonly config: Config; readonly root: Node } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  const [problem] = errors;
  if (problem !== undefined || root === undefined) {
    const line = lineOfOffset(text, problem?.offset ?? 0);
    const what =
      problem === undefined ? 'it is empty' : EXPECTED[printParseErrorCode(problem.error)];
    throw invalid(`${file}:${line}: this is no JSON: ${what ?? 'a value is malformed'}`);
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return { config: parsed.data, root };
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).filter((key) => typeof key !== 'symbol');
  const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  const why =
    issue?.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')} is not known here`
      : (issue?.message ?? 'malformed').replace(/^Invalid input: /u, '');
  throw invalid(`${file}:${lineAt(text, root, path)}: ${place.slice(1) || 'vercel.json'}: ${why}`);
}

/** What a parser missed, in words. */
const EXPECTED: Readonly<Record<string, string>> = {
  CloseBraceExpected: '"}" is expected',
  CloseBracketExpected: '"]" is expected',
  ColonExpected: '":" is expected',
  CommaExpected: '"," is expected',
  EndOfFileExpected: 'nothing more is expected',
  InvalidCommentToken: 'JSON has no comments',
  InvalidSymbol: 'a value is expected: text stands in double quotes',
  PropertyNameExpected: 'a name in double quotes is expected, and no comma before "}"',
  UnexpectedEndOfString: 'the closing quote of a text is expected',
  ValueExpected: 'a value is expected, and no comma before "]"',
};

function invalid(message: string): PopletError {
  return new PopletError('config-invalid', message, {
    hint: 'https://vercel.com/docs/project-configuration says what can stand in vercel.json',
  });
}

function lineAt(text: string, root: Node, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return lineOfOffset(text, node.offset);
  }
  return lineOfOffset(text, root.offset);
}

function lineOfOffset(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isRegExp(text: string): boolean {
  try {
    return new RegExp(`^${text}$`) instanceof RegExp;
  } catch {
    return false;
  }
}

/** A route as Vercel itself makes it of a rule. */
interface VercelSource {
  readonly isFilesystem: boolean;
  readonly regExp: RegExp;
  readonly location: string | undefined;
  readonly dest: string | undefined;
  readonly status: number | undefined;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly has: readonly Condition[];
  readonly missing: readonly Condition[];
}

interface Condition {
  readonly type: string;
  readonly key?: string;
  /** A regular expression, or what it is compared with. */
  readonly value?: string | Readonly<Record<string, unknown>> | undefined;
}

function toRoute(route: VercelRoute): VercelSource {
  if ('handle' in route && route.handle !== undefined) return { ...NOWHERE, isFilesystem: true };
  const {
    src = '',
    dest,
    status,
    headers = {},
    has = [],
    missing = [],
  } = route as {
    readonly src?: string;
    readonly dest?: string;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly has?: readonly Condition[];
    readonly missing?: readonly Condition[];
  };
  return {
    isFilesystem: false,
    // As JavaScript reads it without flags: sources escape more than is special.
    regExp: new RegExp(src),
    location: headers['Location'],
    dest,
    status,
    fields: Object.entries(headers).map(([name, value]) => ({ name, value })),
    has,
    missing,
  };
}

const NOWHERE: VercelSource = {
  isFilesystem: false,
  regExp: /(?!)/u,
  location: undefined,
  dest: undefined,
  status: undefined,
  fields: [],
  has: [],
  missing: [],
};

function headerRule(
  route: VercelSource,
  { source, pattern }: { readonly source: string; readonly pattern: string },
): CompiledRule {
  return {
    rule: { source, pattern, set: route.fields, unset: [] },
    pattern: { match: (pathname) => pathCaptures(route, pathname) },
    capturesFor: isForSome(route) ? (visit) => conditionCaptures(route, visit) : undefined,
    fill: filled,
  };
}

function isForSome({ has, missing }: VercelSource): boolean {
  return has.length + missing.length > 0;
}

function pathCaptures({ regExp }: VercelSource, pathname: string): Captures | null {
  const found = regExp.exec(pathname);
  const groups: readonly (string | undefined)[] | null = found;
  return groups && new Map(groups.map((text, index) => [String(index), text ?? '']));
}

/** What the conditions capture; null where they do not hold. */
function conditionCaptures({ has, missing }: VercelSource, visit: Visit): Captures | null {
  const captures = new Map<string, string>();
  for (const one of has) {
    const value = valueOf(one, visit);
    const taken = value === undefined ? null : takenBy(one, value);
    if (taken === null) return null;
    for (const [name, text] of taken) captures.set(name, text);
  }
  const isThere = missing.some((one) => {
    const value = valueOf(one, visit);
    return value !== undefined && takenBy(one, value) !== null;
  });
  return isThere ? null : captures;
}

function valueOf({ type, key = '' }: Condition, visit: Visit): string | undefined {
  switch (type) {
    case 'host':
      return visit.host.replace(/:\d+$/u, '');
    case 'header':
      return visit.headers[key.toLowerCase()]?.toString();
    case 'cookie':
      return cookiesOf(visit).get(key);
    default:
      return new URLSearchParams(visit.search).get(key) ?? undefined;
  }
}

/** What a condition takes out of a value; null where it does not hold. */
function takenBy({ key, type, value: wanted }: Condition, value: string): Captures | null {
  if (wanted === undefined) return new Map(key === undefined ? [] : [[key, value]]);
  if (typeof wanted === 'object') return isAsWanted(wanted, value) ? new Map() : null;
  const found = new RegExp(`^${wanted}$`).exec(value);
  if (found === null) return null;
  return new Map([
    ...Object.entries(found.groups ?? {}),
    ...(type === 'host' ? [['host', value] as const] : []),
  ]);
}

/** `{ "eq": "de" }`, `{ "inc": ["de", "at"] }` and the like: all of them hold. */
function isAsWanted(wanted: Readonly<Record<string, unknown>>, value: string): boolean {
  return Object.entries(wanted).every(([operator, operand]) => {
    const list = Array.isArray(operand) ? operand.map(String) : [String(operand)];
    switch (operator) {
      case 'eq':
      case 'inc':
        return list.includes(value);
      case 'neq':
      case 'ninc':
        return !list.includes(value);
      case 'pre':
        return list.some((text) => value.startsWith(text));
      case 'suf':
        return list.some((text) => value.endsWith(text));
      case 're':
        return list.some((text) => new RegExp(text).test(value));
      case 'gt':
        return Number(value) > Number(operand);
      case 'gte':
        return Number(value) >= Number(operand);
      case 'lt':
        return Number(value) < Number(operand);
      case 'lte':
        return Number(value) <= Number(operand);
      default:
        return false;
    }
  });
}

/** Puts what was captured in the place of `$1` and `$name`. */
function filled(text: string, captures: Captures): string {
  return text.replace(/\$(\w+)/gu, (_, name: string) => captures.get(name) ?? '');
}

/** Redirects, then files, then rewrites. */
class VercelRouting implements Routing {
  readonly #before: readonly VercelSource[];
  readonly #after: readonly VercelSource[];

  constructor({
    before,
    after,
  }: {
    readonly before: readonly VercelSource[];
    readonly after: readonly VercelSource[];
  }) {
    this.#before = before;
    this.#after = after;
  }

  get rewrites(): boolean {
    return this.#after.length > 0;
  }

  async route(visit: Visit, exists: (target: string) => Promise<boolean>): Promise<Route> {
    let isConditional = false;
    for (const source of this.#before) {
      const captures = pathCaptures(source, visit.pathname);
      if (captures === null) continue;
      // What is excepted from the slash at the end, and led nowhere.
      if (source.location === undefined) break;
      isConditional ||= isForSome(source);
      const taken = conditionCaptures(source, visit);
      if (taken === null) continue;
      const target = filled(source.location, new Map([...captures, ...taken]));
      const location = withSearch(target, visit.search);
      const status = source.status ?? 308;
      return { routed: { kind: 'redirect', status, location }, isConditional };
    }
    if (this.#after.length === 0 || (await exists(visit.pathname)))
      return { routed: null, isConditional };
    for (const source of this.#after) {
      const captures = pathCaptures(source, visit.pathname);
      if (captures === null || source.dest === undefined) continue;
      isConditional ||= isForSome(source);
      const taken = conditionCaptures(source, visit);
      if (taken === null) continue;
      const target = filled(source.dest, new Map([...captures, ...taken]));
      if (/^https?:/iu.test(target)) {
        const url = withParameters(target, visit.search);
        return { routed: { kind: 'elsewhere', url }, isConditional };
      }
      if (!(await exists(target))) continue;
      const status = source.status ?? 200;
      return { routed: { kind: 'file', target, status }, isConditional };
    }
    return { routed: null, isConditional };
  }
}
