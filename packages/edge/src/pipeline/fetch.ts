import {
  reason,
  rewriteLocation,
  upstreamRequest,
  type AskingDecision,
  type InformationalHead,
  type PresentedRequest,
  type Reason,
  type UpstreamAsk,
  type UpstreamOutcome,
  type UpstreamRequest,
  type UpstreamResponse,
} from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { RequestContent } from '../request-content.ts';
import type { Site } from '../site.ts';
import type { RespondedReply, FailedReply, UpstreamBody } from '../upstream/upstream.ts';

export interface FetchInput {
  readonly site: Site;
  readonly request: PresentedRequest;
  readonly decision: AskingDecision;
  /** The client's content, where it sends any. */
  readonly content: RequestContent | undefined;
  readonly onInformational: (head: InformationalHead) => void;
  readonly signal: AbortSignal;
}

/** What came back, and when. */
export interface Fetched {
  readonly outcome: UpstreamOutcome;
  /** Undefined after a failure. */
  readonly body: UpstreamBody | undefined;
  readonly notes: readonly Reason[];
  /** Real instants. */
  readonly requestAtMs: number;
  readonly responseAtMs: number;
  /** Purge sequence when the request began. */
  readonly seq: number;
}

/** RFC 9110 §9.2.2 */
const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Asks the upstream, once more where a connection used before ended without a word. */
export async function fetch(input: FetchInput, { clock, store }: EdgeContext): Promise<Fetched> {
  await input.site.upstream.ready();
  const seq = store.sequence;
  const requestAtMs = clock.realNowMs();
  const { decision } = input;
  const asked = askedOf(input, decision.kind === 'pass' ? { kind: 'as-is' } : decision.ask);
  const notes: Reason[] = [];
  let reply = await send(asked, input);
  if (reply.kind === 'failure' && reply.isRetryable && mayRepeat(asked, input)) {
    // RFC 9110 §9.2.2: an idempotent request may be repeated when the connection failed before an answer; once.
    notes.push(reason('retried'));
    reply = await send(asked, input, true);
  }
  const responseAtMs = clock.realNowMs();
  if (reply.kind === 'failure')
    return { outcome: reply.failure, body: undefined, notes, requestAtMs, responseAtMs, seq };

  const { head, note } = asSeenHere(reply.head, input);
  if (note !== null) notes.push(note);
  return { outcome: head, body: reply.body, notes, requestAtMs, responseAtMs, seq };
}

type Addressed = Pick<FetchInput, 'site' | 'request'>;

/** The upstream's head, its own address in it turned to the one that the viewer knows. */
export function asSeenHere(
  head: UpstreamResponse,
  { site, request }: Addressed,
): { readonly head: UpstreamResponse; readonly note: Reason | null } {
  const { fields, reason: note } = rewriteLocation(head.fields, {
    upstreamOrigin: site.upstream.origin,
    viewerOrigin: `${request.scheme}://${request.authority}`,
  });
  return { head: { ...head, fields }, note };
}

async function send(
  asked: UpstreamRequest,
  { site, content, onInformational, signal, request }: FetchInput,
  isRepeated = false,
): Promise<RespondedReply | FailedReply> {
  const reply = await site.upstream.ask(asked, {
    content: request.hasContent ? content?.open() : undefined,
    onInformational,
    signal,
    isRepeated,
    mayIdle: /text\/event-stream/i.test(request.fields.get('accept') ?? ''),
  });
  if (reply.kind !== 'switched') return reply;
  reply.socket.destroy();
  const message = 'the upstream switched protocols without being asked';
  return {
    kind: 'failure',
    failure: { kind: 'failure', failure: 'malformed', message },
    isRetryable: false,
  };
}

/** What the site's upstream is sent for a request. */
export function askedOf({ request, site }: Addressed, ask: UpstreamAsk): UpstreamRequest {
  const { policy, hostHeader, upstream, cdnInfo } = site;
  return upstreamRequest({
    request,
    ask,
    policy,
    hostHeader,
    upstreamAuthority: upstream.authority,
    cdnInfo,
  });
}

function mayRepeat({ method }: UpstreamRequest, { content, request, signal }: FetchInput): boolean {
  if (signal.aborted || !IDEMPOTENT_METHODS.has(method)) return false;
  return !request.hasContent || content?.isOpened === false;
}
