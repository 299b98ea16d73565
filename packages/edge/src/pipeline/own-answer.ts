import type { PresentedRequest, ResponsePlan } from '@poplet/policy';

/**
 * The answer to a request that is for the edge itself: `OPTIONS *` (RFC 9110 §9.3.7), and OPTIONS or
 * TRACE whose Max-Forwards has run out (RFC 9110 §7.6.2). Undefined for all others.
 */
export function ownAnswer({ method, target, fields }: PresentedRequest): ResponsePlan | undefined {
  const isForUs =
    target === '*' || (isCounted(method) && /^0+$/.test(fields.get('max-forwards') ?? ''));
  if (!isForUs) return undefined;
  const lines = ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE'];
  // RFC 9110 §9.3.8 lets the last recipient reflect a TRACE; it would show a page its own cookies.
  const [status, statusText] =
    method === 'TRACE' ? ([405, 'Method Not Allowed'] as const) : ([204, 'No Content'] as const);
  return { status, statusText, lines, body: { kind: 'none' }, reasons: [] };
}

function isCounted(method: string): boolean {
  return method === 'OPTIONS' || method === 'TRACE';
}
