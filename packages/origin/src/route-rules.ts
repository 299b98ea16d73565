import { isFieldValue, isToken, PopletError, type RouteRule } from '@poplet/policy';
import type { HeadersDialect } from './dialect.ts';
import { type Captures, compilePattern, fillValue, type PathPattern } from './path-pattern.ts';
import type { ResponseFields } from './response-fields.ts';
import type { Visit } from './routing.ts';

/** A rule with its pattern compiled. */
export interface CompiledRule {
  readonly rule: RouteRule;
  readonly pattern: PathPattern;
  /** Where the rule is for some visitors alone: what it takes of a visit, null where it does not hold. Absent: for everybody. */
  readonly capturesFor?: ((visit: Visit) => Captures | null) | undefined;
  /** How values are filled with what was captured. Absent: as the dialect has it. */
  readonly fill?: ((value: string, captures: Captures) => string) | undefined;
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  /** Rules, and parts of rules, that can have no effect. */
  readonly warnings: readonly string[];
}

/** Framing and the connection are the server's business; a rule about them is not followed. */
const NOT_FOR_RULES: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-range',
  'date',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Fields by which caches reckon how long a response may be reused. */
const CACHING_FIELDS: ReadonlySet<string> = new Set([
  'cache-control',
  'cdn-cache-control',
  'cloudflare-cdn-cache-control',
  'edge-control',
  'expires',
  'fastly-cache-control',
  'netlify-cdn-cache-control',
  'surrogate-control',
  'vercel-cdn-cache-control',
]);

/** Why a rule cannot set this field; null when it can. A server that tried would answer 500. */
export function fieldLineProblem({ name, value }: RouteRule['set'][number]): string | null {
  if (!isToken(name)) return `${JSON.stringify(name)} is not a field name`;
  return isFieldValue(value) ? null : `${name}: the value has characters no field can carry`;
}

/** Throws PopletError `invalid-option` for a rule that no answer could follow. */
export function checkRules(rules: readonly RouteRule[]): void {
  for (const { source, pattern, set } of rules) {
    for (const line of set) {
      const problem = fieldLineProblem(line);
      if (problem === null) continue;
      throw new PopletError('invalid-option', `${source}: ${pattern}: ${problem}`, {
        hint: 'a name has letters, digits and dashes; a value has no line breaks and nothing beyond Latin-1',
      });
    }
  }
}

/** Compiles rules in the order in which they are applied. */
export function compileRules(rules: readonly RouteRule[], dialect: HeadersDialect): CompiledRules {
  const compiledRules: CompiledRule[] = [];
  const warnings: string[] = [];
  for (const rule of rules) {
    const compiled = compilePattern(rule.pattern, dialect);
    if (compiled.kind === 'malformed') {
      warnings.push(`${rule.source}: ${rule.pattern}: ${compiled.problem}`);
      continue;
    }
    for (const name of [...rule.set.map((line) => line.name), ...rule.unset]) {
      if (!NOT_FOR_RULES.has(name.toLowerCase())) continue;
      warnings.push(`${rule.source}: ${name} is left to the server`);
    }
    compiledRules.push({ rule, pattern: compiled.pattern });
  }
  return { rules: compiledRules, warnings };
}

export interface RuleTarget {
  readonly visit: Visit;
  /** Whether the lifetime is left as it is: "not found" does not get that of what was not found. */
  readonly keepsDefaults: boolean;
}

/** Applies every rule that matches, in order. */
export function applyRules(
  fields: ResponseFields,
  { rules, dialect }: { readonly rules: readonly CompiledRule[]; readonly dialect: HeadersDialect },
  { visit, keepsDefaults }: RuleTarget,
): void {
  const isOurs = (name: string): boolean =>
    NOT_FOR_RULES.has(name) || (keepsDefaults && CACHING_FIELDS.has(name));
  const setByEarlier = new Set<string>();
  for (const { rule, pattern, capturesFor, fill = fillValue } of rules) {
    const ofPath = pattern.match(visit.pathname, visit.host);
    const ofVisit = ofPath === null || capturesFor === undefined ? ofPath : capturesFor(visit);
    if (ofPath === null || ofVisit === null) continue;
    const captures = new Map([...ofPath, ...ofVisit]);
    for (const name of rule.unset) if (!isOurs(name)) fields.delete(name);
    const setByThis = new Set<string>();
    for (const { name, value } of rule.set) {
      const lower = name.toLowerCase();
      if (isOurs(lower)) continue;
      // What stands there by default gives way to the first rule, whatever the dialect.
      const joins =
        setByThis.has(lower) || (dialect.repeated === 'joined' && setByEarlier.has(lower));
      const filled = dialect.fillsValues ? fill(value, captures) : value;
      if (joins) fields.add(name, filled);
      else fields.set(name, filled);
      setByThis.add(lower);
    }
    for (const name of setByThis) setByEarlier.add(name);
  }
}

/** Whether what the rules make of an answer may depend on who asks for its path. */
export function isForSome(rules: readonly CompiledRule[], { pathname, host }: Visit): boolean {
  return rules.some(
    ({ pattern, capturesFor }) =>
      capturesFor !== undefined && pattern.match(pathname, host) !== null,
  );
}
