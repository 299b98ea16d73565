import {
  decide,
  explain,
  isAsking,
  MAX_RESUMES,
  primaryKeyOf,
  settle,
  type Decision,
  type ExplainedExchange,
  type PresentedRequest,
} from '@poplet/policy';
import { requestOf, SENT_METHODS } from './asked-request.ts';
import type { ExplainRequest, SiteExplanation } from './edge-api.ts';
import type { EdgeContext } from './edge-context.ts';
import { edgeStateFor } from './pipeline/course.ts';
import { fetch } from './pipeline/fetch.ts';
import type { Site } from './site.ts';

/**
 * Explains one request as if it came now: the upstream is asked where the edge would ask it, and
 * nothing is stored, updated, invalidated or recorded. Throws PopletError `invalid-option`.
 */
export async function explainRequest(
  asked: ExplainRequest,
  edge: EdgeContext,
): Promise<SiteExplanation> {
  const { site, request } = requestOf(asked, edge);
  const { policy } = site;
  const primaryKey = primaryKeyOf(request, policy, edge.deployment);
  await edge.store.load?.(primaryKey);
  const nowMs = edge.clock.nowMs();
  const found = edge.store.peek(primaryKey, request.fields);
  const state = edgeStateFor(primaryKey, { found, nowMs }, edge);
  const first = decide({ request, found, policy, edge: state, nowMs });
  const { decision, exchange } = await rehearse(
    { site, request, primaryKey, decision: first },
    edge,
  );
  return {
    site: site.id,
    profile: policy.name,
    upstreamUrl: site.upstreamUrl,
    ...explain({
      request,
      primaryKey,
      found,
      policy,
      edge: state,
      isStoreAway: edge.store.isAway === true,
      nowMs,
      decision,
      exchange,
    }),
  };
}

interface Rehearsed {
  /** The last decision, where a 304 made it necessary to ask again. */
  readonly decision: Decision;
  readonly exchange: ExplainedExchange | undefined;
}

interface Asking {
  readonly site: Site;
  readonly request: PresentedRequest;
  readonly primaryKey: string;
  readonly decision: Decision;
}

/** Asks the upstream what the decision would ask it; the body is not read. */
async function rehearse(
  { site, request, primaryKey, decision: first }: Asking,
  edge: EdgeContext,
): Promise<Rehearsed> {
  const isRefresh = first.kind === 'serve-and-refresh';
  const asking = isRefresh ? first.refreshRequest : request;
  let decision: Decision = isRefresh ? first.refresh : first;
  let exchange: ExplainedExchange | undefined;
  for (let resumes = 0; isAsking(decision) && SENT_METHODS.has(asking.method); resumes++) {
    const fetched = await fetch(
      {
        site,
        request: asking,
        decision,
        content: undefined,
        onInformational: () => {},
        signal: new AbortController().signal,
      },
      edge,
    );
    fetched.body?.destroy();
    const { outcome, notes, requestAtMs, responseAtMs, seq } = fetched;
    const times = { requestAtMs, responseAtMs, nowMs: edge.clock.nowMs(), seq };
    exchange = { outcome, times, notes };
    const { answer } = settle({
      request: asking,
      primaryKey,
      decision,
      outcome,
      policy: site.policy,
      times,
    });
    if (answer.kind !== 'again' || resumes === MAX_RESUMES) break;
    decision = answer.decision;
  }
  if (isRefresh && (decision.kind === 'fetch' || decision.kind === 'revalidate')) {
    return { decision: { ...first, refresh: decision }, exchange };
  }
  return { decision, exchange };
}
