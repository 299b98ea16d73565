import {
  ALLOWED_METHODS,
  formatHttpDate,
  renderReason,
  STATUS_TEXT,
  type Reason,
  type ResponsePlan,
} from '@poplet/policy';

/** What is wrong with a request that never became one, and the status that says so. */
export interface Problem {
  readonly status: number;
  readonly reasons: readonly Reason[];
  /** Where the request is sent on to. */
  readonly location?: string;
}

/** RFC 9110 §10.2.3: what is too much now may not be a moment later. */
const RETRY_AFTER_SECONDS = '1';

/** The answer to a request that could not be read: no site, hence no policy, is known. */
export function planUnreadable({ status, reasons }: Problem, method: string): ResponsePlan {
  const statusText = STATUS_TEXT[status] ?? 'Error';
  const text = problemText({ status, reasons });
  return {
    status,
    statusText,
    lines: [
      'Content-Type',
      'text/plain; charset=utf-8',
      'Content-Length',
      String(Buffer.byteLength(text)),
      'Cache-Control',
      'no-store',
      ...(status === 503 ? ['Retry-After', RETRY_AFTER_SECONDS] : []),
    ],
    body: method === 'HEAD' ? { kind: 'none' } : { kind: 'text', text },
    reasons: [],
  };
}

/**
 * The same as bytes for a socket on which the parser gave up; it is closed afterwards (RFC 9112 §9.6).
 * `method` undefined: nobody knows which, and it may be a HEAD, so that no content can go out.
 */
export function unreadableMessage(
  problem: Problem,
  realNowMs: number,
  method: string | undefined,
): string {
  const statusText = STATUS_TEXT[problem.status] ?? 'Error';
  const text = method === undefined ? '' : problemText(problem);
  return [
    `HTTP/1.1 ${problem.status} ${statusText}`,
    // RFC 9110 §6.6.1: a 4xx is dated.
    `Date: ${formatHttpDate(realNowMs)}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    ...(problem.location === undefined ? [] : [`Location: ${problem.location}`]),
    // RFC 9110 §15.5.6: a 405 says what is allowed.
    ...(problem.status === 405 ? [`Allow: ${ALLOWED_METHODS}`] : []),
    ...(problem.status === 503 ? [`Retry-After: ${RETRY_AFTER_SECONDS}`] : []),
    'Connection: close',
    '',
    // RFC 9110 §9.3.2
    method === 'HEAD' ? '' : text,
  ].join('\r\n');
}

function problemText({ status, reasons }: Problem): string {
  const lines = reasons.map((one) => `- ${renderReason(one)}\n`).join('');
  return `poplet: ${status} ${STATUS_TEXT[status] ?? 'Error'}\n${lines}`;
}
