import { type RouteRule, PopletError } from '@poplet/policy';
import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import { DIALECTS } from './dialect.ts';
import { compilePattern } from './path-pattern.ts';
import type { RedirectRule } from './redirect-rule.ts';
import { NETLIFY_REDIRECTS } from './redirects-dialect.ts';
import { conditionsOf, ruleOf, type WrittenRule } from './redirects-file.ts';
import { fieldLineProblem } from './route-rules.ts';
import type { RuleProblem } from './rule-problem.ts';

/** What `netlify.toml` says of headers and redirects. */
export interface NetlifyToml {
  readonly headers: readonly RouteRule[];
  readonly redirects: readonly RedirectRule[];
  readonly problems: readonly RuleProblem[];
}

/** What a table of rules is read with. */
interface Reading {
  readonly file: string;
  readonly lines: readonly number[];
  readonly problems: RuleProblem[];
}

/** Reads `netlify.toml`. Throws PopletError `config-invalid` with the line where it is no TOML. */
export function parseNetlifyToml(text: string, file: string): NetlifyToml {
  const table = tableIn(text, file);
  const problems: RuleProblem[] = [];
  const reading = (name: string): Reading => ({ file, lines: linesOf(text, name), problems });
  return {
    headers: rulesIn(table, 'headers', reading('headers'), headerRule),
    redirects: rulesIn(table, 'redirects', reading('redirects'), redirectRule),
    problems,
  };
}

function tableIn(text: string, file: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why = error.message] = error.message
      .replace(/^Invalid TOML document: /u, '')
      .split('\n');
    throw new PopletError('config-invalid', `${file}:${error.line}: this is no TOML: ${why}`, {
      hint: 'rules are [[redirects]] with from, to and status, and [[headers]] with for and [headers.values]',
      cause: error,
    });
  }
}

/** Where each table of an array of tables begins. */
function linesOf(text: string, name: string): readonly number[] {
  const opens = new RegExp(`^\\s*\\[\\[\\s*${name}\\s*\\]\\]`, 'u');
  return text.split('\n').flatMap((line, index) => (opens.test(line) ? [index + 1] : []));
}

function rulesIn<Rule>(
  table: TomlTable,
  name: string,
  { file, lines, problems }: Reading,
  read: (entry: TomlTable, source: string) => Rule | string,
): Rule[] {
  const entries = table[name];
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) {
    problems.push({ line: 1, message: `${name} is a list of tables: write [[${name}]]` });
    return [];
  }
  return entries.flatMap((entry, index) => {
    const line = lines[index] ?? 1;
    const rule = isTable(entry)
      ? read(entry, `${file}:${line}`)
      : `an entry of ${name} is a table: write [[${name}]]`;
    if (typeof rule !== 'string') return [rule];
    problems.push({ line, message: rule });
    return [];
  });
}

function headerRule(entry: TomlTable, source: string): RouteRule | string {
  const { for: pattern, values } = entry;
  const unknown = Object.keys(entry).find((key) => key !== 'for' && key !== 'values');
  if (unknown !== undefined) return `${unknown} is not known here: for and values are`;
  if (typeof pattern !== 'string') return 'for is expected to be a path';
  const compiled = compilePattern(pattern, DIALECTS.netlify);
  if (compiled.kind === 'malformed') return compiled.problem;
  if (!isTable(values)) return '[headers.values] with fields is expected';
  const set: { name: string; value: string }[] = [];
  for (const [name, value] of Object.entries(values)) {
    const text = fieldValue(value);
    if (text === null) return `${name} is expected to be a text, or a list of texts`;
    const problem = fieldLineProblem({ name, value: text });
    if (problem !== null) return problem;
    set.push({ name, value: text });
  }
  return set.length === 0 ? `no fields for ${pattern}` : { source, pattern, set, unset: [] };
}

/** Texts of several lines are one value. */
function fieldValue(value: TomlValue): string | null {
  if (typeof value === 'string') return value.trim().replace(/\s*\n\s*/gu, ' ');
  if (!Array.isArray(value)) return null;
  const texts = value.filter((one) => typeof one === 'string');
  return texts.length === value.length ? texts.map((one) => one.trim()).join(', ') : null;
}

const KNOWN = ['from', 'to', 'status', 'force', 'query', 'conditions', 'headers', 'signed'];

function redirectRule(entry: TomlTable, source: string): RedirectRule | string {
  const unknown = Object.keys(entry).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) return `${unknown} is not known here: ${KNOWN.join(', ')} are`;
  const { from, to, status, force = false, query = {}, conditions = {} } = entry;
  if (typeof from !== 'string') return 'from is expected to be a path';
  if (to !== undefined && typeof to !== 'string') return 'to is expected to be a path or a URL';
  if (status !== undefined && typeof status !== 'number')
    return 'status is expected to be a number';
  if (typeof force !== 'boolean') return 'force is expected to be true or false';
  const parameters = textsIn(query);
  if (parameters === null) return 'query is expected to be a table of texts: { id = ":id" }';
  const lists = listsIn(conditions);
  if (lists === null) return 'conditions is expected to be a table of lists: { Country = ["de"] }';
  const read = conditionsOf(lists);
  if (typeof read === 'string') return read;
  const ignored = ['headers', 'signed'].filter((name) => name in entry);
  const rule: WrittenRule = {
    from,
    to,
    status,
    isForced: force,
    query: parameters,
    conditions: read,
    ignored,
  };
  return ruleOf(rule, { dialect: NETLIFY_REDIRECTS, source });
}

function textsIn(value: TomlValue): ReadonlyMap<string, string> | null {
  if (!isTable(value)) return null;
  const texts = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return null;
    texts.set(name, text);
  }
  return texts;
}

function listsIn(value: TomlValue): ReadonlyMap<string, readonly string[]> | null {
  if (!isTable(value)) return null;
  const lists = new Map<string, readonly string[]>();
  for (const [name, list] of Object.entries(value)) {
    const texts = typeof list === 'string' ? list.split(',') : list;
    if (!Array.isArray(texts) || !texts.every((one) => typeof one === 'string')) return null;
    lists.set(name, texts);
  }
  return lists;
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
