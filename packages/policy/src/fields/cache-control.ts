import { parseDeltaSeconds } from './delta-seconds.ts';
import { DirectiveCollector } from './directive-collector.ts';
import type { AmountName, QualifiableName } from './directive-collector.ts';
import { isToken, splitList, unquote } from './list.ts';
import { remembered } from '../remembered.ts';

/** Seconds; null when the directive is absent, `'invalid'` when its argument is missing or malformed. */
export type DeltaValue = number | null | 'invalid';

/** What the directives of Cache-Control, or of a targeted field (RFC 9213), add up to. */
export interface CacheControl {
  /** Whether there is such a field at all, even an empty one. */
  readonly present: boolean;
  readonly noStore: boolean;
  /** The unqualified form. */
  readonly noCache: boolean;
  /** Fields of the qualified form, lower case. It is defined for responses only (RFC 9111 §5.2.2.4). */
  readonly noCacheFields: readonly string[];
  /** The unqualified form. */
  readonly private: boolean;
  /** Fields of the qualified form, lower case. */
  readonly privateFields: readonly string[];
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly noTransform: boolean;
  readonly immutable: boolean;
  readonly onlyIfCached: boolean;
  readonly maxAgeSeconds: DeltaValue;
  readonly sMaxageSeconds: DeltaValue;
  readonly minFreshSeconds: DeltaValue;
  /** `Infinity` when max-stale has no value: any age will do (RFC 9111 §5.2.1.2). */
  readonly maxStaleSeconds: DeltaValue | number;
  readonly staleWhileRevalidateSeconds: number | null;
  readonly staleIfErrorSeconds: number | null;
  /** The first directives that were dropped or read fail-safe, as they were written. */
  readonly malformed: readonly string[];
}

/** The argument of a directive: undefined when it has none, null when it is malformed. */
type Argument = string | null | undefined;

const LEADING_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
const WORDS = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/g;
const EQUALS = 0x3d;

/** Directives that only forbid: they hold whatever argument comes with them. */
const RESTRICTIVE: ReadonlySet<string> = new Set([
  'no-store',
  'must-revalidate',
  'proxy-revalidate',
  'no-transform',
  'only-if-cached',
]);

/** Directives that permit something: they hold only as they are defined. */
const PERMISSIVE: ReadonlySet<string> = new Set(['public', 'immutable', 'must-understand']);

const AMOUNTS: ReadonlySet<string> = new Set<AmountName>([
  'max-age',
  's-maxage',
  'min-fresh',
  'max-stale',
  'stale-while-revalidate',
  'stale-if-error',
]);

/**
 * The directives of Cache-Control, request or response. Malformed parts are read fail-safe: what
 * forbids is honoured wherever it can be recognised, what permits is dropped.
 */
export function parseCacheControl(lines: readonly string[]): CacheControl {
  // RFC 9110 §5.2: the lines of a field are one list.
  return lines.length === 0 ? ABSENT : directivesOf(lines.join(', '));
}

const directivesOf = remembered((value: string): CacheControl => {
  const collector = new DirectiveCollector();
  for (const member of splitList(value)) readMember(member, collector);
  return collector.result();
});

/** Whether the name is that of a directive whose argument, where it has one, names fields. */
export function isQualifiable(name: string): name is QualifiableName {
  return name === 'no-cache' || name === 'private';
}

/** Whether the directive takes a number of seconds. */
export function isAmount(name: string): name is AmountName {
  return AMOUNTS.has(name);
}

/** Whether the directive takes no argument and only forbids. */
export function isRestrictive(name: string): boolean {
  return RESTRICTIVE.has(name);
}

/** Whether the directive takes no argument and permits something. */
export function isPermissive(name: string): boolean {
  return PERMISSIVE.has(name);
}

/** The field names of a qualified directive; null when there are none or any is malformed. */
export function parseFieldNames(argument: string): readonly string[] | null {
  const names = splitList(argument);
  return names.length > 0 && names.every(isToken) ? names : null;
}

function readMember(member: string, collector: DirectiveCollector): void {
  const written = LEADING_TOKEN.exec(member)?.[0] ?? '';
  // RFC 9111 §5.2: directives are identified by a token, compared case-insensitively.
  const name = written.toLowerCase();
  const argument = readArgument(member, written.length);
  if (!readDirective(name, argument, collector)) collector.addMalformed(member);
  if (argument === null) readRemains(member.slice(written.length), collector);
}

// RFC 9111 §5.2: cache-directive = token [ "=" ( token / quoted-string ) ]; both forms are accepted.
function readArgument(member: string, nameLength: number): Argument {
  if (nameLength === 0) return null;
  if (member.length === nameLength) return undefined;
  if (member.charCodeAt(nameLength) !== EQUALS) return null;
  const argument = member.slice(nameLength + 1);
  return isToken(argument) ? argument : unquote(argument);
}

/** Takes in one directive; false when it is not written as defined. */
function readDirective(name: string, argument: Argument, collector: DirectiveCollector): boolean {
  if (isRestrictive(name)) {
    collector.addFlag(name);
    return argument === undefined;
  }
  if (isPermissive(name)) {
    // RFC 8246 §2: any argument of immutable has no meaning and is ignored.
    const holds = name === 'immutable' ? argument !== null : argument === undefined;
    if (holds) collector.addFlag(name);
    return argument === undefined;
  }
  if (isQualifiable(name)) return readQualifiable(name, argument, collector);
  if (isAmount(name)) return readAmount(name, argument, collector);
  // RFC 9111 §5.2.3: unrecognised directives are ignored.
  return argument !== null;
}

// RFC 9111 §5.2.2.4, §5.2.2.7: with an argument, only the listed fields are meant. Where the list is
// empty or malformed nobody can tell which, so the directive holds for the whole response.
function readQualifiable(
  name: QualifiableName,
  argument: Argument,
  collector: DirectiveCollector,
): boolean {
  const fields = typeof argument === 'string' ? parseFieldNames(argument) : null;
  if (fields === null) collector.addFlag(name);
  else collector.addFields(name, fields);
  return argument === undefined || fields !== null;
}

function readAmount(name: AmountName, argument: Argument, collector: DirectiveCollector): boolean {
  // RFC 9111 §5.2.1.2: max-stale without a value accepts a stale response of any age.
  const value =
    name === 'max-stale' && argument === undefined
      ? Number.POSITIVE_INFINITY
      : parseDeltaSeconds(argument ?? '');
  collector.addAmount(name, value ?? 'invalid');
  return value !== null;
}

/**
 * What follows the name of a malformed directive (`max-age=60; no-store`, or a quoted string that is
 * never closed and so swallows the rest of the field). The grammar gives it no meaning. What forbids
 * storing or reuse is honoured wherever it stands as a word; a lifetime makes every lifetime invalid.
 */
function readRemains(text: string, collector: DirectiveCollector): void {
  for (const [word] of text.matchAll(WORDS)) {
    const name = word.toLowerCase();
    // RFC 9111 §4.2.1: where directives conflict, the most restrictive is honoured.
    if (isRestrictive(name) || isQualifiable(name)) collector.addFlag(name);
    else if (name === 'max-age' || name === 's-maxage') collector.distrustLifetimes();
  }
}

const ABSENT: CacheControl = { ...new DirectiveCollector().result(), present: false };
