import type { CodingPolicy, Policy } from '../contracts/policy.ts';
import { parseCacheControl } from '../fields/cache-control.ts';
import type { Coding, ContentCoding } from '../fields/accept-encoding.ts';
import { splitList } from '../fields/list.ts';
import { isOfType, mediaTypeOf } from '../fields/media-type.ts';
import { codingName } from '../fields/weighted-list.ts';
import type { FieldReader } from '../headers.ts';
import { reason, type Reason } from '../reasons.ts';

/** A response whose body might be sent in another coding. */
export interface CodableResponse {
  readonly status: number;
  readonly fields: FieldReader;
  /** Length of its body as it is; undefined where that is not known yet. */
  readonly bodyBytes: number | undefined;
  /** Not some parts of it (RFC 9111 §3.3). */
  readonly isWhole: boolean;
  /** Made for one visitor, with whose secrets it may be filled. */
  readonly isForOne: boolean;
}

/** In which codings a response can be sent. */
export interface Codability {
  /** Null: in one way only, as it is stored or arrives. */
  readonly choice: CodingChoice | null;
  /** Why none may be made, or null. */
  readonly why: Reason | null;
}

export interface CodingChoice {
  /** In which it is stored, or arrives. */
  readonly native: Coding;
  /** Which may be made of it, in order of preference. */
  readonly codings: readonly ContentCoding[];
}

const KNOWN: ReadonlySet<string> = new Set<ContentCoding>(['gzip', 'br', 'zstd']);

/** RFC 9110 §7.7: integrity fields speak of the content as the origin server sent it (RFC 9530, RFC 1864, RFC 3230). */
const DIGEST_FIELDS = ['content-digest', 'repr-digest', 'digest', 'content-md5'];

/** Events are to arrive one by one, through whatever is on the way. */
const EVENT_STREAM = 'text/event-stream';

/** What a response says, and the policy, about sending it in other codings (RFC 9110 §7.7, §8.4). */
export function codabilityOf(response: CodableResponse, policy: Policy): Codability {
  const { fields, isWhole, status } = response;
  const { coding } = policy;
  if (!coding.isOn || !isWhole || !hasWholeContent(status)) return { choice: null, why: null };
  const native = nativeCodingOf(fields);
  if (native === null) {
    const written = fields.get('content-encoding') as string;
    return { choice: null, why: reason('not-coded-already', { coding: written }) };
  }
  const forbidden = forbiddenBy(fields, policy);
  if (forbidden !== null) return { choice: null, why: forbidden };
  const why = notWorthwhile(response, native, coding);
  if (why === null) return { choice: { native, codings: coding.codings }, why };
  // What came without a coding, and is given none, is sent in one way.
  return { choice: native === 'identity' ? null : { native, codings: [] }, why };
}

/** RFC 9110 §15.3.7: a part is of the representation that was chosen for it. */
function hasWholeContent(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 206 && status !== 304;
}

/** Null where it is none that is known here, or several. */
function nativeCodingOf(fields: FieldReader): Coding | null {
  const [first, ...others] = fields.lines('content-encoding').flatMap((line) => splitList(line));
  if (first === undefined) return 'identity';
  const name = codingName(first);
  return others.length === 0 && KNOWN.has(name) ? (name as ContentCoding) : null;
}

/** What keeps the content as it is, whoever asks. */
function forbiddenBy(fields: FieldReader, { freshness }: Policy): Reason | null {
  // RFC 9111 §5.2.2.6; RFC 9213 §2.2 lets a targeted field govern caching, not what else a cache may do.
  const governing = ['cache-control', ...freshness.targetedFields];
  if (governing.some((name) => parseCacheControl(fields.lines(name)).noTransform)) {
    return reason('not-coded-no-transform', { by: 'response' });
  }
  const trailers = fields.lines('trailer').flatMap((line) => splitList(line));
  const isAnnounced = (name: string): boolean =>
    trailers.some((announced) => announced.toLowerCase() === name);
  const digest = DIGEST_FIELDS.find((name) => fields.has(name) || isAnnounced(name));
  return digest === undefined ? null : reason('not-coded-digest', { field: digest });
}

function notWorthwhile(
  { fields, bodyBytes, isForOne }: CodableResponse,
  native: Coding,
  { types, minBytes, forOne }: CodingPolicy,
): Reason | null {
  const type = mediaTypeOf(fields);
  if (type === EVENT_STREAM || !types.some((pattern) => isOfType(type, pattern))) {
    return reason('not-coded-type', {
      type: type === '' ? 'content that does not say its type' : type,
    });
  }
  // How long a coded body is says little of what it was.
  const bytes = bodyBytes ?? minBytes;
  if (native === 'identity' && bytes < minBytes) {
    return reason('not-coded-too-small', { bytes, minBytes });
  }
  return isForOne && !forOne ? reason('not-coded-for-one') : null;
}
