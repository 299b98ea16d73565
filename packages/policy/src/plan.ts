import { currentAgeSeconds } from './age.ts';
import { bytesBefore } from './byte-spans.ts';
import { codedLines } from './coding/coded-lines.ts';
import { formOf, type BodyForm } from './coding/form.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { BodyPlan, ResponsePlan } from './contracts/response-plan.ts';
import type { Answer } from './contracts/settlement.ts';
import type { StoredPart, StoredResponse } from './contracts/stored-response.ts';
import { withDownstreamCacheControl } from './downstream-cache-control.ts';
import { splitList } from './fields/list.ts';
import { parseEntityTag } from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';
import { formatUnsatisfiedRange, type ByteSpan } from './fields/range.ts';
import { IncomingFields, withoutFields, type FieldLines, type FieldReader } from './headers.ts';
import { applyRange } from './partial.ts';
import { ifRangeHolds, isStrongDate, notModifiedFor, type Validators } from './preconditions.ts';
import { isPersonal } from './provenance.ts';
import { reason, renderReason, type Reason } from './reasons.ts';
import { STATUS_TEXT } from './status-text.ts';

interface PlanInput {
  readonly request: PresentedRequest;
  readonly policy: Policy;
  /** This cache's member of Cache-Status. */
  readonly cacheStatus: string;
  /** As many bodies are being compressed as may be at once. Absent: no. */
  readonly isBusy?: boolean;
}

export interface StoredPlanInput extends PlanInput {
  readonly response: StoredResponse;
  /** Length of the whole body; undefined while a body of unknown length is still arriving. */
  readonly bodyBytes: number | undefined;
  /** Virtual instant. */
  readonly nowMs: number;
}

export interface UpstreamPlanInput extends PlanInput {
  readonly answer: Extract<Answer, { kind: 'upstream' }>;
  /** From Content-Length; undefined when the upstream did not say. */
  readonly bodyBytes: number | undefined;
  /** Whether others may get it too. */
  readonly isShared: boolean;
}

export interface ProblemPlanInput extends Omit<PlanInput, 'cacheStatus' | 'isBusy'> {
  readonly status: number;
  readonly reasons: readonly Reason[];
}

/** A response before the client's own conditions and ranges are applied. */
interface Whole {
  readonly status: number;
  readonly statusText: string;
  readonly lines: FieldLines;
  readonly form: BodyForm;
  readonly policy: Policy;
}

/** The answer from a stored response: the client's conditions and ranges applied to it (RFC 9111 §4.3.2). */
export function planStored({
  request,
  response,
  bodyBytes,
  nowMs,
  policy,
  cacheStatus,
  isBusy = false,
}: StoredPlanInput): ResponsePlan {
  const { status, statusText, fields, facts, part, codings } = response;
  const form = formOf({
    request,
    status,
    fields,
    bodyBytes: part === null ? bodyBytes : part.completeBytes,
    isForOne: facts.isPersonal,
    isWhole: part === null,
    validators: facts,
    stored: codings,
    appliesRequest: true,
    isBusy,
    policy,
  });
  // RFC 9111 §4: Age is generated for every response from the store.
  const age = String(currentAgeSeconds(response, nowMs));
  const lines = [
    ...downstreamLines(codedLines(fields.toLines(), form), policy),
    'Age',
    age,
    'Cache-Status',
    cacheStatus,
  ];
  const plan = planWhole(request, { status, statusText, lines, form, policy });
  return part === null ? plan : { ...plan, body: bodyInParts(plan.body, part) };
}

/** Where the bytes of a plan stand in a body that is stored in parts. */
function bodyInParts(body: BodyPlan, { spans }: StoredPart): BodyPlan {
  const packed = <Span extends ByteSpan>(span: Span): Span => ({
    ...span,
    startByte: bytesBefore(span.startByte, spans),
    endByte: bytesBefore(span.endByte, spans),
  });
  if (body.kind === 'range') return packed(body);
  if (body.kind === 'multipart') return { ...body, parts: body.parts.map(packed) };
  // RFC 9111 §3.3: `decide` lets an incomplete response answer nothing but what it holds.
  if (body.kind !== 'none') throw new Error('an incomplete response cannot be sent as a whole');
  return body;
}

/**
 * The answer with the upstream's own response. Where the client's conditions and ranges were kept from
 * the upstream (`applyRequest`), they are applied here. Location has been rewritten before
 * (`rewriteLocation`).
 */
export function planUpstream({
  request,
  answer,
  bodyBytes,
  isShared,
  policy,
  cacheStatus,
  isBusy = false,
}: UpstreamPlanInput): ResponsePlan {
  const { status, statusText, applyRequest } = answer;
  const fields = new IncomingFields(answer.lines);
  const form = formOf({
    request,
    status,
    fields,
    bodyBytes,
    isForOne: !isShared && isPersonal(request),
    isWhole: true,
    validators: validatorsIn(fields),
    stored: undefined,
    appliesRequest: applyRequest,
    isBusy,
    policy,
  });
  const { conversion, reasons } = form;
  // The length is written anew where it may change. RFC 9110 §15.3.6: a 205 has none whoever asked.
  const isMeasured = applyRequest || status === 205;
  const own = downstreamLines(codedLines(answer.lines, form), policy);
  const lines = [
    ...(isMeasured || conversion !== null ? withoutFields(own, LENGTH_FIELDS) : own),
    'Cache-Status',
    cacheStatus,
  ];
  if (isMeasured) return planWhole(request, { status, statusText, lines, form, policy });
  const body: BodyPlan = hasNoContent(request, status) ? { kind: 'none' } : { kind: 'whole' };
  return { status, statusText, lines, body, ...convertedBy(form), reasons };
}

/** A problem that the edge reports itself, its reasons in words; without Cache-Status (RFC 9211 §2). */
export function planProblem({ request, status, reasons, policy }: ProblemPlanInput): ResponsePlan {
  const statusText = STATUS_TEXT[status] ?? 'Error';
  const text = `${policy.downstream.cacheName}: ${status} ${statusText}\n${reasons.map((one) => `- ${renderReason(one)}\n`).join('')}`;
  const lines = [
    'Content-Type',
    'text/plain; charset=utf-8',
    'Content-Length',
    String(new TextEncoder().encode(text).length),
    'Cache-Control',
    'no-store',
  ];
  return {
    status,
    statusText,
    lines,
    body: request.method === 'HEAD' ? { kind: 'none' } : { kind: 'text', text },
    reasons: [],
  };
}

const LENGTH_FIELDS: ReadonlySet<string> = new Set(['content-length']);

/** RFC 9110 §15.4.5: what a 304 leaves out, being metadata of content that is not sent. */
const REPRESENTATION_FIELDS: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'content-range',
  'accept-ranges',
  'trailer',
]);

function downstreamLines(lines: FieldLines, policy: Policy): FieldLines {
  const { strip, varyKept, cacheControl } = policy.downstream;
  // Fields that are stripped count here.
  const own = cacheControl === null ? lines : withDownstreamCacheControl(lines, cacheControl);
  const left = strip.length === 0 ? own : withoutFields(own, new Set(strip));
  return varyKept === null ? left : withVary(left, varyKept);
}

const VARY: ReadonlySet<string> = new Set(['vary']);

/** Lines whose Vary names these fields at most (RFC 9110 §12.5.5); none where it would name none. */
function withVary(lines: FieldLines, names: readonly string[]): FieldLines {
  const members = splitList(new IncomingFields(lines).lines('vary').join(','));
  const kept = members.filter((name) => names.includes(name.toLowerCase()));
  const others = withoutFields(lines, VARY);
  return kept.length === 0 ? others : [...others, 'Vary', kept.join(', ')];
}

/** RFC 9110 §6.4.1, §15.3.6: responses that never have content. */
function hasNoContent(request: PresentedRequest, status: number): boolean {
  return request.method === 'HEAD' || status === 204 || status === 205 || status === 304;
}

/** RFC 9110 §13.2.2: conditions first, then Range; both only where the answer would be a 200. */
function planWhole(request: PresentedRequest, whole: Whole): ResponsePlan {
  const { status, statusText, lines, form } = whole;
  const { bodyBytes, validators, isRangeable } = form;
  if (status === 200) {
    const field = notModifiedFor(request, validators);
    if (field !== null) {
      const kept = withoutFields(lines, REPRESENTATION_FIELDS);
      const reasons = [reason('client-not-modified', { field })];
      return {
        status: 304,
        statusText: 'Not Modified',
        lines: kept,
        body: { kind: 'none' },
        reasons,
      };
    }
    // RFC 9110 §14.2: Range is defined for GET.
    const isRanged = request.method === 'GET' && request.fields.has('range');
    if (isRanged && isRangeable && bodyBytes !== undefined) {
      const partial = planRange(request, whole, bodyBytes);
      if (partial !== null) return partial;
    }
  }
  return {
    status,
    statusText,
    lines: [...lines, ...lengthLines(status, bodyBytes)],
    body: hasNoContent(request, status) ? { kind: 'none' } : { kind: 'whole' },
    ...convertedBy(form),
    reasons: [...form.reasons, ...ifRangeChanged(request, whole)],
  };
}

function convertedBy({ conversion }: BodyForm): Pick<ResponsePlan, 'conversion'> {
  return conversion === null ? {} : { conversion };
}

/** RFC 9110 §8.6: no Content-Length in a 204. §15.3.6: that of a 205 is 0. */
function lengthLines(status: number, bodyBytes: number | undefined): FieldLines {
  if (status === 204 || bodyBytes === undefined) return [];
  return ['Content-Length', status === 205 ? '0' : String(bodyBytes)];
}

function ifRangeChanged(
  request: PresentedRequest,
  { status, form: { bodyBytes, validators } }: Whole,
): readonly Reason[] {
  // RFC 9110 §14.2: Range is defined for GET.
  const hasRange = status === 200 && request.method === 'GET' && request.fields.has('range');
  const isRefused = hasRange && bodyBytes !== undefined && !ifRangeHolds(request, validators);
  return isRefused ? [reason('client-if-range-changed')] : [];
}

/** A 206 or 416, or null when Range is to be ignored. */
function planRange(
  request: PresentedRequest,
  { lines, form, policy }: Whole,
  bodyBytes: number,
): ResponsePlan | null {
  const { validators } = form;
  if (!ifRangeHolds(request, validators)) return null;
  const contentType = new IncomingFields(lines).get('content-type');
  const boundarySeed = [validators.etag?.opaque, validators.dateAtMs].join();
  const range = applyRange(request.fields.get('range') as string, bodyBytes, {
    contentType,
    boundarySeed,
  });
  if (range.kind === 'whole') return null;
  if (range.kind === 'unsatisfiable') {
    // With a lifetime, a cache downstream could give a 416 to others.
    const lifetime = ['cache-control', 'expires', ...policy.freshness.targetedFields];
    const left = withoutFields(lines, new Set([...REPRESENTATION_FIELDS, ...lifetime]));
    // RFC 9110 §15.5.17: a 416 names the current length.
    return {
      status: 416,
      statusText: 'Range Not Satisfiable',
      lines: [...left, 'Content-Range', formatUnsatisfiedRange(bodyBytes), 'Content-Length', '0'],
      body: { kind: 'none' },
      reasons: [reason('client-range-unsatisfiable', { bytes: bodyBytes })],
    };
  }
  const { contentRange } = range;
  // DEVIATION(rfc9110#15.3.7): the whole header section, even where If-Range says that the client has it.
  const head = range.contentType === null ? lines : withoutFields(lines, new Set(['content-type']));
  const added = ['Content-Length', String(range.contentLength)];
  if (contentRange !== null) added.push('Content-Range', contentRange);
  if (range.contentType !== null) added.push('Content-Type', range.contentType);
  return {
    status: 206,
    statusText: 'Partial Content',
    lines: [...head, ...added],
    body: range.body,
    ...convertedBy(form),
    reasons: [...form.reasons, reason('client-range', { count: range.count })],
  };
}

function validatorsIn(fields: FieldReader): Validators {
  const etag = fields.get('etag');
  const lastModified = fields.get('last-modified');
  // A forwarded response always has a Date that can be read: `settle` sees to it.
  const dateAtMs = parseHttpDate(fields.get('date') as string) as number;
  const lastModifiedAtMs =
    lastModified === undefined ? null : parseHttpDate(lastModified, dateAtMs);
  return {
    etag: etag === undefined ? null : parseEntityTag(etag),
    lastModifiedAtMs,
    isLastModifiedStrong: isStrongDate(lastModifiedAtMs, dateAtMs),
    dateAtMs,
  };
}
