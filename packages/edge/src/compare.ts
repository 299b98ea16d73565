import {
  absoluteUriOf,
  decide,
  fieldPairs,
  IncomingFields,
  isAsking,
  PopletError,
  treatmentOf,
  upstreamRequest,
  type AskingDecision,
  type Policy,
  type PresentedRequest,
} from '@poplet/policy';
import { requestOf, SENT_METHODS } from './asked-request.ts';
import type { Comparison, ExplainRequest, PolicyChoice } from './edge-api.ts';
import type { EdgeContext } from './edge-context.ts';
import { fetch } from './pipeline/fetch.ts';
import type { Site } from './site.ts';
import { upstreamUnreachable } from './upstream-unreachable.ts';

/**
 * What each policy would make of a request, were nothing stored: the upstream is asked once, as the site's own
 * policy asks it, and the body is not read. Throws PopletError `invalid-option`, `upstream-unreachable`.
 */
export async function comparePolicies(
  asked: ExplainRequest,
  policies: readonly PolicyChoice[],
  edge: EdgeContext,
): Promise<Comparison> {
  const { site, request } = requestOf(asked, edge);
  const { outcome, body, requestAtMs, responseAtMs, seq } = await fetch(
    {
      site,
      request,
      decision: askingFor(request, site, edge.clock.nowMs()),
      content: undefined,
      onInformational: () => {},
      signal: new AbortController().signal,
    },
    edge,
  );
  body?.destroy();
  if (outcome.kind === 'failure') throw upstreamUnreachable(outcome.message);
  const times = { requestAtMs, responseAtMs, nowMs: edge.clock.nowMs(), seq };
  const exchange = { request, response: outcome, times, deployment: edge.deployment };
  return {
    method: request.method,
    url: absoluteUriOf(request),
    upstream: { status: outcome.status, fields: fieldPairs(outcome.fields.toLines()) },
    treatments: policies.map((choice) => {
      const policy = typeof choice === 'function' ? choice(request) : choice;
      return {
        ...treatmentOf(exchange, policy),
        withheld: withheldBy(policy, request, site),
      };
    }),
  };
}

/** What of a request the upstream would not get where it is asked for what may be stored. */
function withheldBy(policy: Policy, request: PresentedRequest, site: Site): readonly string[] {
  const asked = upstreamRequest({
    request,
    ask: { kind: 'fill' },
    policy,
    hostHeader: site.hostHeader,
    upstreamAuthority: site.upstream.authority,
    cdnInfo: site.cdnInfo,
  });
  const sent = new IncomingFields(asked.lines);
  const names = fieldPairs(request.fields.toLines()).map(([name]) => name.toLowerCase());
  const withheld = new Set(names.filter((name) => !sent.has(name)));
  return asked.target === request.target ? [...withheld] : [...withheld, '?'];
}

/** What the site's own policy decides where nothing is stored. */
function askingFor(request: PresentedRequest, { policy }: Site, nowMs: number): AskingDecision {
  const decision = decide({
    request,
    found: { selected: [], siblings: [], inLanguage: [] },
    policy,
    edge: { bypass: false, doNotCollapse: false, refreshHeldBack: false },
    nowMs,
  });
  if (isAsking(decision) && SENT_METHODS.has(request.method)) return decision;
  throw new PopletError(
    'invalid-option',
    'profiles are compared by what the origin answers, and only GET and HEAD are sent to it',
    { hint: 'name one profile to have any other request explained: --profile rfc9111' },
  );
}
