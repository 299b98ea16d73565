import { isToken, splitList } from './list.ts';

/** What a response says it depends on, part by part: the grammar of Netlify-Vary. */
export interface Variation {
  /** Query parameters that count; null: it names none. */
  readonly query: readonly string[] | null;
  /** Whether it says that all of them count. */
  readonly allQueries: boolean;
  /** Request fields, lower case. */
  readonly fields: readonly string[];
  /** Cookies, by name. */
  readonly cookies: readonly string[];
  /** Groups of languages, lower case: `en|es+pt`. Empty: none. */
  readonly languages: string;
  /** Groups of countries, lower case. Empty: none. */
  readonly countries: string;
}

/** Request fields that no response can be told apart by here: Vary is for some, and others differ with each client. */
const NOT_NAMED: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-datetime',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-length',
  'cookie',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'referer',
  'upgrade',
  'user-agent',
]);

/** The instructions of a field; unknown ones count for nothing, and of two of a kind the last one. */
export function parseVariation(lines: readonly string[]): Variation {
  const given = new Map<string, string[]>();
  for (const instruction of splitList(lines.join(','))) {
    const equals = instruction.indexOf('=');
    const kind = equals === -1 ? instruction : instruction.slice(0, equals);
    const text = equals === -1 ? '' : instruction.slice(equals + 1);
    given.set(
      kind,
      text.split('|').filter((value) => value !== ''),
    );
  }
  const valuesOf = (kind: string): string[] => given.get(kind) ?? [];
  const query = given.get('query');
  const allQueries = query?.length === 0;
  return {
    query: query === undefined || allQueries ? null : query,
    allQueries,
    fields: valuesOf('header')
      .map((name) => name.toLowerCase())
      .filter(isNamed),
    cookies: valuesOf('cookie'),
    languages: valuesOf('language').join('|').toLowerCase(),
    countries: valuesOf('country').join('|').toLowerCase(),
  };
}

function isNamed(name: string): boolean {
  return isToken(name) && !NOT_NAMED.has(name);
}
