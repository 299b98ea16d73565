import { defineCases } from '@poplet/conformance';
import type { Case, HeaderScript } from '@poplet/conformance';

/** `sections` of RFC 9651, with a space between. */
type Row = readonly [id: string, value: string, sections: string, title: string];

const MAX_AGE = 'max-age=600';

/** Values that parse as a Dictionary in which `max-age` is 600. */
const PARSED: readonly Row[] = [
  ['space-around', '  max-age=600  ', '4.2', 'spaces around the field are dropped'],
  ['tab-around-comma', 'public\t,\tmax-age=600', '4.2.2', 'tabs may stand around a comma'],
  [
    'last-of-a-key',
    'max-age=1, max-age=600',
    '4.2.2',
    'of two members with one key the last stands',
  ],
  [
    'unknown-key',
    'x=3, *_.-9=4, max-age=600',
    '3.2 4.2.3.3',
    'members with unknown keys are ignored',
  ],
  ['long-key', `${'k'.repeat(64)}=1, max-age=600`, '3.2', 'a key of 64 characters'],
  ['many-members', `${members(1023)}, max-age=600`, '3.2', 'a Dictionary of 1024 members'],
  [
    'parameters',
    'max-age=600;a;b=1; c="x";d=?0',
    '3.1.2 4.2.3.2',
    'parameters are taken in and mean nothing',
  ],
  ['many-parameters', `max-age=600${parameters(256)}`, '3.1.2', '256 parameters'],
  [
    'long-parameter',
    `max-age=600;${'k'.repeat(64)}`,
    '3.1.2',
    'a parameter with a key of 64 characters',
  ],
  ['inner-list', 'x=( a  "b" 1;q );p, max-age=600', '4.2.1.2', 'a member may be an Inner List'],
  ['empty-inner-list', 'x=(), max-age=600', '4.2.1.2', 'an Inner List may be empty'],
  [
    'long-inner-list',
    `x=(${'1 '.repeat(256)}), max-age=600`,
    '3.1.1',
    'an Inner List of 256 items',
  ],
  ['leading-zeros', 'max-age=0600', '4.2.4', 'an Integer may have leading zeros'],
  [
    'negative',
    'x=-999999999999999, max-age=600',
    '4.2.4',
    'an Integer of fifteen digits and a sign',
  ],
  ['decimal', 'x=-123456789012.125, max-age=600', '4.2.4', 'a Decimal of twelve and three digits'],
  [
    'string',
    'x="a\\"b\\\\, c", max-age=600',
    '4.2.5',
    'a String with escaped characters and a comma',
  ],
  ['long-string', `x="${'s'.repeat(1024)}", max-age=600`, '3.3.3', 'a String of 1024 characters'],
  ['token', "x=*a/b:c!#$%&'+-.^_`|~, max-age=600", '4.2.6', 'a Token with all its characters'],
  ['long-token', `x=${'t'.repeat(512)}, max-age=600`, '3.3.4', 'a Token of 512 characters'],
  ['bytes', 'x=:aGVsbG8+/w==:, max-age=600', '4.2.7', 'a Byte Sequence'],
  ['bytes-unpadded', 'x=:aGk:, max-age=600', '4.2.7', 'a Byte Sequence without its padding'],
  [
    'bytes-pad-bits',
    'x=:aGl=:, max-age=600',
    '4.2.7',
    'a Byte Sequence with pad bits that are not zero',
  ],
  [
    'long-bytes',
    `x=:${'AAAA'.repeat(5462)}:, max-age=600`,
    '3.3.5',
    'a Byte Sequence of 16386 octets',
  ],
  ['boolean', 'public=?1, x=?0, max-age=600', '4.2.8', 'Booleans that are written out'],
  [
    'date',
    'x=@-62135596800, y=@253402214400, max-age=600',
    '4.2.9 3.3.7',
    'Dates of the years 1 and 9999',
  ],
  ['display-string', 'x=%"f%c3%bcr %25", max-age=600', '4.2.10', 'a Display String'],
];

/** Values that do not parse: the whole field is as if it were not there. */
const FAILED: readonly Row[] = [
  ['no-comma', 'max-age=600 public', '4.2.2', 'two members without a comma'],
  ['empty-member', 'max-age=600,, public', '4.2.2', 'an empty member'],
  ['trailing-comma', 'max-age=600,', '4.2.2', 'a comma at the end'],
  ['leading-comma', ', max-age=600', '4.2.2', 'a comma at the beginning'],
  ['space-before-equals', 'max-age =600', '4.2.2', 'white space before the equals sign'],
  ['space-after-equals', 'max-age= 600', '4.2.2', 'white space behind the equals sign'],
  ['no-value', 'max-age=600, x=', '4.2.3.1', 'an equals sign and no value'],
  ['unknown-type', 'max-age=600, x=!a', '4.2.3.1', 'a value of no known type'],
  ['key-upper-case', 'max-age=600, X', '4.2.3.3', 'a key in upper case'],
  ['key-digit', 'max-age=600, 1x', '4.2.3.3', 'a key that begins with a digit'],
  ['parameter-key', 'max-age=600;A', '4.2.3.2', 'a parameter in upper case'],
  ['parameter-value', 'max-age=600;a=', '4.2.3.2', 'a parameter with an equals sign and no value'],
  ['space-before-semicolon', 'max-age=600 ;a', '4.2.3.2', 'white space before a semicolon'],
  ['inner-list-open', 'max-age=600, x=(a b', '4.2.1.2', 'an Inner List that does not end'],
  [
    'inner-list-joined',
    'max-age=600, x=("a""b")',
    '4.2.1.2',
    'items of an Inner List without a space',
  ],
  ['integer-long', 'max-age=600, x=1234567890123456', '4.2.4', 'an Integer of sixteen digits'],
  ['integer-sign-only', 'max-age=600, x=-', '4.2.4', 'a sign without a number'],
  ['integer-plus', 'max-age=600, x=+1', '4.2.4', 'a plus sign'],
  ['decimal-long', 'max-age=600, x=1234567890123.1', '4.2.4', 'thirteen digits before the point'],
  ['decimal-point-last', 'max-age=600, x=1.', '4.2.4', 'nothing behind the point'],
  ['decimal-fraction', 'max-age=600, x=1.2345', '4.2.4', 'four digits behind the point'],
  ['string-open', 'max-age=600, x="a', '4.2.5', 'a String that does not end'],
  ['string-escape', 'max-age=600, x="\\a"', '4.2.5', 'another character behind a backslash'],
  ['string-escape-last', 'max-age=600, x="\\', '4.2.5', 'nothing behind a backslash'],
  ['string-tab', 'max-age=600, x="a\tb"', '4.2.5', 'a tab in a String'],
  ['string-not-ascii', 'max-age=600, x="é"', '4.2.5', 'a character outside ASCII'],
  ['token-end', 'max-age=600, x=a@', '4.2.6', 'a Token with a character that it cannot have'],
  ['bytes-open', 'max-age=600, x=:aGk', '4.2.7', 'a Byte Sequence that does not end'],
  [
    'bytes-alphabet',
    'max-age=600, x=:a_k=:',
    '4.2.7',
    'a character outside the alphabet of base64',
  ],
  ['bytes-length', 'max-age=600, x=:aGkaa:', '4.2.7', 'base64 of an impossible length'],
  ['boolean-other', 'max-age=600, x=?2', '4.2.8', 'a Boolean that is neither'],
  ['date-decimal', 'max-age=600, x=@1.5', '4.2.9', 'a Date with a fraction'],
  ['date-empty', 'max-age=600, x=@', '4.2.9', 'a Date without a number'],
  ['display-open', 'max-age=600, x=%"a', '4.2.10', 'a Display String that does not end'],
  ['display-unquoted', 'max-age=600, x=%a', '4.2.10', 'a Display String without quotes'],
  ['display-upper-case', 'max-age=600, x=%"%C3%BC"', '4.2.10', 'percent-encoding in upper case'],
  ['display-cut', 'max-age=600, x=%"%c"', '4.2.10', 'percent-encoding that is cut short'],
  ['display-not-utf-8', 'max-age=600, x=%"%ff"', '4.2.10', 'octets that are not UTF-8'],
];

function clauses(sections: string): readonly string[] {
  return sections.split(' ').map((section) => `RFC 9651 §${section}`);
}

function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `m${index}`).join(',');
}

function parameters(count: number): string {
  return Array.from({ length: count }, (_, index) => `;p${index}`).join('');
}

/** The lifetime tells whether the targeted field governed: 600 seconds, else the 60 of Cache-Control. */
function governs(told: Omit<Case, 'steps' | 'kind'>, lines: HeaderScript, ttl: 60 | 600): Case {
  return {
    ...told,
    kind: 'required',
    steps: [
      { request: {}, origin: { headers: lines }, expect: { from: 'origin', cacheStatus: { ttl } } },
    ],
  };
}

function targeted(...values: readonly string[]): HeaderScript {
  const lines = values.map((value): [string, string] => ['CDN-Cache-Control', value]);
  return [...lines, ['Cache-Control', 'max-age=60']];
}

/** How structured fields are read, as the lifetime in a targeted field shows. */
export const structuredCases = defineCases([
  ...PARSED.map(([id, value, section, title]) =>
    governs(
      {
        id: `structured-${id}`,
        title: `A structured field is read: ${title}`,
        spec: [...clauses(section), 'RFC 9213 §2.1'],
      },
      targeted(value),
      600,
    ),
  ),
  ...FAILED.map(([id, value, section, title]) =>
    governs(
      {
        id: `structured-fails-${id}`,
        title: `A structured field that fails to parse is ignored whole: ${title}`,
        spec: [...clauses(section), 'RFC 9651 §4.2', 'RFC 9213 §2.1'],
      },
      targeted(value),
      60,
    ),
  ),
  governs(
    {
      id: 'structured-lines',
      title: 'The lines of a structured field are joined by commas before it is read',
      spec: ['RFC 9651 §4.2', 'RFC 9213 §2.1'],
    },
    targeted('public', MAX_AGE),
    600,
  ),
  governs(
    {
      id: 'structured-fails-lines',
      title: 'One line that fails makes all lines of a structured field fail',
      spec: ['RFC 9651 §4.2', 'RFC 9213 §2.1'],
    },
    targeted(MAX_AGE, 'x="'),
    60,
  ),
]);
