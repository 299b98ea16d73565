import { reason } from '@poplet/policy';
import type { EdgeLimits } from './edge-api.ts';
import type { Problem } from './problem.ts';

/** What node:http's parser reports. */
export interface ParserError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  /** What was being parsed, and how much of it was good. */
  readonly rawPacket?: Buffer | undefined;
  readonly bytesParsed?: number | undefined;
}

/** As much of a request line as could be made out. */
export interface RequestLine {
  readonly method: string;
  readonly url: string;
}

/** Of a connection on which nothing came, or none of it was a request. */
export const NO_REQUEST: RequestLine = { method: '', url: '' };

type Bounds = Pick<EdgeLimits, 'headerBytes' | 'headersTimeoutMs' | 'requestTimeoutMs'>;

/** What is wrong with bytes that node:http could not take for a request, and the status for it. */
export function problemOf(error: ParserError, limits: Bounds): Problem {
  switch (error.code) {
    case 'CONNECT':
      return malformed(405, 'CONNECT asks for a proxy, and this is a gateway');
    case 'HPE_HEADER_OVERFLOW':
      return overflow(error, limits);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return malformed(413, 'the chunk extensions are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const { headersTimeoutMs: headersMs, requestTimeoutMs: requestMs } = limits;
      return { status: 408, reasons: [reason('request-timeout', { headersMs, requestMs })] };
    }
    case 'HPE_INVALID_METHOD':
      return invalidMethod(error);
    case 'HPE_PAUSED_H2_UPGRADE':
      return malformed(400, 'it is HTTP/2, which is spoken over TLS only');
    case undefined:
    default:
      return malformed(400, `it is not valid HTTP/1.1 (${parserWords(error)})`);
  }
}

/** The same of bytes that came to a port of HTTPS, and are no TLS either. */
export function foreignProblemOf(error: ParserError, limits: Bounds): Problem {
  const problem = problemOf(error, limits);
  const words = problem.reasons[0]?.values?.['problem'];
  if (error.code !== 'HPE_INVALID_METHOD' || problem.status !== 400 || words === undefined)
    return problem;
  return { status: 400, reasons: [reason('neither-tls-nor-http', { problem: words })] };
}

/** A request that cannot be read, or be done. */
export function malformed(status: number, problem: string): Problem {
  return { status, reasons: [reason('malformed-request', { problem })] };
}

function parserWords({ reason: why, message }: ParserError): string {
  return why ?? message?.replace(/^Parse Error: /, '') ?? 'unreadable';
}

function overflow({ rawPacket, bytesParsed = 0 }: ParserError, limits: Bounds): Problem {
  const values = { limitBytes: limits.headerBytes };
  // RFC 9110 §15.5.15: where the line that grew too long is the request line, it is the target.
  if (rawPacket !== undefined && isRequestLine(rawPacket, bytesParsed))
    return { status: 414, reasons: [reason('target-too-long', values)] };
  return { status: 431, reasons: [reason('fields-too-large', values)] };
}

/** Whether the line at this place ends as a request line does, or begins as one and does not end. */
function isRequestLine(packet: Buffer, at: number): boolean {
  const end = packet.indexOf('\n', at);
  if (end !== -1)
    return / HTTP\/1\.[01]\r?$/.test(packet.toString('latin1', Math.max(at, end - 16), end));
  return !packet.includes('\n') && /^[A-Z]+ \S/.test(packet.toString('latin1', 0, 64));
}

function invalidMethod(error: ParserError): Problem {
  const { rawPacket, bytesParsed = 0 } = error;
  // The first byte of a TLS handshake record.
  if (rawPacket?.[0] === 0x16) {
    return malformed(
      400,
      'it does not begin with a method: it is TLS, and this port speaks plain HTTP (http://)',
    );
  }
  const start = startOf(rawPacket);
  if (start.startsWith('PRI * HTTP/2'))
    return malformed(400, 'it is HTTP/2, which is spoken over TLS only');
  const method = /^([A-Z][A-Z-]*) \S+ HTTP\/1\./.exec(start)?.[1];
  // RFC 9110 §15.6.2. Behind other bytes of the same packet it is anything.
  if (method !== undefined && bytesParsed <= method.length)
    return malformed(501, `the method ${method} is not known here`);
  return malformed(400, `it does not begin with a method (${parserWords(error)})`);
}

/** The request line, if the bytes that could not be parsed begin with one. */
export function requestLineOf({ rawPacket }: ParserError): RequestLine {
  const [, method = '', url = ''] =
    /^([A-Za-z]{1,20}) (\S{1,2000})?/.exec(startOf(rawPacket)) ?? [];
  return { method, url };
}

function startOf(packet: Buffer | undefined): string {
  return packet?.subarray(0, 2048).toString('latin1') ?? '';
}
