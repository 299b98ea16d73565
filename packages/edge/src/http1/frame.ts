import { withoutFields, type FieldLines, type ResponsePlan } from '@poplet/policy';

/** A head as node:http is to write it; Connection and Transfer-Encoding are node's. */
export interface FramedHead {
  readonly statusText: string;
  readonly lines: FieldLines;
  /** The body ends with the connection. */
  readonly isCloseDelimited: boolean;
}

/** What framing depends on. */
export interface FramedRequest {
  readonly httpVersion: string;
  readonly method?: string | undefined;
}

const TRAILER: ReadonlySet<string> = new Set(['trailer']);
const CONTENT_LENGTH: ReadonlySet<string> = new Set(['content-length']);

/** Fits the planned head to this connection and body (RFC 9112 §6). `hasTrailers`: they are known, and to be sent. */
export function frame(
  { httpVersion, method }: FramedRequest,
  plan: ResponsePlan,
  hasTrailers: boolean,
): FramedHead {
  const isChunkable = httpVersion === '1.1' && plan.body.kind === 'whole';
  let { lines } = plan;
  // RFC 9110 §8.6: no Content-Length in a 204, whatever the origin sent.
  if (plan.status === 204) lines = withoutFields(lines, CONTENT_LENGTH);
  // RFC 9112 §6.3: trailers need chunks, and chunks exclude Content-Length.
  if (hasTrailers && isChunkable) lines = withoutFields(lines, CONTENT_LENGTH);
  const lengthLine = lines.findLast(
    (_, index) => index % 2 === 1 && lines[index - 1]?.toLowerCase() === 'content-length',
  );
  const isChunked = isChunkable && lengthLine === undefined;
  // node:http refuses to announce trailers in a message that cannot have them.
  if (!isChunked) lines = withoutFields(lines, TRAILER);
  // node:http re-encodes a Content-Disposition that follows Content-Length: the length goes last.
  if (lengthLine !== undefined)
    lines = [...withoutFields(lines, CONTENT_LENGTH), 'Content-Length', lengthLine];
  else if (plan.body.kind === 'none' && needsLength(plan.status, method))
    lines = [...lines, 'Content-Length', '0'];
  return {
    // A reason phrase is for people; one that cannot be sent is left out (RFC 9112 §4).
    statusText: /^[\t\x20-\x7e\x80-\xff]*$/.test(plan.statusText) ? plan.statusText : '',
    lines,
    isCloseDelimited:
      httpVersion !== '1.1' && lengthLine === undefined && plan.body.kind !== 'none',
  };
}

/** RFC 9110 §8.6: an empty body says so, except where no body is possible. */
function needsLength(status: number, method: string | undefined): boolean {
  return method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304;
}
