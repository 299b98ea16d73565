import type { CacheControl } from '../fields/cache-control.ts';
import { parseCacheControl } from '../fields/cache-control.ts';
import {
  withDirective,
  withFirstDirective,
  writtenDirective,
  writtenDirectives,
  type WrittenDirective,
} from '../fields/directive-list.ts';
import { serializeString } from '../fields/structured.ts';
import { parseTargetedCacheControl } from '../fields/targeted-cache-control.ts';

/** A field of cache directives, as a list to be edited. */
export interface EditedField {
  /** Lower case. */
  readonly name: string;
  readonly isTargeted: boolean;
  readonly directives: readonly WrittenDirective[];
}

/** What one directive says on its own. */
function meaningOf({ isTargeted }: EditedField, { text }: WrittenDirective): CacheControl {
  const targeted = isTargeted ? parseTargetedCacheControl([text]) : null;
  return targeted ?? parseCacheControl([text]);
}

/** Without the directives of which this can be said, however they are written. */
export function withoutMeaning(
  field: EditedField,
  isUnwanted: (meaning: CacheControl) => boolean,
): EditedField {
  const directives = field.directives.filter((one) => !isUnwanted(meaningOf(field, one)));
  return { ...field, directives };
}

/** Without the directives of these names. */
export function withoutNames(field: EditedField, names: readonly string[]): EditedField {
  return { ...field, directives: field.directives.filter(({ name }) => !names.includes(name)) };
}

/** With a directive, in the place of those of its name. */
export function withMember(field: EditedField, text: string): EditedField {
  return { ...field, directives: withDirective(field.directives, writtenDirective(text)) };
}

/** With a directive at the front. */
export function withFirstMember(field: EditedField, text: string): EditedField {
  return { ...field, directives: withFirstDirective(field.directives, writtenDirective(text)) };
}

/**
 * With a lifetime for shared caches: in s-maxage where that is used, else in max-age. What is so
 * malformed that it would make every lifetime invalid goes.
 */
export function withLifetime(field: EditedField, seconds: number): EditedField {
  const isShared = field.directives.some(({ name }) => name === 's-maxage');
  const name = isShared ? 's-maxage' : 'max-age';
  const trusted = field.directives.filter(
    (one) => one.name === name || field.isTargeted || !spoils(one, name),
  );
  const given = `${name}=${seconds}`;
  const edited = { ...field, directives: trusted };
  const isThere = trusted.some((one) => one.name === name);
  return isThere ? withMember(edited, given) : withFirstMember(edited, given);
}

function spoils({ text }: WrittenDirective, name: 's-maxage' | 'max-age'): boolean {
  const { maxAgeSeconds, sMaxageSeconds } = parseCacheControl([`${name}=1`, text]);
  return (name === 'max-age' ? maxAgeSeconds : sMaxageSeconds) === 'invalid';
}

/**
 * A targeted field that says to the CDN what Cache-Control said, apart from who may store and for how
 * long: beside it, Cache-Control no longer counts there (RFC 9213 §2.2).
 */
export function targetedFrom(name: string, cacheControl: readonly string[]): EditedField {
  const field: EditedField = { name, isTargeted: true, directives: [] };
  return writtenDirectives(cacheControl)
    .flatMap(({ text }) => carriedOver(parseCacheControl([text])))
    .reduce(withMember, field);
}

function carriedOver(meaning: CacheControl): readonly string[] {
  const { staleWhileRevalidateSeconds, staleIfErrorSeconds } = meaning;
  return [
    ...fieldNames('private', meaning.privateFields),
    ...fieldNames('no-cache', meaning.noCacheFields),
    ...(meaning.mustRevalidate ? ['must-revalidate'] : []),
    ...(meaning.proxyRevalidate ? ['proxy-revalidate'] : []),
    ...(meaning.immutable ? ['immutable'] : []),
    ...amount('stale-while-revalidate', staleWhileRevalidateSeconds),
    ...amount('stale-if-error', staleIfErrorSeconds),
  ];
}

function fieldNames(name: string, fields: readonly string[]): readonly string[] {
  const list = fields.length === 0 ? null : serializeString(fields.join(', '));
  return list === null ? [] : [`${name}=${list}`];
}

/** RFC 9651 §3.3.1: an Integer has at most fifteen digits. */
function amount(name: string, value: number | null): readonly string[] {
  return value === null ? [] : [`${name}=${Math.min(value, 999_999_999_999_999)}`];
}
