import { isToken, splitList } from './list.ts';

/** What a response says it depends on, part by part: the grammar of Netlify-Vary. */
export interface Variation {
  /** Query parameters that count; null: it does not say. */
  readonly query: string[] | 'all' | null;
  /** Request fields, lower case. */
  readonly fields: readonly string[];
  /** Cookies, by name. */
  readonly cookies: readonly string[];
  /** Groups of languages, lower case: `en|es+pt`. Empty: none. */
  readonly languages: string;
  /** Groups of countries, lower case. Empty: none. */
  readonly countries: string;
}

/** What says nothing. */
export const NO_VARIATION: Variation = {
  query: null,
  fields: [],
  cookies: [],
  languages: '',
  countries: '',
};

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
    const [kind = '', text = ''] = instruction.split('=', 2);
    const values = text.split('|').filter((value) => value !== '');
    given.set(kind, values);
  }
  const valuesOf = (kind: string): string[] => given.get(kind) ?? [];
  const query = given.get('query') ?? null;
  return {
    query: query?.length === 0 ? 'all' : query,
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
