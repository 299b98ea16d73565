import { randomUUID } from 'node:crypto';
import {
  IncomingFields,
  readRequest,
  reason,
  withoutFields,
  type PresentedRequest,
  type Reason,
  type RequestHead,
} from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { Problem } from '../problem.ts';
import { requestUrlOf } from '../request-url.ts';
import type { Site } from '../site.ts';

export interface ReceiveOptions {
  /** Whether the connection may be handed over to another protocol. */
  readonly mayUpgrade: boolean;
}

export type Reception = Received | Unreadable;

interface Received extends Placed {
  readonly kind: 'received';
}

/** A request, and the site under the policy that holds for it. */
export interface Placed {
  readonly site: Site;
  readonly request: PresentedRequest;
}

/** What was read, before the policy for it is known. */
export interface Reading {
  readonly kind: 'read';
  readonly answering: Site;
  readonly request: PresentedRequest;
}

interface Unreadable {
  readonly kind: 'unreadable';
  readonly problem: Problem;
  /** As far as it could be made out, for the journal. */
  readonly url: string;
}

/** Fields that ask for another protocol; ignored where none is to be had (RFC 9110 §7.8). */
const UPGRADE_FIELDS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/** First stage: what the parser of a connection left becomes a frozen request that belongs to a site. Never throws. */
export function receive(head: RequestHead, options: ReceiveOptions, edge: EdgeContext): Reception {
  const reading = readHead(head, options, edge);
  return reading.kind === 'read' ? { kind: 'received', ...place(reading) } : reading;
}

/** The part of it that is the same for whatever path is asked for. */
export function readHead(
  head: RequestHead,
  { mayUpgrade }: ReceiveOptions,
  edge: EdgeContext,
): Reading | Unreadable {
  const { scheme } = head;
  const lines = mayUpgrade ? head.lines : withoutFields(head.lines, UPGRADE_FIELDS);
  const refused = (status: number, why: Reason): Unreadable => ({
    kind: 'unreadable',
    problem: { status, reasons: [why] },
    url: requestUrlOf(head),
  });

  const excess = excessOf(head, edge);
  if (excess !== undefined) return refused(excess.status, excess.why);
  const read = readRequest({ ...head, lines });
  if (read.kind === 'malformed')
    return refused(read.status, reason('malformed-request', { problem: read.problem }));
  const { authority } = read.request;
  const answering = edge.sites.forAuthority(authority);
  if (answering === undefined) {
    return {
      kind: 'unreadable',
      problem: { status: 421, reasons: [reason('unknown-host', { host: authority })] },
      url: `${scheme}://${authority}${read.request.target}`,
    };
  }
  const fields = edge.withDefaults(read.request.fields);
  const request = { siteId: answering.id, ...read.request, fields };
  return { kind: 'read', answering, request };
}

/** The part of it that depends on the path. */
export function place({ answering, request }: Pick<Reading, 'answering' | 'request'>): Placed {
  const site = answering.for(request);
  const { downstream, fill } = site.policy;
  const isNamed = downstream.ownFields !== null || fill.ownFields !== null;
  const named = isNamed ? { id: randomUUID().replaceAll('-', ''), ...request } : request;
  return { site, request: Object.freeze(named) };
}

/** Which limit a request is over, and the status for it. */
function excessOf(
  { target, lines }: RequestHead,
  { limits, exchanges }: Pick<EdgeContext, 'limits' | 'exchanges'>,
): { readonly status: number; readonly why: Reason } | undefined {
  if (exchanges > limits.exchanges)
    return { status: 503, why: reason('too-many-exchanges', { limit: limits.exchanges }) };
  if (Buffer.byteLength(target, 'latin1') > limits.targetBytes)
    return { status: 414, why: reason('target-too-long', { limitBytes: limits.targetBytes }) };
  const count = lines.length / 2;
  if (count > limits.headerCount)
    return { status: 431, why: reason('fields-too-many', { count, limit: limits.headerCount }) };
  // RFC 9110 §15.5.14: what announces its length need not send it. Chunks are counted as they come.
  const limitBytes = limits.contentBytes;
  const length = Number(new IncomingFields(lines).get('content-length') ?? 0);
  if (limitBytes > 0 && length > limitBytes)
    return { status: 413, why: reason('content-too-large', { limitBytes }) };
  return undefined;
}
