import { acceptedCodings, AcceptedCodings } from '../../src/fields/accept-encoding.ts';
import { parseAge } from '../../src/fields/age.ts';
import {
  isAmount,
  isPermissive,
  isQualifiable,
  isRestrictive,
  parseCacheControl,
  parseFieldNames,
} from '../../src/fields/cache-control.ts';
import type { CacheControl } from '../../src/fields/cache-control.ts';
import { formatCacheStatus } from '../../src/fields/cache-status.ts';
import { hopByHopNames } from '../../src/fields/connection.ts';
import { parseDeltaSeconds } from '../../src/fields/delta-seconds.ts';
import {
  formatDirectives,
  withDirective,
  withFirstDirective,
  writtenDirective,
  writtenDirectives,
} from '../../src/fields/directive-list.ts';
import { DirectiveCollector } from '../../src/fields/directive-collector.ts';
import { parseEdgeControl } from '../../src/fields/edge-control.ts';
import {
  formatEntityTag,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
} from '../../src/fields/etag.ts';
import { isFieldValue } from '../../src/fields/field-value.ts';
import { formatHttpDate, parseHttpDate } from '../../src/fields/http-date.ts';
import { isToken, splitAtCommas, splitList, unquote } from '../../src/fields/list.ts';
import { parseMaxForwards } from '../../src/fields/max-forwards.ts';
import { isOfType, mediaTypeOf } from '../../src/fields/media-type.ts';
import { parseNoVarySearch, searchVariance } from '../../src/fields/no-vary-search.ts';
import { normalizeFieldValue } from '../../src/fields/normalize.ts';
import {
  formatContentRange,
  formatUnsatisfiedRange,
  parseContentRange,
  parseRange,
  parseUnsatisfiedRange,
  resolveRanges,
} from '../../src/fields/range.ts';
import { searchCacheControl } from '../../src/fields/searched-cache-control.ts';
import {
  isSfToken,
  parseDictionary,
  parseItem,
  parseList,
  serializeBytes,
  serializeParameter,
  serializeString,
} from '../../src/fields/structured.ts';
import type { BareItem, Member } from '../../src/fields/structured.ts';
import { parseTargetedCacheControl } from '../../src/fields/targeted-cache-control.ts';
import { codingQuality, languageQuality, mediaQuality } from '../../src/fields/quality.ts';
import { parseVariation } from '../../src/fields/variation.ts';
import { parseVary } from '../../src/fields/vary.ts';
import {
  CODING_ALIASES,
  codingName,
  parseWeightedList,
  parseWeightParameter,
} from '../../src/fields/weighted-list.ts';
import { IncomingFields } from '../../src/headers.ts';
import { rfc9111 } from '../../src/profile.ts';
import { groupsOf, tagsOf } from '../../src/purge-labels.ts';
import { languageKeyOf } from '../../src/language-selection.ts';
import { searchKeyOf } from '../../src/search-variance.ts';

/** One function that is handed what a peer wrote, or what was read from it. */
export interface FieldReader {
  /** Within `src`. */
  readonly file: string;
  /** The exported function. */
  readonly name: string;
  /** Values as they are meant to be, from which others are made by mutation. */
  readonly valid: readonly string[];
  read(value: string): unknown;
  /** Whether what was read from the value is something the function may return. */
  holds(value: string): boolean;
}

interface Reader<T> {
  readonly valid: readonly string[];
  readonly read: (value: string) => T;
  /** Default: every number in it, however deep, is a count. */
  readonly holds?: (result: T, value: string) => boolean;
}

function reader<T>(
  file: string,
  name: string,
  { valid, read, holds = hasOnlyCounts }: Reader<T>,
): FieldReader {
  return { file, name, valid, read, holds: (value) => holds(read(value), value) };
}

function isQuality(quality: number | null): boolean {
  return quality === null || (isCount(quality) && quality <= 1000);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Whether no number in the value, however deep, is negative, fractional or past counting. */
function hasOnlyCounts(value: unknown): boolean {
  if (typeof value === 'number') return isCount(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(hasOnlyCounts);
}

/** RFC 9111 §5.2.1.2: max-stale without a value has no bound; nothing else is without one. */
function isCacheControl(parsed: CacheControl | null): boolean {
  if (parsed === null) return true;
  const { maxStaleSeconds, ...others } = parsed;
  return hasOnlyCounts(others) && (maxStaleSeconds === Infinity || hasOnlyCounts(maxStaleSeconds));
}

function isMember(member: Member): boolean {
  const isWhole = member.kind === 'inner-list' ? member.items.every(isMember) : isBareItem(member);
  return isWhole && member.parameters.values().every(isBareItem);
}

/** RFC 9651 §3.3: the values that each type has. */
function isBareItem(item: BareItem): boolean {
  switch (item.kind) {
    case 'integer':
    case 'date':
      return Number.isInteger(item.value) && Math.abs(item.value) <= 999_999_999_999_999;
    case 'decimal':
      return Math.abs(item.value) < 1e12;
    case 'string':
      return /^[ -~]*$/u.test(item.value);
    case 'token':
      return isSfToken(item.value);
    case 'bytes':
    case 'boolean':
    case 'display-string':
      return true;
    default:
      return item satisfies never;
  }
}

function isTrimmed(members: readonly string[]): boolean {
  return members.every((member) => !/^[ \t]|[ \t]$/u.test(member));
}

const DIRECTIVES = [
  'max-age=60',
  'no-store',
  'private="set-cookie, x", max-age=5',
  'no-cache="a", public, s-maxage=10, stale-while-revalidate=30, stale-if-error=300',
  'must-revalidate, proxy-revalidate, no-transform, immutable, must-understand',
  'max-stale, min-fresh=10, only-if-cached, ext="a, \\"no-store\\" \\\\, b"',
];
const TOKENS = ['gzip', 'X-Custom', 'a, b', 'accept-encoding, Accept-Language', '*'];
const QUOTED = ['"a"', '"a \\"b\\" c"', '"a, b", c, d="e\\\\"', '""'];
const DATES = [
  'Sun, 06 Nov 1994 08:49:37 GMT',
  'Sunday, 06-Nov-94 08:49:37 GMT',
  'Sun Nov  6 08:49:37 1994',
  'Thu, 29 Feb 2024 23:59:60 GMT',
];
const TAGS = ['"v1"', 'W/"v1"', '"a", W/"b,c", "\\"', '*', '""'];
const STRUCTURED = [
  'a=1, b=?0, c=2.5;d;e="x"',
  'a;b=1, "s\\"\\\\", :aGk=:, ?1, @1659578233',
  '("a" b;c 1);d, %"f%c3%bc", -999999999999999, *',
  'max-age=60, private="a, b", no-store, s-maxage=10;x',
];
const RANGES = ['bytes=0-0', 'bytes=0-499, 500-, -500', 'BYTES=10-20,15-30,,-1'];
const WEIGHTED = ['gzip, br;q=0.5, *;q=0', 'en-GB, en;q=0.9 ,de ; q=0.125', 'x-gzip;q=1.000, a/b'];

const BY_LANGUAGE = { id: 'vary:accept-language', names: ['accept-language'] };
const KEY_ORDER = {
  id: 'key-order',
  named: 'ignored',
  names: new Set<string>(),
  orderCounts: false,
} as const;

/** Every function that `src/fields` exports, as a test checks, and what reads fields elsewhere. */
export const FIELD_READERS: readonly FieldReader[] = [
  reader('fields/age.ts', 'parseAge', {
    valid: ['0', '60', '60, 70', '2147483648'],
    read: (value) => parseAge([value]),
  }),

  reader('fields/cache-control.ts', 'parseCacheControl', {
    valid: DIRECTIVES,
    read: (value) => parseCacheControl([value]),
    holds: isCacheControl,
  }),
  reader('fields/cache-control.ts', 'parseCacheControl', {
    valid: DIRECTIVES,
    // The lines of a field are one list, wherever they are cut.
    read: (value) => parseCacheControl([value.slice(0, 9), value.slice(9)]),
    holds: isCacheControl,
  }),
  reader('fields/cache-control.ts', 'parseFieldNames', {
    valid: TOKENS,
    read: parseFieldNames,
    holds: (names) => names === null || names.every(isToken),
  }),
  ...Object.entries({ isAmount, isPermissive, isQualifiable, isRestrictive }).map(([name, read]) =>
    reader('fields/cache-control.ts', name, {
      valid: ['max-age', 'no-cache', 'public', 'no-store'],
      read,
    }),
  ),

  reader('fields/cache-status.ts', 'formatCacheStatus', {
    valid: ['poplet', 'a name', 'default http://edge.test/?a="b"'],
    read: (value) =>
      formatCacheStatus({ cacheName: value, key: value, detail: value, fwd: 'uri-miss' }),
    holds: (text) => parseList(text)?.length === 1,
  }),

  reader('fields/connection.ts', 'hopByHopNames', {
    valid: ['close', 'keep-alive, X-Secret', 'Upgrade, HTTP2-Settings'],
    read: (value) => hopByHopNames(new IncomingFields(['Connection', value])),
    holds: (names) => names.values().every((name) => isToken(name) && name === name.toLowerCase()),
  }),

  reader('fields/delta-seconds.ts', 'parseDeltaSeconds', {
    valid: ['0', '60', '2147483648', '99999999999999999999'],
    read: parseDeltaSeconds,
  }),

  reader('fields/directive-collector.ts', 'DirectiveCollector', {
    valid: TOKENS,
    read(value) {
      const collector = new DirectiveCollector();
      collector.addFlag(value);
      collector.addFields('private', [value, value.toUpperCase()]);
      for (const part of splitList(value)) collector.addMalformed(part);
      collector.addAmount('max-age', parseDeltaSeconds(value) ?? 'invalid');
      return collector.result();
    },
    holds: ({ malformed }) =>
      malformed.length <= 16 && malformed.every((text) => text.length <= 80),
  }),

  reader('fields/directive-list.ts', 'writtenDirective', {
    valid: DIRECTIVES,
    read: writtenDirective,
    holds: ({ name, text }, value) =>
      text === value && (name === '' || isToken(name)) && name === name.toLowerCase(),
  }),
  reader('fields/directive-list.ts', 'writtenDirectives', {
    valid: DIRECTIVES,
    read: (value) => writtenDirectives([value]),
    holds: (directives) => directives.every(({ text }) => text !== ''),
  }),
  reader('fields/directive-list.ts', 'formatDirectives', {
    valid: DIRECTIVES,
    read: (value) => formatDirectives(writtenDirectives([value])),
    // What is written of what was read is read as the same.
    holds: (text) => formatDirectives(writtenDirectives([text])) === text,
  }),
  ...Object.entries({ withDirective, withFirstDirective }).map(([name, change]) =>
    reader('fields/directive-list.ts', name, {
      valid: DIRECTIVES,
      read: (value) =>
        formatDirectives(change(writtenDirectives([value]), writtenDirective('max-age=1'))),
      // The directive is there, once.
      holds: (text) =>
        writtenDirectives([text]).filter((one) => one.name === 'max-age').length === 1,
    }),
  ),

  reader('fields/etag.ts', 'parseEntityTag', {
    valid: TAGS,
    read: parseEntityTag,
    holds: (tag, value) => tag === null || formatEntityTag(tag) === value,
  }),
  reader('fields/etag.ts', 'parseEntityTagList', {
    valid: TAGS,
    read: parseEntityTagList,
    holds: (tags) =>
      tags === null ||
      tags === '*' ||
      tags.every((tag) => parseEntityTag(formatEntityTag(tag)) !== null),
  }),
  reader('fields/etag.ts', 'formatEntityTag', {
    valid: TAGS,
    read: (value) => formatEntityTag({ weak: true, opaque: value }),
  }),
  ...Object.entries({ strongMatch, weakMatch }).map(([name, match]) =>
    reader('fields/etag.ts', name, {
      valid: TAGS,
      read(value) {
        const tag = parseEntityTag(value);
        return tag === null || match(tag, { ...tag });
      },
      holds: (matches, value) => matches || (value.startsWith('W/') && match === strongMatch),
    }),
  ),

  reader('fields/field-value.ts', 'isFieldValue', { valid: TOKENS, read: isFieldValue }),

  reader('fields/http-date.ts', 'parseHttpDate', {
    valid: DATES,
    read: (value) => parseHttpDate(value),
    holds: (atMs) => atMs === null || Number.isSafeInteger(atMs),
  }),
  reader('fields/http-date.ts', 'parseHttpDate', {
    valid: DATES,
    read: (value) => parseHttpDate(value, 1_795_348_800_000),
    holds: (atMs) => atMs === null || Number.isSafeInteger(atMs),
  }),
  reader('fields/http-date.ts', 'formatHttpDate', {
    valid: DATES,
    read: (value) => formatHttpDate(parseHttpDate(value) ?? Number(value)),
    holds: (text, value) => {
      const atMs = parseHttpDate(value);
      return atMs === null ? parseHttpDate(text) !== null : parseHttpDate(text) === atMs;
    },
  }),

  reader('fields/list.ts', 'isToken', { valid: TOKENS, read: isToken }),
  reader('fields/list.ts', 'splitAtCommas', {
    valid: [...TOKENS, ...QUOTED],
    read: splitAtCommas,
    holds: (members) => members.length > 0 && isTrimmed(members),
  }),
  reader('fields/list.ts', 'splitList', {
    valid: [...TOKENS, ...QUOTED],
    read: splitList,
    holds: (members) => !members.includes('') && isTrimmed(members),
  }),
  reader('fields/list.ts', 'unquote', {
    valid: QUOTED,
    read: unquote,
    holds: (text, value) => text === null || text.length <= value.length - 2,
  }),

  reader('fields/max-forwards.ts', 'parseMaxForwards', {
    valid: ['0', '5', '00', '99999999999999999999'],
    read: parseMaxForwards,
  }),

  reader('fields/edge-control.ts', 'parseEdgeControl', {
    valid: ['no-store', '!no-store, max-age=60', 'cache-maxage=1d, downstream-ttl=5m', 'dca=esi'],
    read: (value) => parseEdgeControl([value]),
  }),
  reader('fields/media-type.ts', 'mediaTypeOf', {
    valid: ['text/html; charset=utf-8', 'IMAGE/PNG', 'application/ld+json ;a="b;c"'],
    read: (value) => mediaTypeOf(new IncomingFields(['Content-Type', value])),
    holds: (type) => type === type.toLowerCase() && !type.includes(';'),
  }),
  reader('fields/media-type.ts', 'isOfType', {
    valid: ['text/*', '+json', 'image/png'],
    read: (value) => isOfType('image/png', value),
  }),
  reader('fields/no-vary-search.ts', 'searchVariance', {
    valid: ['a', 'utm_source', 'b c', '%20'],
    read: (value) => searchVariance('counted', new Set([value.toWellFormed()]), false),
    holds: ({ id }) => /^[!-~]+$/u.test(id),
  }),
  reader('fields/no-vary-search.ts', 'parseNoVarySearch', {
    valid: ['key-order, params=("a" "b%20c")', 'params, except=("d")', 'params=?0, key-order'],
    read: (value) => parseNoVarySearch([value]),
    holds: (variance) => typeof variance === 'string' || /^[!-~]+$/u.test(variance.id),
  }),

  ...['x-unknown', 'accept', 'accept-encoding', 'accept-language', 'available-dictionary'].map(
    (field) =>
      reader('fields/normalize.ts', 'normalizeFieldValue', {
        valid: field === 'available-dictionary' ? [':YWI=:', ':YWJj:'] : WEIGHTED,
        read: (value) => normalizeFieldValue(field, [value]),
        holds: (normal) => normalizeFieldValue(field, [normal]) === normal,
      }),
  ),

  reader('fields/accept-encoding.ts', 'AcceptedCodings', {
    valid: ['gzip, deflate, br, zstd', 'br;q=0.5, x-gzip;q=0.1, *;q=0', 'identity;q=0, *'],
    read(value) {
      const accepted = new AcceptedCodings(value);
      return { accepted, chosen: accepted.choose(['br', 'gzip']) };
    },
    holds: ({ accepted, chosen }) => chosen === null || accepted.accepts(chosen),
  }),
  reader('fields/accept-encoding.ts', 'acceptedCodings', {
    valid: ['gzip, deflate, br, zstd', 'identity;q=0, *'],
    read(value) {
      const fields = new IncomingFields(['Accept-Encoding', value, 'Accept-Encoding', 'br;q=0.5']);
      return { known: acceptedCodings(fields), read: new AcceptedCodings(`${value}, br;q=0.5`) };
    },
    holds: ({ known, read }) =>
      (['gzip', 'br', 'zstd', 'identity'] as const).every(
        (coding) => known.accepts(coding) === read.accepts(coding),
      ) && known.choose(['br', 'gzip']) === read.choose(['br', 'gzip']),
  }),
  reader('fields/quality.ts', 'languageQuality', {
    valid: WEIGHTED,
    read: (value) => [languageQuality(value, 'de-AT, fr'), languageQuality('de, fr', value)],
    holds: (qualities) => qualities.every(isQuality),
  }),
  reader('fields/quality.ts', 'codingQuality', {
    valid: WEIGHTED,
    read: (value) => [codingQuality(value, 'gzip'), codingQuality('gzip, br', value)],
    holds: (qualities) => qualities.every(isQuality),
  }),
  reader('fields/quality.ts', 'mediaQuality', {
    valid: ['text/html, a/b;q=0.5;x=y', '*/*;q=0.1, text/*', 'text/html;level=1'],
    read: (value) => [mediaQuality(value, 'text/html;level=1'), mediaQuality('a/b', value)],
    holds: (qualities) => qualities.every(isQuality),
  }),

  reader('fields/range.ts', 'parseRange', { valid: RANGES, read: parseRange }),
  reader('fields/range.ts', 'resolveRanges', {
    valid: RANGES,
    read: (value) => resolveRanges(parseRange(value)?.ranges ?? [], 1000),
    holds: (spans) =>
      hasOnlyCounts(spans) &&
      spans.every(({ startByte, endByte }) => startByte < endByte && endByte <= 1000),
  }),
  reader('fields/range.ts', 'parseContentRange', {
    valid: ['bytes 0-9/10', 'bytes 0-0/*', 'Bytes 42-1233/1234'],
    read: parseContentRange,
    holds: (range) =>
      hasOnlyCounts(range) &&
      (range === null ||
        (range.startByte < range.endByte &&
          range.endByte <= (range.completeBytes ?? range.endByte))),
  }),
  reader('fields/range.ts', 'formatContentRange', {
    valid: ['bytes 0-9/10', 'bytes 0-0/*', 'Bytes 42-1233/1234'],
    read(value) {
      const range = parseContentRange(value);
      return range === null ? null : [range, parseContentRange(formatContentRange(range))];
    },
    holds: (both) => both === null || JSON.stringify(both[0]) === JSON.stringify(both[1]),
  }),
  reader('fields/range.ts', 'parseUnsatisfiedRange', {
    valid: ['bytes */10', 'bytes */0'],
    read: parseUnsatisfiedRange,
  }),
  reader('fields/range.ts', 'formatUnsatisfiedRange', {
    valid: ['bytes */10', 'bytes */0'],
    read(value) {
      const bytes = parseUnsatisfiedRange(value);
      return bytes === null || parseUnsatisfiedRange(formatUnsatisfiedRange(bytes)) === bytes;
    },
    holds: (isSame) => isSame,
  }),

  reader('fields/searched-cache-control.ts', 'searchCacheControl', {
    valid: DIRECTIVES,
    read: (value) => searchCacheControl([value]),
    holds: isCacheControl,
  }),

  reader('fields/structured.ts', 'parseDictionary', {
    valid: STRUCTURED,
    read: parseDictionary,
    holds: (members) => members === null || members.values().every(isMember),
  }),
  reader('fields/structured.ts', 'parseList', {
    valid: STRUCTURED,
    read: parseList,
    holds: (members) => members === null || members.every(isMember),
  }),
  reader('fields/structured.ts', 'parseItem', {
    valid: STRUCTURED.flatMap((text) => splitList(text)),
    read: parseItem,
    holds: (item) => item === null || isMember(item),
  }),
  reader('fields/structured.ts', 'serializeBytes', {
    valid: QUOTED,
    read: (value) => serializeBytes(new TextEncoder().encode(value)),
    holds: (text, value) => text === `:${Buffer.from(value).toString('base64')}:`,
  }),
  reader('fields/structured.ts', 'serializeString', {
    valid: QUOTED,
    read: serializeString,
    holds: (text, value) => text === null || parseItem(text)?.value === value,
  }),
  reader('fields/structured.ts', 'serializeParameter', {
    valid: TOKENS,
    read: (value) => serializeParameter('a', { kind: 'token', value }),
    holds: (text) => text === null || parseItem(`x${text}`) !== null,
  }),
  reader('fields/structured.ts', 'isSfToken', { valid: TOKENS, read: isSfToken }),

  reader('fields/targeted-cache-control.ts', 'parseTargetedCacheControl', {
    valid: [...DIRECTIVES, ...STRUCTURED],
    read: (value) => parseTargetedCacheControl([value]),
    holds: isCacheControl,
  }),

  reader('fields/variation.ts', 'parseVariation', {
    valid: ['query=a|b, header=X-A|Accept', 'language=en|es+pt, country=us, cookie=a|b', 'query'],
    read: (value) => parseVariation([value]),
    holds: ({ fields }) => fields.every(isToken),
  }),
  reader('fields/vary.ts', 'parseVary', {
    valid: TOKENS,
    read: (value) => parseVary([value]),
    holds: (names) => names === '*' || names.every(isToken),
  }),

  reader('fields/weighted-list.ts', 'codingName', {
    valid: ['gzip', 'X-Gzip', 'x-compress', 'br'],
    read: codingName,
    holds: (name) => codingName(name) === name,
  }),
  reader('fields/weighted-list.ts', 'parseWeightParameter', {
    valid: ['q=0.5', 'q=1', 'Q=0.001'],
    read: parseWeightParameter,
    holds: isQuality,
  }),
  reader('fields/weighted-list.ts', 'parseWeightedList', {
    valid: WEIGHTED,
    read: (value) => parseWeightedList(value, CODING_ALIASES),
    holds: (members) =>
      members.every(
        (member) => member === null || (isCount(member.weight) && member.weight <= 1000),
      ),
  }),

  reader('language-selection.ts', 'languageKeyOf', {
    valid: WEIGHTED,
    read: (value) => languageKeyOf(BY_LANGUAGE, new IncomingFields(['Accept-Language', value])),
    holds: (key) => key === null || /^accept-language:(?!\*\n)[^,;\s]+\n$/u.test(key),
  }),
  reader('purge-labels.ts', 'tagsOf', {
    valid: ['a b c', 'a, b , c', 'x'],
    read: (value) =>
      tagsOf(new IncomingFields(['Surrogate-Key', value, 'Cache-Tag', value]), rfc9111.storability),
    holds: (tags) => !tags.includes('') && new Set(tags).size === tags.length,
  }),
  reader('purge-labels.ts', 'groupsOf', {
    valid: ['"a", "b";x', '"a", b'],
    read: (value) => groupsOf(new IncomingFields(['Cache-Groups', value])),
    holds: (groups) => new Set(groups).size === groups.length,
  }),
  reader('search-variance.ts', 'searchKeyOf', {
    valid: ['a=1&b=2', 'a=%20+&a=3', 'b&a'],
    read: (value) => searchKeyOf(KEY_ORDER, value),
    holds: (key) => searchKeyOf(KEY_ORDER, key) === key,
  }),
];
