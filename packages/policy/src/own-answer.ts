import { hasLooped } from './cdn-loop.ts';
import type { Outcome } from './contracts/outcome.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { ResponsePlan } from './contracts/response-plan.ts';
import { splitList } from './fields/list.ts';
import { parseMaxForwards } from './fields/max-forwards.ts';
import { withoutFields } from './headers.ts';
import { planProblem } from './plan.ts';
import { reason, type Reason } from './reasons.ts';

/** Methods that the edge knows (RFC 9110 §10.2.1); others are refused by the parser. */
export const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE';

/** What the edge answers itself, before anything is looked up. */
export interface OwnAnswer {
  readonly plan: ResponsePlan;
  readonly outcome: Extract<Outcome, 'ineligible' | 'error'>;
  readonly reasons: readonly Reason[];
}

export interface OwnAnswerInput {
  readonly request: PresentedRequest;
  readonly policy: Policy;
  /** This edge's member of CDN-Loop. */
  readonly cdnInfo: string;
}

/** The answer to a request that is for the edge itself, or may go no further; null for all others. */
export function ownAnswer(input: OwnAnswerInput): OwnAnswer | null {
  const { request, cdnInfo } = input;
  const { method, target, fields } = request;
  // RFC 9110 §9.3.7: the asterisk means the server, and this is the one that was asked.
  if (target === '*') return options([reason('options-asterisk')]);
  // RFC 9110 §7.6.2: counted for these two methods; with any other it may be ignored.
  const counted =
    method === 'OPTIONS' || method === 'TRACE' ? fields.get('max-forwards') : undefined;
  if (counted !== undefined) {
    const left = parseMaxForwards(counted);
    if (left === null)
      return problem(input, 400, reason('max-forwards-malformed', { value: counted }));
    const reasons = [reason('max-forwards-zero', { method })];
    if (left === 0) return method === 'TRACE' ? trace(request, reasons) : options(reasons);
  }
  const expectation = unmetExpectation(request);
  if (expectation !== null)
    return problem(input, 417, reason('expectation-failed', { expect: expectation }));
  // RFC 8586 §2. Before any look-up: what is stored could answer this once more, and a request that waits for itself waits in vain.
  if (hasLooped(fields, cdnInfo))
    return problem(input, 508, reason('forwarding-loop', { cdnInfo }));
  return null;
}

function problem({ request, policy }: OwnAnswerInput, status: number, why: Reason): OwnAnswer {
  const plan = planProblem({ request, status, reasons: [why], policy });
  return { plan, outcome: 'error', reasons: [why] };
}

function options(reasons: readonly Reason[]): OwnAnswer {
  const plan: ResponsePlan = {
    status: 204,
    statusText: 'No Content',
    lines: ['Allow', ALLOWED_METHODS],
    body: { kind: 'none' },
    reasons: [],
  };
  return { plan, outcome: 'ineligible', reasons };
}

/** RFC 9110 §9.3.8: whose value is a secret, or likely to be. A page must not read its own cookies off the answer. */
const SENSITIVE = /auth|cookie|token|secret|session|password|credential|signature|key/;

/** RFC 9110 §9.3.8: the final recipient reflects the message as it received it, what is sensitive left out. */
function trace(
  { target, fields, receivedVersion }: PresentedRequest,
  reasons: Reason[],
): OwnAnswer {
  const lines = fields.toLines();
  const sensitive = new Set<string>();
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] as string).toLowerCase();
    if (SENSITIVE.test(name)) sensitive.add(name);
  }
  const kept = withoutFields(lines, sensitive);
  let text = `TRACE ${target} HTTP/${receivedVersion ?? '1.1'}\r\n`;
  for (let index = 0; index < kept.length; index += 2)
    text += `${kept[index]}: ${kept[index + 1]}\r\n`;
  const content = `${text}\r\n`;
  const plan: ResponsePlan = {
    status: 200,
    statusText: 'OK',
    lines: [
      'Content-Type',
      'message/http',
      'Content-Length',
      String(new TextEncoder().encode(content).length),
      'Cache-Control',
      'no-store',
    ],
    body: { kind: 'text', text: content },
    reasons: [],
  };
  return { plan, outcome: 'ineligible', reasons };
}

/** RFC 9110 §10.1.1: a member besides 100-continue, which is all that can be met; null where there is none. */
function unmetExpectation({ fields, receivedVersion }: PresentedRequest): string | null {
  // HTTP/1.0 knows no expectations.
  if (receivedVersion === '1.0') return null;
  const members = splitList(fields.lines('expect').join(','));
  return members.find((member) => member.toLowerCase() !== '100-continue') ?? null;
}
