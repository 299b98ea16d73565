import { remembered } from '../remembered.ts';
import { isSfToken, serializeParameter, serializeString } from './structured.ts';
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

const LARGEST_INTEGER = 999_999_999_999_999;
const NOT_PRINTABLE = /[^ -~]/g;

/**
 * One member of Cache-Status. A parameter whose value has no serialisation (a key that is not ASCII) is
 * left out; foreign characters in the name become `?`.
 */
export function formatCacheStatus(status: CacheStatus): string {
  // RFC 9211 §2.1: hit and fwd are exclusive.
  const fwd = status.hit === true ? undefined : status.fwd;
  return (
    formatName(status.cacheName) +
    (fwd === undefined
      ? parameter('hit', booleanItem(status.hit))
      : fwdParameters(fwd, status.fwdStatus)) +
    parameter('ttl', integerItem(status.ttlSeconds)) +
    (fwd === undefined ? '' : fillParameters(status)) +
    // RFC 9211 §2.7: a String.
    parameter('key', stringItem(status.key)) +
    parameter('detail', detailItem(status.detail))
  );
}

// RFC 9211 §2: the identifier of a cache is a String or a Token.
const formatName = remembered((name) => {
  if (isSfToken(name)) return name;
  return serializeString(name.replaceAll(NOT_PRINTABLE, '?')) ?? '""';
});

// RFC 9211 §2.2, §2.3.
function fwdParameters(fwd: string, fwdStatus: number | undefined): string {
  return (
    parameter('fwd', { kind: 'token', value: fwd }) +
    parameter('fwd-status', integerItem(fwdStatus))
  );
}

// RFC 9211 §2.5, §2.6: both are only meaningful when fwd is present.
function fillParameters({ stored, collapsed }: CacheStatus): string {
  return parameter('stored', booleanItem(stored)) + parameter('collapsed', booleanItem(collapsed));
}

function parameter(key: string, item: SerializableItem | undefined): string {
  return item === undefined ? '' : (serializeParameter(key, item) ?? '');
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

function stringItem(value: string | undefined): SerializableItem | undefined {
  return value === undefined ? undefined : { kind: 'string', value };
}

// RFC 9211 §2.8: a String or a Token.
function detailItem(detail: string | undefined): SerializableItem | undefined {
  if (detail === undefined) return undefined;
  return { kind: isSfToken(detail) ? 'token' : 'string', value: detail };
}
