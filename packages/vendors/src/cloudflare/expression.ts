import type { RequestOfAnyone } from '@poplet/policy';

/** An expression of the Rules language, as far as cache rules of a laptop can be told by it. */
export type Expression = (request: RequestOfAnyone) => boolean;

/** What is wrong with an expression. `unsupported`: it may well be right, and asks for what is not known here. */
export class ExpressionError extends Error {
  readonly kind: 'malformed' | 'unsupported';
  /** Counts from 1. */
  readonly column: number;

  constructor(kind: ExpressionError['kind'], message: string, column: number) {
    super(message);
    this.kind = kind;
    this.column = column;
  }
}

/**
 * Reads an expression: `and or xor not`, comparisons of the request's host, path, query, method and some header
 * fields, `starts_with`, `ends_with`, `lower`, `upper`. Throws ExpressionError.
 */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

type Text = (request: RequestOfAnyone) => string;

interface Token {
  readonly kind: 'name' | 'text' | 'sign' | 'number' | 'end';
  readonly text: string;
  /** Counts from 1. */
  readonly column: number;
}

const TOKEN =
  /\s+|(?<raw>r(?<hashes>#*)"[\s\S]*?"\k<hashes>)|(?<text>"(?:[^"\\]|\\[\s\S])*")|(?<name>[A-Za-z_][\w.]*(?:\["(?:[^"\\]|\\.)*"\](?:\[\d+\])?)?)|(?<number>\d+)|(?<sign>&&|\|\||\^\^|==|!=|<=|>=|[(){}!~,<>])/uy;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    TOKEN.lastIndex = index;
    const found = TOKEN.exec(text);
    const column = index + 1;
    if (found === null) throw malformed(`what is ${JSON.stringify(text[index])} here?`, column);
    const { raw, hashes = '', text: quoted, name, number, sign } = found.groups ?? {};
    if (raw !== undefined)
      tokens.push({ kind: 'text', text: raw.slice(2 + hashes.length, -1 - hashes.length), column });
    if (quoted !== undefined) tokens.push({ kind: 'text', text: unquoted(quoted), column });
    if (name !== undefined) tokens.push({ kind: 'name', text: name, column });
    if (number !== undefined) tokens.push({ kind: 'number', text: number, column });
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, column });
    index += found[0].length;
  }
  tokens.push({ kind: 'end', text: '', column: text.length + 1 });
  return tokens;
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(["\\])/gu, '$1');
}

function malformed(message: string, column: number): ExpressionError {
  return new ExpressionError('malformed', message, column);
}

// ── what a request has ─────────────────────────────────────────────────────────────────────────

function pathOf({ target }: RequestOfAnyone): string {
  return target.split('?', 1)[0] as string;
}

function queryOf({ target }: RequestOfAnyone): string {
  const mark = target.indexOf('?');
  return mark === -1 ? '' : target.slice(mark + 1);
}

/** What stands behind the last dot of the last segment, lower case. */
function extensionOf(request: RequestOfAnyone): string {
  return (
    /\.(?<extension>[^./]+)$/u.exec(pathOf(request))?.groups?.['extension']?.toLowerCase() ?? ''
  );
}

function field(name: string): Text {
  return ({ fields }) => fields.get(name) ?? '';
}

const FIELDS = mapOf<Text>({
  'http.host': ({ authority }) => authority.replace(/:\d+$/u, ''),
  'http.request.uri': ({ target }) => target,
  'http.request.uri.path': pathOf,
  'http.request.uri.path.extension': extensionOf,
  'http.request.uri.query': queryOf,
  'http.request.full_uri': ({ scheme, authority, target }) => `${scheme}://${authority}${target}`,
  'http.request.method': ({ method }) => method,
  'http.cookie': field('cookie'),
  'http.referer': field('referer'),
  'http.user_agent': field('user-agent'),
  'ip.src.country': field('x-poplet-country'),
  'ip.geoip.country': field('x-poplet-country'),
});

/** `http.request.headers["name"][0]` */
const HEADER = /^http\.request\.headers\["(?<name>[^"]+)"\]\[(?<index>\d+)\]$/u;

const FLAGS = mapOf<Expression>({
  true: () => true,
  false: () => false,
  ssl: ({ scheme }) => scheme === 'https',
});

/** Functions of a field and a text, and those that make one text of another. */
const TESTS = mapOf<(text: string, part: string) => boolean>({
  starts_with: (text, part) => text.startsWith(part),
  ends_with: (text, part) => text.endsWith(part),
});
const CHANGES = mapOf<(text: string) => string>({
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
});

const COMPARISONS = mapOf<(text: string, other: string) => boolean>({
  eq: (text, other) => text === other,
  '==': (text, other) => text === other,
  ne: (text, other) => text !== other,
  '!=': (text, other) => text !== other,
  contains: (text, other) => text.includes(other),
});

/** By names that an expression may have: one such as `constructor` is none of them. */
function mapOf<Value>(values: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(values));
}

const COMPARED_BY = 'eq, ne, in, contains, matches, wildcard or strict wildcard';

/** What stands in so many brackets is nobody's rule. */
const MAX_DEPTH = 100;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Expression {
    const expression = this.#any();
    const left = this.#next();
    if (left.kind !== 'end') throw this.#expected('and, or, or the end', left);
    return expression;
  }

  /** The binding grows from `or` over `xor` and `and` to `not`. */
  #any(): Expression {
    return this.#joined(
      ['or', '||'],
      () => this.#either(),
      (one, other) => one || other,
    );
  }

  #either(): Expression {
    return this.#joined(
      ['xor', '^^'],
      () => this.#all(),
      (one, other) => one !== other,
    );
  }

  #all(): Expression {
    return this.#joined(
      ['and', '&&'],
      () => this.#one(),
      (one, other) => one && other,
    );
  }

  #joined(
    words: readonly string[],
    part: () => Expression,
    join: (one: boolean, other: boolean) => boolean,
  ): Expression {
    let whole = part();
    while (this.#takes(...words)) {
      const [one, other] = [whole, part()];
      whole = (request) => join(one(request), other(request));
    }
    return whole;
  }

  #one(): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw malformed(`this is nested more than ${MAX_DEPTH} times`, this.#peek().column);
    const one = this.#negatedOrNot();
    this.#depth -= 1;
    return one;
  }

  #negatedOrNot(): Expression {
    if (this.#takes('not', '!')) {
      const negated = this.#one();
      return (request) => !negated(request);
    }
    if (this.#takes('(')) {
      const inside = this.#any();
      this.#must(')');
      return inside;
    }
    const token = this.#next();
    if (token.kind !== 'name') throw this.#expected('a field, a function, not or (', token);
    const flag = FLAGS.get(token.text);
    if (flag !== undefined) return flag;
    const test = TESTS.get(token.text);
    return test === undefined ? this.#comparison(this.#text(token)) : this.#test(test);
  }

  #test(test: (text: string, part: string) => boolean): Expression {
    this.#must('(');
    const text = this.#text(this.#next());
    this.#must(',');
    const part = this.#literal();
    this.#must(')');
    return (request) => test(text(request), part);
  }

  /** A field, or what a function makes of one. */
  #text({ kind, text: name, column }: Token): Text {
    if (kind !== 'name') throw malformed('expected a field', column);
    const known = FIELDS.get(name);
    if (known !== undefined) return known;
    const { name: header = '', index = '' } = HEADER.exec(name)?.groups ?? {};
    if (header !== '')
      return ({ fields }) => fields.lines(header.toLowerCase())[Number(index)] ?? '';
    const change = CHANGES.get(name);
    if (change === undefined)
      throw new ExpressionError('unsupported', `${name} is not known here`, column);
    this.#must('(');
    const inner = this.#text(this.#next());
    this.#must(')');
    return (request) => change(inner(request));
  }

  #comparison(text: Text): Expression {
    const operator = this.#next();
    const { text: word } = operator;
    const compare = COMPARISONS.get(word);
    if (compare !== undefined) {
      const other = this.#literal();
      return (request) => compare(text(request), other);
    }
    if (word === 'in') {
      const members = this.#set();
      return (request) => members.has(text(request));
    }
    if (word === 'matches' || word === '~') {
      const pattern = this.#pattern();
      return (request) => pattern.test(text(request));
    }
    if (word === 'wildcard') return this.#wildcard(text, false);
    if (word === 'strict') {
      this.#must('wildcard');
      return this.#wildcard(text, true);
    }
    throw this.#expected(COMPARED_BY, operator);
  }

  #wildcard(text: Text, isStrict: boolean): Expression {
    const spelt = (one: string): string => (isStrict ? one : one.toLowerCase());
    const parts = wildcardParts(spelt(this.#literal()));
    return (request) => hasParts(spelt(text(request)), parts);
  }

  #pattern(): RegExp {
    const { column } = this.#peek();
    const text = this.#literal();
    try {
      return new RegExp(text, 'u');
    } catch {
      throw new ExpressionError(
        'unsupported',
        `the pattern ${JSON.stringify(text)} is none that JavaScript has`,
        column,
      );
    }
  }

  #set(): ReadonlySet<string> {
    this.#must('{');
    const members = new Set<string>();
    while (!this.#takes('}')) members.add(this.#literal());
    return members;
  }

  #literal(): string {
    const token = this.#next();
    if (token.kind !== 'text') throw this.#expected('a text in quotes', token);
    return token.text;
  }

  // ── tokens ──

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  #takes(...words: readonly string[]): boolean {
    const { kind, text } = this.#peek();
    const isThere = (kind === 'name' || kind === 'sign') && words.includes(text);
    if (isThere) this.#at += 1;
    return isThere;
  }

  #must(word: string): void {
    if (!this.#takes(word)) throw this.#expected(word, this.#peek());
  }

  #expected(what: string, { kind, text, column }: Token): ExpressionError {
    const found = kind === 'end' ? 'it ends' : `there is ${JSON.stringify(text)}`;
    return malformed(`expected ${what}, and ${found}`, column);
  }
}

/** What stands between the `*` of a pattern, each of which is any number of characters; `\*` is a star, and `\\` a backslash. */
function wildcardParts(pattern: string): readonly string[] {
  const parts = [''];
  for (const [, escaped, other = ''] of pattern.matchAll(/\\([\\*])|(\*|[^*\\]+|\\)/gu)) {
    if (other === '*') parts.push('');
    else parts[parts.length - 1] += escaped ?? other;
  }
  return parts;
}

/** Whether a text has these parts in their order, the first at its beginning and the last at its end. In linear time. */
function hasParts(text: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.endsWith(last) && text.length - last.length >= at;
}
