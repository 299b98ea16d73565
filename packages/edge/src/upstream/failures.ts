import type { FailureKind, UpstreamFailure } from '@poplet/policy';
import type { UpstreamTimeouts } from '../edge-api.ts';

/** What the messages name. */
export interface FailureContext extends UpstreamTimeouts {
  readonly origin: string;
}

/** A head that the parser let through. */
export class MalformedResponse extends Error {
  readonly code = 'POPLET_MALFORMED';
}

/** A connection that the other side ended before it was asked anything: what stands behind it is down, say. */
export class ClosedOnAccept extends Error {
  readonly code = 'POPLET_CLOSED_ON_ACCEPT';
}

/** A time is over; `code` says which. */
export class UpstreamTimeout extends Error {
  readonly code: 'POPLET_QUEUE_TIMEOUT' | 'POPLET_HEAD_TIMEOUT' | 'POPLET_BODY_TIMEOUT';

  constructor(code: UpstreamTimeout['code']) {
    super(code);
    this.code = code;
  }
}

/** More requests wait for a connection than may. */
export class QueueFull extends Error {
  readonly code = 'POPLET_QUEUE_FULL';

  constructor(limit: number) {
    super(`more than ${limit} requests wait for a connection`);
  }
}

const KINDS: Readonly<Record<string, FailureKind>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  EACCES: 'refused',
  EPERM: 'refused',
  ENOTFOUND: 'unresolved',
  ENODATA: 'unresolved',
  ESERVFAIL: 'unresolved',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  POPLET_HEAD_TIMEOUT: 'timeout',
  POPLET_BODY_TIMEOUT: 'timeout',
  POPLET_QUEUE_TIMEOUT: 'overloaded',
  POPLET_QUEUE_FULL: 'overloaded',
  POPLET_CLOSED_ON_ACCEPT: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'malformed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'malformed',
  POPLET_MALFORMED: 'malformed',
  // undici's own words for an answer that cannot be where it is: a 101 that names no protocol, say.
  ERR_ASSERTION: 'malformed',
  UND_ERR_INVALID_ARG: 'malformed',
  UND_ERR_NOT_SUPPORTED: 'malformed',
  EMFILE: 'overloaded',
  ENFILE: 'overloaded',
};

/** An error of the client library as the value that policy judges. The message is for people. */
export function failureOf(error: unknown, context: FailureContext): UpstreamFailure {
  const { code, message } = described(error);
  return {
    kind: 'failure',
    failure: kindOf(code, message),
    message: wordsFor(code, message, context),
  };
}

/** Whether the connection ended without the upstream having said anything about it. */
export function isConnectionLoss(error: unknown): boolean {
  const { code, message } = described(error);
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    (code === 'UND_ERR_SOCKET' && !message.startsWith('bad '))
  );
}

function described(error: unknown): { readonly code: string; readonly message: string } {
  // Several addresses were tried (RFC 8305): the first tells what happened.
  if (error instanceof AggregateError && error.errors.length > 0) return described(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  return { code: typeof code === 'string' ? code : '', message: error.message };
}

function kindOf(code: string, message: string): FailureKind {
  const known = KINDS[code];
  if (known !== undefined) return known;
  if (isLookupFailure(code)) return 'unresolved';
  // undici 8 leaves the parser's own code (HPE_…) out of most of its errors.
  const isUnparsable = code.startsWith('HPE_') || NOT_HTTP.test(message);
  if (isUnparsable || isBadResponse(code, message)) return 'malformed';
  return isTlsFailure(code) ? 'refused' : 'reset';
}

/** undici: "bad response" (bytes nobody asked for, or a 100 that nobody expects), "bad upgrade". */
function isBadResponse(code: string, message: string): boolean {
  return code === 'UND_ERR_SOCKET' && message.startsWith('bad ');
}

function isTlsFailure(code: string): boolean {
  return /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$)/.test(code);
}

/** What the system's resolver says, in all its words: EAI_AGAIN, EAI_FAIL, EAI_NONAME and the like. */
function isLookupFailure(code: string): boolean {
  return code.startsWith('EAI_') || KINDS[code] === 'unresolved';
}

function wordsFor(code: string, message: string, context: FailureContext): string {
  const { origin } = context;
  if (isLookupFailure(code)) return `the name in ${origin} cannot be resolved`;
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${origin}`;
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `no connection to ${origin} within ${context.connectMs} ms`;
    case 'POPLET_QUEUE_TIMEOUT':
      return `none of the connections to ${origin} came free within ${context.headMs} ms`;
    case 'POPLET_QUEUE_FULL':
      return `${message} to ${origin}`;
    case 'POPLET_HEAD_TIMEOUT':
      return `no response within ${context.headMs} ms`;
    case 'UND_ERR_BODY_TIMEOUT':
      return `nothing more of the body within ${context.bodyIdleMs} ms`;
    case 'POPLET_BODY_TIMEOUT':
      return `the body was not complete within ${context.bodyMs} ms`;
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'the header section of the response is too large';
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return 'the body is not as long as its Content-Length says';
    case 'ERR_ASSERTION':
      return 'the status or a field of the response makes no sense in its place';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was reset';
    case 'UND_ERR_SOCKET':
      return message === 'other side closed'
        ? 'the connection was closed before the response was complete'
        : message;
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return 'the edge is closing';
    default:
      // OpenSSL's words end where Node's advice for its own command line begins.
      return isTlsFailure(code) ? `TLS: ${message.split(';')[0]} (${code})` : parserWords(message);
  }
}

/** What undici says of bytes that its parser refuses. */
const NOT_HTTP = /^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/;

/** The parser's own words without its preamble. */
function parserWords(message: string): string {
  const inner = NOT_HTTP.exec(message)?.[1];
  return inner === undefined ? message : `the response is not valid HTTP: ${inner}`;
}
