import { isSfToken, serializeParameters, serializeString } from './structured.ts';
import type { SerializableItem } from './structured.ts';

/** What one cache says about how it handled a request. What is undefined is not said. */
export interface CacheStatus {
  readonly cacheName: string;
  readonly hit?: boolean | undefined;
  /** Why the request went forward: a token of RFC 9211 §2.2. */
  readonly fwd?: string | undefined;
  readonly fwdStatus?: number | undefined;
  /** Remaining freshness, negative when stale. */
  readonly ttlSeconds?: number | undefined;
  readonly stored?: boolean | undefined;
  readonly collapsed?: boolean | undefined;
  readonly key?: string | undefined;
  readonly detail?: string | undefined;
}

type Parameter = readonly [key: string, item: SerializableItem | undefined];

const LARGEST_INTEGER = 999_999_999_999_999;
const NOT_PRINTABLE = /[^ -~]/g;

/**
 * One member of Cache-Status. A parameter whose value has no serialisation (a key that is not ASCII) is
 * left out; foreign characters in the name become `?`.
 */
export function formatCacheStatus(status: CacheStatus): string {
  let member = formatName(status.cacheName);
  for (const [key, item] of parametersOf(status)) {
    if (item !== undefined) member += serializeParameters([[key, item]]) ?? '';
  }
  return member;
}

// RFC 9211 §2: the identifier of a cache is a String or a Token.
function formatName(name: string): string {
  if (isSfToken(name)) return name;
  return serializeString(name.replaceAll(NOT_PRINTABLE, '?')) ?? '""';
}

function parametersOf(status: CacheStatus): readonly Parameter[] {
  return [
    ...handlingOf(status),
    ['ttl', integerItem(status.ttlSeconds)],
    ...forwardingOf(status),
    // RFC 9211 §2.7: a String.
    ['key', status.key === undefined ? undefined : { kind: 'string', value: status.key }],
    ['detail', detailItem(status.detail)],
  ];
}

// RFC 9211 §2.1: hit and fwd are exclusive.
function handlingOf(status: CacheStatus): readonly Parameter[] {
  if (!wentForward(status)) return [['hit', booleanItem(status.hit)]];
  return [
    // RFC 9211 §2.2, §2.3.
    ['fwd', { kind: 'token', value: status.fwd ?? '' }],
    ['fwd-status', integerItem(status.fwdStatus)],
  ];
}

// RFC 9211 §2.5, §2.6: both are only meaningful when fwd is present.
function forwardingOf(status: CacheStatus): readonly Parameter[] {
  if (!wentForward(status)) return [];
  return [
    ['stored', booleanItem(status.stored)],
    ['collapsed', booleanItem(status.collapsed)],
  ];
}

function wentForward(status: CacheStatus): boolean {
  return status.hit !== true && status.fwd !== undefined;
}

function booleanItem(value: boolean | undefined): SerializableItem | undefined {
  return value === undefined ? undefined : { kind: 'boolean', value };
}

// RFC 9211 §2.4: an integer number of seconds. RFC 9651 §3.3.1: of at most fifteen digits.
function integerItem(value: number | undefined): SerializableItem {
  // What is not a number has no serialisation.
  const whole = Math.floor(value ?? Number.NaN);
  const bounded = Math.min(Math.max(whole, -LARGEST_INTEGER), LARGEST_INTEGER);
  return { kind: 'integer', value: bounded };
}

// RFC 9211 §2.8: a String or a Token.
function detailItem(detail: string | undefined): SerializableItem | undefined {
  if (detail === undefined) return undefined;
  return { kind: isSfToken(detail) ? 'token' : 'string', value: detail };
}
