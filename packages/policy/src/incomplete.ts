import { bytesBefore, bytesOf, firstBytes, isHeld, missingSpan, unionOf } from './byte-spans.ts';
import { inChunks } from './chunks.ts';
import { isOfUse } from './coding/form.ts';
import type { PartAsk } from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { ArrivingPart, Splice, UpstreamResponse } from './contracts/settlement.ts';
import type { StoredPart, StoredResponse } from './contracts/stored-response.ts';
import {
  formatEntityTag,
  parseEntityTag,
  strongMatch,
  weakMatch,
  type EntityTag,
} from './fields/etag.ts';
import { parseContentRange, parseRange, resolveRanges, type ByteSpan } from './fields/range.ts';
import { ifRangeHolds } from './preconditions.ts';
import { targetOf } from './search-variance.ts';

/** Parts of one response beyond this many are not worth the bookkeeping: the whole is asked for. */
const MAX_SPANS = 64;

/**
 * RFC 9111 §3.3: an incomplete response answers only a request for ranges wholly within it. One that
 * is complete answers any.
 */
export function canAnswer(
  response: StoredResponse,
  request: PresentedRequest,
  policy: Policy,
): boolean {
  const { part } = response;
  if (part === null) return true;
  const wanted = wantedRanges({ response, part }, request, policy);
  return wanted !== null && wanted.length > 0 && wanted.every((span) => isHeld(span, part.spans));
}

/** What has to be asked for so that an incomplete response answers this request; null when it is no use. */
export function askForMissing(
  request: PresentedRequest,
  { response, part }: Incomplete,
  policy: Policy,
): PartAsk | null {
  const { storability, fill } = policy;
  // RFC 9110 §14.2: Range is defined for GET, which a HEAD need not be asked as.
  if (request.method === 'HEAD' && !fill.headAsGet) return null;
  const { etag } = response.facts;
  const { completeBytes, spans } = part;
  // RFC 9110 §8.8.3: an entity tag tells versions of one resource apart, not one resource from another.
  if (targetOf(request, response) !== request.target) return null;
  // RFC 9111 §3.4: parts are joined by a strong validator only.
  if (etag?.weak !== false || spans.length >= MAX_SPANS) return null;
  const wanted = wantedRanges({ response, part }, request, policy) ?? [
    { startByte: 0, endByte: completeBytes },
  ];
  const missing = missingSpan(wanted, spans);
  const span = missing && asChunks(missing, { completeBytes, rangeBytes: fill.rangeBytes });
  if (span === null || bytesOf(unionOf([...spans, span])) > storability.maxBodyBytes) return null;
  return { kind: 'part', span, etag: formatEntityTag(etag) };
}

/** The chunks that the policy asks for in its place, as far as the body goes. */
function asChunks(
  span: ByteSpan,
  {
    completeBytes,
    rangeBytes,
  }: { readonly completeBytes: number; readonly rangeBytes: number | null },
): ByteSpan {
  if (rangeBytes === null) return span;
  const { startByte, endByte } = inChunks(span, rangeBytes);
  return { startByte, endByte: Math.min(endByte, completeBytes) };
}

interface Incomplete {
  readonly response: StoredResponse;
  readonly part: StoredPart;
}

/** The ranges that the request asks for; null when it asks for the whole. None: no range of it lies in the body. */
function wantedRanges(
  { response: { status, fields, facts }, part: { completeBytes } }: Incomplete,
  request: PresentedRequest,
  policy: Policy,
): readonly ByteSpan[] | null {
  const range = request.fields.get('range');
  // RFC 9110 §14.2: Range is defined for GET.
  if (request.method !== 'GET' || range === undefined || !ifRangeHolds(request, facts)) return null;
  // RFC 9110 §12.5.3: who does not accept the coding that is stored gets the whole in another, made of all of it.
  const { isPersonal } = facts;
  const whole = { status, fields, bodyBytes: completeBytes, isForOne: isPersonal, isWhole: true };
  if (!isOfUse(whole, request, policy)) return null;
  const parsed = parseRange(range);
  return parsed === null ? null : resolveRanges(parsed.ranges, completeBytes);
}

/** What a 206 of one part brings. */
export interface OnePart extends StoredPart {
  readonly spans: readonly [ByteSpan];
}

/** What a 206 brings; null when it cannot be stored: several parts, no or an unreadable Content-Range, a length that is not known, or not the one announced. */
export function partOf({ status, fields }: UpstreamResponse): OnePart | null {
  if (status !== 206) return null;
  const range = parseContentRange(fields.get('content-range') ?? '');
  if (range === null || range.completeBytes === null) return null;
  // RFC 9110 §15.3.7.2: several parts name their ranges inside the content.
  if (/^multipart\/byteranges\b/i.test(fields.get('content-type') ?? '')) return null;
  const { startByte, endByte, completeBytes } = range;
  const length = fields.get('content-length');
  if (length !== undefined && Number(length) !== endByte - startByte) return null;
  return { completeBytes, spans: [{ startByte, endByte }] };
}

/** Whether a stored response has all bytes of an arriving part already, in a version that is as good (RFC 9110 §8.8.3.2). */
export function holdsAlready(
  { part: held, facts }: StoredResponse,
  { part, etag }: { readonly part: OnePart; readonly etag: EntityTag | null },
): boolean {
  if (facts.etag === null || etag === null || !weakMatch(facts.etag, etag)) return false;
  return held === null || isHeld(part.spans[0], held.spans);
}

/** A part that arrives, joined to what is stored of the same representation. */
export interface JoinedPart {
  /** Null: nothing is missing any more. */
  readonly part: StoredPart | null;
  readonly arriving: ArrivingPart;
  /** How much is stored of how much, when it has arrived. */
  readonly bytes: number;
  readonly completeBytes: number;
}

/**
 * RFC 9110 §15.3.7.3: parts are joined when they have a strong validator in common. Null when they do
 * not belong together, or no part arrives. Where both have a byte, the new one counts.
 */
export function joinParts(base: StoredResponse, response: UpstreamResponse): JoinedPart | null {
  const { part: held } = base;
  const arriving = partOf(response);
  if (held === null || arriving === null) return null;
  const { completeBytes, spans } = arriving;
  const [fresh] = spans;
  if (held.completeBytes !== completeBytes || !isSameRepresentation(base, response)) return null;
  const union = unionOf([...held.spans, fresh]);
  const splice: Splice = {
    base,
    beforeBytes: bytesBefore(fresh.startByte, held.spans),
    afterStartByte: bytesBefore(fresh.endByte, held.spans),
  };
  const bytes = bytesOf(union);
  const part = bytes === completeBytes ? null : { completeBytes, spans: union };
  return { part, arriving: { bytes: bytesOf(spans), splice }, bytes, completeBytes };
}

function isSameRepresentation(base: StoredResponse, { fields }: UpstreamResponse): boolean {
  const etag = fields.get('etag');
  const tag = etag === undefined ? null : parseEntityTag(etag);
  // RFC 9110 §15.3.7.3
  if (tag === null || base.facts.etag === null || !strongMatch(base.facts.etag, tag)) return false;
  // RFC 9110 §8.8.3.3: codings differ in their tags, but servers that compress on the way out leave the tag as it was.
  const coding = fields.get('content-encoding');
  return coding === undefined || coding === base.fields.get('content-encoding');
}

/** Length of the body that will be stored when the part has arrived. */
export function storedBytesOf({ bytes, splice }: ArrivingPart): number {
  if (splice === undefined) return bytes;
  const { base, beforeBytes, afterStartByte } = splice;
  return beforeBytes + bytes + base.bodyBytes - afterStartByte;
}

/** A body that was cut off. */
export interface CutOffBody {
  /** As it would have been stored. */
  readonly response: StoredResponse;
  readonly arriving: ArrivingPart | undefined;
  /** Length of the whole body of a 200, where the upstream announced it. */
  readonly announcedBytes: number | undefined;
  /** How much of the body there is, what was joined to it included. */
  readonly receivedBytes: number;
}

/**
 * RFC 9111 §3.3: what may be stored of a response whose body was cut off: of a 200 or 206
 * with a strong validator and a known length. Null when there is nothing to gain.
 */
export function incompleteOf(body: CutOffBody): StoredResponse | null {
  const { response, arriving, announcedBytes, receivedBytes } = body;
  if (response.status !== 200 || receivedBytes === 0) return null;
  if (response.facts.etag?.weak !== false) return null;
  const intended = intendedPart(response, arriving, announcedBytes);
  if (intended === null) return null;
  const splice = arriving?.splice;
  // What is stored goes on after the part that was cut off: it would be lost.
  if (splice !== undefined && splice.afterStartByte < splice.base.bodyBytes) return null;
  const { completeBytes } = intended;
  const spans = firstBytes(receivedBytes, intended.spans);
  return { ...response, part: { completeBytes, spans } };
}

function intendedPart(
  { part }: StoredResponse,
  arriving: ArrivingPart | undefined,
  announcedBytes: number | undefined,
): StoredPart | null {
  if (part !== null) return part;
  const completeBytes =
    arriving === undefined ? announcedBytes : (arriving.splice?.beforeBytes ?? 0) + arriving.bytes;
  if (completeBytes === undefined) return null;
  return { completeBytes, spans: [{ startByte: 0, endByte: completeBytes }] };
}
