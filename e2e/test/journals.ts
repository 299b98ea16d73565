import type { ExchangeRecord } from '@poplet/policy';
import { exchangeView } from '@poplet/edge';
import type { OriginRequest } from './origin-witness.ts';
import type { Rig } from './rig.ts';

/** Every exchange the edge had since the last reset. */
export function exchanges(rig: Rig): readonly ExchangeRecord[] {
  return rig.cdn.edge.journal.latest(100_000);
}

export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Both journals in words: what a failing test shows. */
export function journalText(rig: Rig): string {
  return [
    `── edge ${rig.cdn.url}`,
    ...exchanges(rig).map(exchangeLine),
    `── origin server`,
    ...rig.origin.requests.map(originLine),
    '',
  ].join('\n');
}

function exchangeLine(record: ExchangeRecord): string {
  const { status, method, url, outcome, upstreamStatus, complete, reasons } = exchangeView(record);
  const asked = upstreamStatus === null ? '' : ` (origin: ${upstreamStatus})`;
  const cut = complete ? '' : ' INCOMPLETE';
  const why = reasons.map(({ text }) => text).join(' · ');
  return `${status} ${method} ${pathOf(url)} ${outcome}${asked}${cut}: ${why}`;
}

function originLine({ status, method, target, ifNoneMatch, range, via }: OriginRequest): string {
  const parts = [`${status ?? '…'} ${method} ${target}`];
  if (ifNoneMatch !== undefined) parts.push(`if-none-match: ${ifNoneMatch}`);
  if (range !== undefined) parts.push(`range: ${range}`);
  if (via === undefined) parts.push('NOT BY WAY OF THE EDGE');
  return parts.join(' ');
}

/** Exchanges for one path, whatever their query, oldest first. */
export function exchangesFor(rig: Rig, path: string): readonly ExchangeRecord[] {
  return exchanges(rig).filter(({ url }) => new URL(url).pathname === path);
}

export function outcomesOf(rig: Rig, path: string): readonly ExchangeRecord['outcome'][] {
  return exchangesFor(rig, path).map(({ outcome }) => outcome);
}
