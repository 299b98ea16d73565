import { PopletError, type Policy, type RequestOfAnyone } from '@poplet/policy';

import { nameOf, type Imported, type ImportedFile } from '../import/imported.ts';
import { JsonObject } from '../import/json-object.ts';
import { cacheSettings, type Change } from './cache-settings.ts';
import { ExpressionError, parseExpression, type Expression } from './expression.ts';
import { cloudflarePolicy } from './profile.ts';

/** A cache rule: for which requests, and what it makes of the policy. */
interface Rule {
  readonly appliesTo: Expression;
  readonly change: Change;
  readonly name: string;
  /** In its file. */
  readonly place: string;
  readonly goesByHost: boolean;
}

/** Whether a file has what `importCloudflare` reads. */
export function isCloudflare(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'rules' in value || 'result' in value;
}

/**
 * Reads rulesets of the phase `http_request_cache_settings`, as the API of Cloudflare answers them. Throws PopletError
 * `config-invalid` with file, place and what was expected.
 */
export function importCloudflare(files: readonly ImportedFile[]): Imported {
  const notEmulated: string[] = [];
  const rules = files.flatMap((file) => rulesIn(file, notEmulated));
  const names = files.map(nameOf).join(', ');
  const standard: Policy = { ...cloudflarePolicy, name: `cloudflare (${names})` };
  const known = new Map<string, Policy>();
  return {
    vendor: 'cloudflare',
    policy: standard,
    policyFor: (request) => {
      const applying = rules.filter(({ appliesTo }) => appliesTo(request));
      const key = applying.map((rule) => rules.indexOf(rule)).join();
      const found = known.get(key) ?? policyOf(standard, applying, names);
      known.set(key, found);
      return found;
    },
    notEmulated,
    goesByHost: rules.flatMap(({ name, place, goesByHost }) =>
      goesByHost ? [`${place} (${name})`] : [],
    ),
  };
}

/** All rules that apply do, in their order: of two that set the same, the later one holds. */
function policyOf(standard: Policy, applying: readonly Rule[], file: string): Policy {
  if (applying.length === 0) return standard;
  const changed = applying.reduce((before, { change }) => change(before), standard);
  return {
    ...changed,
    name: `cloudflare (${file}: ${applying.map(({ name }) => name).join(', ')})`,
  };
}

/** Expressions that ask which host a request is for. */
const GOING_BY_HOST = /\bhttp\.(?:host|request\.full_uri)\b/u;

const CACHE_PHASE = 'http_request_cache_settings';

function rulesIn({ file, value }: ImportedFile, notEmulated: string[]): readonly Rule[] {
  const whole = new JsonObject(value, { file, place: '' });
  const ruleset = whole.object('result') ?? whole;
  const phase = ruleset.text('phase');
  if (phase !== undefined && phase !== CACHE_PHASE)
    throw ruleset.invalid('phase', `expected ${CACHE_PHASE}, and it is ${phase}`);
  if (!ruleset.has('rules')) throw ruleset.invalid('rules', 'expected a list of rules');
  return ruleset.objects('rules').flatMap((rule, index): readonly Rule[] => {
    const name = rule.text('description') || `rule ${index + 1}`;
    // What is off is off here, too.
    if (rule.flag('enabled') === false) return [];
    const action = rule.text('action');
    if (action !== 'set_cache_settings') {
      notEmulated.push(`${rule.place} (${name}): the action ${action}`);
      return [];
    }
    const appliesTo = expressionOf(rule, name, { file, notEmulated });
    const parameters = rule.object('action_parameters');
    if (parameters === undefined)
      notEmulated.push(`${rule.place} (${name}): without action_parameters it sets nothing`);
    if (appliesTo === undefined || parameters === undefined) return [];
    const goesByHost = GOING_BY_HOST.test(rule.text('expression') ?? '');
    const change = cacheSettings(parameters, notEmulated);
    return [{ appliesTo, name, change, place: rule.place, goesByHost }];
  });
}

/** Undefined where it asks for what is not known here. */
function expressionOf(
  rule: JsonObject,
  name: string,
  { file, notEmulated }: { readonly file: string; readonly notEmulated: string[] },
): ((request: RequestOfAnyone) => boolean) | undefined {
  const text = rule.text('expression');
  if (text === undefined) throw rule.invalid('expression', 'expected an expression');
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { kind, message, column } = error;
    const place = `${rule.place}.expression, column ${column}`;
    if (kind === 'unsupported') {
      notEmulated.push(`${place}: ${message}: the rule "${name}" is left out`);
      return undefined;
    }
    throw new PopletError('config-invalid', `${file}: ${place}: ${message}`, {
      hint: `it is: ${text}`,
      cause: error,
    });
  }
}
