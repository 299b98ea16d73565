import type { Duplex } from 'node:stream';

import {
  IncomingFields,
  settle,
  type FieldLines,
  type FieldReader,
  type PassDecision,
  type PresentedRequest,
  type Reason,
  type TunnelDecision,
  type UpstreamOutcome,
  type UpstreamRequest,
} from '@poplet/policy';
import { monotonicMs } from '../clock.ts';
import type { EdgeContext } from '../edge-context.ts';
import type { Exchange } from '../exchange.ts';
import type { AskOptions, UpstreamReply } from '../upstream/upstream.ts';
import {
  deliverPlan,
  deliverProblem,
  deliverUpstream,
  type Delivery,
  type Story,
} from './deliver.ts';
import { askedOf, asSeenHere } from './fetch.ts';
import { passingBody } from './passing-body.ts';
import { record, recordGone } from './record.ts';
import { respond } from './respond.ts';
import { invalidate } from './settle.ts';

/** A client's connection, or its stream of one, that may change hands. */
export interface Changeover {
  /** What tells the client that it does: 101, or 200 to an extended CONNECT (RFC 8441 §5). */
  readonly status: number;
  /** Bytes that came right behind the request. */
  readonly earlyBytes: Buffer;
  /** What is wrong with the 101 of the upstream, whose field lines these are; null: nothing. */
  flawOf(lines: FieldLines): string | null;
  /** Tells the client, with the fields of the 101; what is returned carries the bytes of both from now on. */
  accept(lines: FieldLines): Duplex;
  /** The upstream broke off what was handed over. */
  abort(): void;
}

/** Asks the upstream to switch protocols and, if it does, passes bytes both ways; else its answer is the answer. */
export async function tunnel(
  exchange: Exchange,
  { decision, changeover }: { readonly decision: TunnelDecision; readonly changeover: Changeover },
  edge: EdgeContext,
): Promise<void> {
  const { client, request, site } = exchange;
  const abort = new AbortController();
  const stopListening = client.onGone(() => abort.abort(new Error('the client went away')));
  await site.upstream.ready();
  const requestAtMs = edge.clock.realNowMs();
  const asking: AskOptions = {
    onInformational: (head) => client.inform(head, request),
    signal: abort.signal,
    mayIdle: true,
    upgrade: request.fields.get('upgrade') ?? '',
  };
  const reply = consent(
    await site.upstream.ask(upgradeRequestOf(exchange), asking),
    request,
    changeover,
  );
  const asked = {
    outcome: 'ineligible',
    collapsed: false,
    askedUpstream: true,
    isStored: false,
  } as const;
  if (client.isGone) {
    discard(reply);
    recordGone(
      exchange,
      { ...asked, outcome: 'error', reasons: decision.reasons, upstreamStatus: null },
      edge,
    );
    return;
  }
  if (reply.kind === 'switched') {
    const story: Story = { ...asked, reasons: decision.reasons, upstreamStatus: 101 };
    stopListening();
    join(exchange, { changeover, reply, edge });
    recordSwitch(exchange, { story, status: changeover.status }, edge);
    return;
  }
  const delivery = await refused(exchange, { decision, reply, requestAtMs }, edge);
  // Until the end of the answer a client that leaves takes the upstream's body with it.
  const sent = await respond(client, { ...delivery, isOpened: false });
  if (reply.kind === 'response') reply.body.destroy();
  if (sent.kind === 'sent')
    record(exchange, { delivery, sent, endedAtMs: monotonicMs(), landing: undefined }, edge);
}

/**
 * The handshake as the upstream is to see it. A browser's Origin names the edge; a dev server that
 * compares it with its own address (Next does, before hot reload) would refuse. So where the upstream
 * is sent its own Host, the viewer's own Origin becomes the upstream's. A foreign Origin stays, and
 * plain requests keep theirs: servers compare those with X-Forwarded-Host.
 */
function upgradeRequestOf({ request, site }: Exchange): UpstreamRequest {
  const { hostHeader, upstream } = site;
  const asked = askedOf({ request, site }, { kind: 'as-is' });
  if (hostHeader === 'viewer') return asked;
  const viewerOrigin = `${request.scheme}://${request.authority}`;
  const lines = asked.lines.slice();
  for (let index = 0; index < lines.length; index += 2) {
    const isOwn = lines[index + 1]?.toLowerCase() === viewerOrigin;
    if (isOwn && lines[index]?.toLowerCase() === 'origin') lines[index + 1] = upstream.origin;
  }
  return { ...asked, lines };
}

/** The upstream's word as this client may have it: what it cannot be told, or would misunderstand, is a failure. */
function consent(
  reply: UpstreamReply,
  { fields }: PresentedRequest,
  changeover: Changeover,
): UpstreamReply {
  const flaw = flawOf(reply, fields, changeover);
  if (flaw === null) return reply;
  discard(reply);
  return {
    kind: 'failure',
    failure: { kind: 'failure', failure: 'malformed', message: flaw },
    isRetryable: false,
  };
}

function flawOf(reply: UpstreamReply, fields: FieldReader, changeover: Changeover): string | null {
  if (reply.kind === 'failure') return null;
  if (reply.kind === 'response') {
    const { status } = reply.head;
    // RFC 8441 §5: where any 2xx says that the protocol was switched, none can say that it was not.
    const isMistakable = Math.floor(status / 100) === Math.floor(changeover.status / 100);
    return isMistakable ? `the upstream answered ${status} and did not switch protocols` : null;
  }
  // RFC 9110 §7.8: an upstream switches to what the client offered, or to nothing.
  const chosen = protocolsIn(new IncomingFields(reply.lines));
  const offers = protocolsIn(fields);
  if (!chosen.every((protocol) => offers.includes(protocol)))
    return `the upstream switched to ${chosen.join(', ')}, and ${offers.join(', ')} was offered`;
  return changeover.flawOf(reply.lines);
}

function protocolsIn(fields: FieldReader): readonly string[] {
  return fields
    .lines('upgrade')
    .flatMap((line) => line.toLowerCase().split(','))
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '');
}

function discard(reply: UpstreamReply): void {
  if (reply.kind === 'switched') reply.socket.destroy();
  if (reply.kind === 'response') reply.body.destroy();
}

interface Joint {
  readonly changeover: Changeover;
  readonly reply: Extract<UpstreamReply, { kind: 'switched' }>;
  readonly edge: EdgeContext;
}

/** Passes the 101 on with its own fields, then every byte, each direction ending by itself. */
function join(exchange: Exchange, { changeover, reply, edge }: Joint): void {
  const { socket: upstream } = reply;
  exchange.client.done();
  const viewer = changeover.accept(reply.lines);
  edge.tunnels.add(viewer).add(upstream);
  const end = (): void => {
    edge.tunnels.delete(viewer);
    edge.tunnels.delete(upstream);
    viewer.destroy();
    upstream.destroy();
  };
  // An error on one side ends both; 'close' follows it.
  viewer.on('error', () => {}).on('close', end);
  upstream.on('error', () => changeover.abort()).on('close', end);
  // One side may be done sending while the other goes on.
  upstream.allowHalfOpen = true;
  viewer.allowHalfOpen = true;
  const { earlyBytes } = changeover;
  if (earlyBytes.length > 0) upstream.write(earlyBytes);
  upstream.pipe(viewer);
  viewer.pipe(upstream);
}

/** An open tunnel is recorded when it opens: it may stay open for as long as the page. */
function recordSwitch(
  exchange: Exchange,
  { story, status }: { readonly story: Story; readonly status: number },
  edge: EdgeContext,
): void {
  const plan = {
    status,
    statusText: '',
    lines: [],
    body: { kind: 'none' },
    reasons: [],
  } as const;
  const delivery = deliverPlan(plan, story);
  const sent = { kind: 'sent', bodyBytes: 0, isComplete: true, cutOff: undefined } as const;
  record(exchange, { delivery, sent, endedAtMs: monotonicMs(), landing: undefined }, edge);
}

interface Refusal {
  readonly decision: TunnelDecision;
  readonly reply: Exclude<UpstreamReply, { kind: 'switched' }>;
  readonly requestAtMs: number;
}

/** RFC 9110 §7.8: the upstream did not switch; it answered, or failed to. */
async function refused(
  exchange: Exchange,
  { decision, reply, requestAtMs }: Refusal,
  edge: EdgeContext,
): Promise<Delivery> {
  const { request, primaryKey, site } = exchange;
  const notes: Reason[] = [];
  let outcome: UpstreamOutcome = reply.kind === 'failure' ? reply.failure : reply.head;
  if (outcome.kind === 'response') {
    const { head, note } = asSeenHere(outcome, exchange);
    outcome = head;
    if (note !== null) notes.push(note);
  }
  const pass: PassDecision = { kind: 'pass', outcome: 'ineligible', reasons: decision.reasons };
  const responseAtMs = edge.clock.realNowMs();
  const nowMs = edge.clock.nowMs();
  const times = { requestAtMs, responseAtMs, nowMs, seq: edge.store.sequence };
  const judged = settle({
    request,
    primaryKey,
    decision: pass,
    outcome,
    policy: site.policy,
    times,
  });
  const { answer, ...settled } = await invalidate(judged, primaryKey, {
    edge,
    siteId: site.id,
  });
  const story: Story = {
    outcome: settled.outcome,
    reasons: [...decision.reasons, ...notes, ...settled.reasons],
    collapsed: false,
    upstreamStatus: outcome.kind === 'response' ? outcome.status : null,
    askedUpstream: true,
    isStored: false,
  };
  if (answer.kind === 'upstream' && reply.kind === 'response') {
    const body = passingBody(reply.body, undefined);
    return deliverUpstream(exchange, story, { answer, body, led: undefined, nowMs });
  }
  return deliverProblem(exchange, story, answer.kind === 'problem' ? answer.status : 502);
}
