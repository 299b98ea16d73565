import type { FramedHead } from '../http1/frame.ts';
import type { PlainHead } from './plain-head.ts';

/** Fields by which node:http would choose the framing otherwise than here. */
const FRAMING_FIELDS = /^(?:connection|keep-alive|transfer-encoding|upgrade|trailer)$/i;

/** RFC 9110 §5.5, and of the names §5.6.2: what node:http would not refuse to send. */
const SENDABLE = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n)+$/;

/** The head of an answer as node:http writes it. Undefined where that would not be the same. */
export function headTextOf(
  status: number,
  { statusText, lines, isCloseDelimited }: FramedHead,
  { method, section }: Pick<PlainHead, 'method' | 'section'>,
  keepAliveTimeoutMs: number,
): string | undefined {
  let text = '';
  let isDated = false;
  let isMeasured = method === 'HEAD' || status === 204 || status === 304;
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    if (FRAMING_FIELDS.test(name)) return undefined;
    if (/^date$/i.test(name)) isDated = true;
    if (/^content-length$/i.test(name)) isMeasured = true;
    text += `${name}: ${lines[index + 1]}\r\n`;
  }
  if (!isDated || !isMeasured || isCloseDelimited || !SENDABLE.test(text)) return undefined;
  return `HTTP/1.1 ${status} ${statusText}\r\n${text}${connectionLines(section.endsConnection, keepAliveTimeoutMs)}\r\n`;
}

function connectionLines(endsConnection: boolean, keepAliveTimeoutMs: number): string {
  if (endsConnection) return 'Connection: close\r\n';
  const seconds = Math.floor(keepAliveTimeoutMs / 1000);
  const hint = keepAliveTimeoutMs === 0 ? '' : `Keep-Alive: timeout=${seconds}\r\n`;
  return `Connection: keep-alive\r\n${hint}`;
}
