import { isToken, type RouteRule } from '@poplet/policy';
import { contentLines } from './content-lines.ts';
import type { HeadersDialect } from './dialect.ts';
import { compilePattern } from './path-pattern.ts';
import { fieldLineProblem } from './route-rules.ts';
import type { RuleProblem } from './rule-problem.ts';

/** What stands in a `_headers` file. */
export interface HeadersFile {
  readonly rules: readonly RouteRule[];
  /** What was left out, and why, with its line. */
  readonly problems: readonly RuleProblem[];
}

/** A block that is being read. */
interface Block {
  readonly line: number;
  readonly pattern: string;
  readonly set: { name: string; value: string }[];
  readonly unset: string[];
}

/**
 * Reads a `_headers` file: a line with a path opens a block, the `Name: value` lines below belong to
 * it; `#` comments; `! Name` removes a field. What cannot be used is left out and reported, never
 * guessed at. `source` names the file in the rules.
 */
export function parseHeadersFile(
  text: string,
  dialect: HeadersDialect,
  source = '_headers',
): HeadersFile {
  const rules: RouteRule[] = [];
  const problems: RuleProblem[] = [];
  const report = (line: number, message: string): void => void problems.push({ line, message });
  // `null`: a block whose path was refused; its lines are passed over.
  let block: Block | null | undefined;

  const close = (): void => {
    if (block === null || block === undefined) return;
    const { line, pattern, set, unset } = block;
    if (set.length === 0 && unset.length === 0) report(line, `no fields below ${pattern}`);
    else rules.push({ source: `${source}:${line}`, pattern, set, unset });
  };

  for (const { line, content } of contentLines(text)) {
    const { maxLineCharacters, maxRules } = dialect;
    if (maxLineCharacters !== null && content.length > maxLineCharacters) {
      report(line, `longer than ${maxLineCharacters} characters`);
      continue;
    }
    if (!opensBlock(content, dialect)) {
      readField(content, { block, dialect, report: (message) => report(line, message) });
      continue;
    }
    close();
    block = undefined;
    if (maxRules !== null && rules.length >= maxRules) {
      report(line, `more than ${maxRules} rules: what follows is ignored`);
      break;
    }
    const compiled = compilePattern(content, dialect);
    if (compiled.kind === 'malformed') {
      report(line, compiled.problem);
      block = null;
    } else {
      block = { line, pattern: content, set: [], unset: [] };
    }
  }
  close();
  return { rules, problems };
}

function opensBlock(content: string, { allowsUrls }: HeadersDialect): boolean {
  return content.startsWith('/') || (allowsUrls && /^[a-z][a-z\d+.-]*:\/\//iu.test(content));
}

interface FieldContext {
  readonly block: Block | null | undefined;
  readonly dialect: HeadersDialect;
  readonly report: (message: string) => void;
}

function readField(content: string, { block, dialect, report }: FieldContext): void {
  if (block === null) return;
  if (block === undefined) {
    report('a path must come before the first field');
    return;
  }
  if (content.startsWith('!')) {
    const name = content.slice(1).trim();
    if (!dialect.canUnset) report('"!" is not known here: a field cannot be removed');
    else if (isToken(name)) block.unset.push(name.toLowerCase());
    else report('"! Name" names one field');
    return;
  }
  const colon = content.indexOf(':');
  if (colon === -1) {
    report('"Name: value" is expected');
    return;
  }
  const name = content.slice(0, colon).trim();
  const value = content.slice(colon + 1).trim();
  const problem = fieldLineProblem({ name, value });
  if (problem !== null) report(problem);
  else if (value === '') report(`${name} has no value`);
  else addField(block, name, value);
}

function addField({ set }: Block, name: string, value: string): void {
  const lower = name.toLowerCase();
  const earlier = set.find((line) => line.name.toLowerCase() === lower);
  // RFC 9110 §5.3: the lines of a field may be joined, save those of Set-Cookie.
  if (earlier === undefined || lower === 'set-cookie') set.push({ name, value });
  else earlier.value += `, ${value}`;
}
