import {
  absoluteUriOf,
  ALLOWED_METHODS,
  planProblem,
  reason,
  type OwnAnswer,
  type Reason,
} from '@poplet/policy';
import { isUnreachable } from '@poplet/store';
import { isLoopback } from '../admin/gatekeeper.ts';
import { carriesToken, isToken } from '../bearer-token.ts';
import type { EdgeContext } from '../edge-context.ts';
import type { Exchange } from '../exchange.ts';

/** What a request for PURGE is answered. Where it is turned on and allowed, the URL is purged by then. */
export async function answerPurge(exchange: Exchange, edge: EdgeContext): Promise<OwnAnswer> {
  const { request, site } = exchange;
  const { purgeMethod: own } = site;
  if (edge.purgeMethod === undefined && own === undefined) {
    const { plan, ...refusal } = refused(exchange, 405, reason('purge-method-off'));
    // RFC 9110 §15.5.6
    return { ...refusal, plan: { ...plan, lines: [...plan.lines, 'Allow', ALLOWED_METHODS] } };
  }
  const refusal = refusalOf(exchange, edge.purgeMethod?.token);
  if (refusal !== null) return refusal;
  const url = absoluteUriOf(request);
  const selector = { kind: 'url', url } as const;
  const soft = own !== undefined && request.fields.get(own.softField) === '1';
  let sequence: number;
  try {
    ({ sequence } = await edge.purge([{ selector, soft, siteId: site.id }]));
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return refused(exchange, 503, reason('purge-not-shared'));
  }
  const answer = own?.answerOf(sequence, edge.clock.realNowMs()) ?? { status: 'ok', sequence };
  const text = `${JSON.stringify(answer)}\n`;
  return {
    plan: {
      status: 200,
      statusText: 'OK',
      lines: [
        'Content-Type',
        'application/json',
        'Content-Length',
        String(Buffer.byteLength(text)),
        'Cache-Control',
        'no-store',
      ],
      body: { kind: 'text', text },
      reasons: [],
    },
    outcome: 'ineligible',
    reasons: [reason('purged-by-method', { url })],
  };
}

/** Why this client may not purge, as an answer; or null. */
function refusalOf(exchange: Exchange, token: string | undefined): OwnAnswer | null {
  const { fields, clientAddress = '' } = exchange.request;
  const no = (status: number, why: string): OwnAnswer =>
    refused(exchange, status, reason('purge-method-refused', { why }));
  // A page in a browser can send it to any port of this machine that allows it in CORS.
  const site = fields.get('sec-fetch-site') ?? 'none';
  if (fields.has('origin') || site !== 'none') return no(403, 'it comes from a web page');
  if (token !== undefined) {
    if (carriesToken({ authorization: fields.get('authorization') }, token)) return null;
    const { tokenField } = exchange.site.purgeMethod ?? {};
    if (tokenField !== undefined && isToken(fields.get(tokenField) ?? '', token)) return null;
    const { plan, ...refusal } = no(401, 'it does not bring the token');
    const lines = [...plan.lines, 'WWW-Authenticate', 'Bearer realm="poplet purge"'];
    return { ...refusal, plan: { ...plan, lines } };
  }
  if (!isLoopback(clientAddress))
    return no(403, 'it comes from another machine, and no token is set');
  // Behind a tunnel, all the world comes from this machine.
  const isForwarded = ['forwarded', 'x-forwarded-for', 'via'].some((name) => fields.has(name));
  return isForwarded ? no(403, 'it came through a proxy, and no token is set') : null;
}

function refused({ request, site }: Exchange, status: number, why: Reason): OwnAnswer {
  const plan = planProblem({ request, status, reasons: [why], policy: site.policy });
  return { plan, outcome: 'error', reasons: [why] };
}
