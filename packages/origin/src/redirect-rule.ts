import type { Captures, PathPattern } from './path-pattern.ts';
import { type Route, type Routing, type Visit, withSearch } from './routing.ts';
import { countryOf, languageOf, cookiesOf } from './visitor.ts';

/** What can be said of a redirect or rewrite, whoever asks. */
export interface StatedRule {
  /** Where it was found: `_redirects:12`. */
  readonly source: string;
  /** As it was written. */
  readonly from: string;
  readonly to: string;
  readonly status: number;
  /** Whether it also holds for paths that the folder answers to. */
  readonly isForced: boolean;
  /** A rule above that is for all of its paths and for everybody, where that leads anywhere. Absent: none that is known. */
  readonly answeredBy?: StatedRule | undefined;
}

/** What is said of a rule that one above it answers for. */
export function neverMatches(
  { source, from }: Pick<StatedRule, 'source' | 'from'>,
  above: Pick<StatedRule, 'source' | 'from'>,
): string {
  return `${source}: ${from} never matches: ${above.source} (${above.from}) answers first`;
}

/** One rule of `_redirects`, or of `[[redirects]]`. */
export interface RedirectRule extends StatedRule {
  readonly pattern: PathPattern;
  /** Query parameters that must be there: with that value, or any where it is `:name`. */
  readonly query: ReadonlyMap<string, string>;
  readonly conditions: RuleConditions;
  /** What it says that counts for nothing here, by name. */
  readonly ignored: readonly string[];
}

/** Who a rule is for. Each list: one of them is enough; empty: everybody. Lower case, but for cookies. */
export interface RuleConditions {
  readonly countries: readonly string[];
  readonly languages: readonly string[];
  readonly cookies: readonly string[];
  readonly roles: readonly string[];
}

export const FOR_EVERYBODY: RuleConditions = {
  countries: [],
  languages: [],
  cookies: [],
  roles: [],
};

/** Whether the rule is for some of those who ask for its path. */
export function isConditional({ query, conditions }: RedirectRule): boolean {
  const { countries, languages, cookies, roles } = conditions;
  return query.size + countries.length + languages.length + cookies.length + roles.length > 0;
}

/** Rules in order: the first that matches counts. */
export class RuleRouting implements Routing {
  readonly #rules: readonly RedirectRule[];

  constructor(rules: readonly RedirectRule[]) {
    this.#rules = rules;
  }

  get rewrites(): boolean {
    return this.#rules.some(({ status }) => status === 200);
  }

  async route(visit: Visit, exists: (target: string) => Promise<boolean>): Promise<Route> {
    let isForSome = false;
    let isThere: boolean | undefined;
    for (const rule of this.#rules) {
      const captures = rule.pattern.match(visit.pathname, visit.host);
      if (captures === null) continue;
      if (!rule.isForced) {
        isThere ??= await exists(visit.pathname);
        if (isThere) continue;
      }
      isForSome ||= isConditional(rule);
      const taken = takenQuery(rule, visit.search);
      if (taken === null || !isFor(rule.conditions, visit)) continue;
      const routed = routedBy(rule, new Map([...captures, ...taken]), visit);
      return { routed, isConditional: isForSome };
    }
    return { routed: null, isConditional: isForSome };
  }
}

function routedBy(rule: RedirectRule, captures: Captures, { search }: Visit): Route['routed'] {
  const filled = rule.to.replace(
    /:([A-Za-z]\w*)/gu,
    (whole, name: string) => captures.get(name) ?? whole,
  );
  const { status } = rule;
  // What a rule takes out of the query stands where the rule puts it.
  const target = rule.query.size > 0 ? filled : withSearch(filled, search);
  if (status >= 300 && status < 400) return { kind: 'redirect', status, location: target };
  if (/^https?:/iu.test(target)) return { kind: 'elsewhere', url: target };
  return { kind: 'file', target, status };
}

/** What the parameters that a rule names are, by placeholder; null where one is not as the rule wants it. */
function takenQuery({ query }: RedirectRule, search: string): Captures | null {
  const taken = new Map<string, string>();
  if (query.size === 0) return taken;
  const given = new URLSearchParams(search);
  for (const [name, wanted] of query) {
    const value = given.get(name);
    if (value === null) return null;
    if (wanted.startsWith(':')) taken.set(wanted.slice(1), encodeURIComponent(value));
    else if (wanted !== value) return null;
  }
  return taken;
}

function isFor({ countries, languages, cookies, roles }: RuleConditions, visit: Visit): boolean {
  // Nobody is signed in here.
  if (roles.length > 0) return false;
  if (countries.length > 0 && !countries.includes(countryOf(visit))) return false;
  const language = languageOf(visit);
  const [primary = ''] = language.split('-');
  if (languages.length > 0 && !languages.some((one) => one === language || one === primary))
    return false;
  const given = cookiesOf(visit);
  return cookies.length === 0 || cookies.some((name) => given.has(name));
}
