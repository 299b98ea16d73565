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

/** The instructions of a field; unknown ones count for nothing. */
export function parseVariation(lines: readonly string[]): Variation {
  let found = NO_VARIATION;
  for (const instruction of splitList(lines.join(','))) {
    const [kind = '', text = ''] = instruction.split('=', 2);
    const values = text.split('|').filter((value) => value !== '');
    switch (kind) {
      case 'query':
        found = { ...found, query: values.length === 0 ? 'all' : values };
        break;
      case 'header':
        found = { ...found, fields: values.map((name) => name.toLowerCase()).filter(isNamed) };
        break;
      case 'cookie':
        found = { ...found, cookies: values };
        break;
      case 'language':
        found = { ...found, languages: values.join('|').toLowerCase() };
        break;
      case 'country':
        found = { ...found, countries: values.join('|').toLowerCase() };
        break;
      default:
        break;
    }
  }
  return found;
}

function isNamed(name: string): boolean {
  return isToken(name) && !NOT_NAMED.has(name);
}
