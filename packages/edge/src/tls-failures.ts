import { reason, renderReason } from '@poplet/policy';
import type { Problem } from './problem.ts';

/** What node:tls and OpenSSL report. */
interface TlsError extends Error {
  readonly code?: string;
  /** OpenSSL's own words. */
  readonly reason?: string;
}

/** A server name that there is no certificate for. */
export class UnknownServerName extends Error {}

/** The client ended the connection before the handshake was over. */
export class ClientLeft extends Error {
  readonly code = 'ECONNRESET';
}

/** Why a handshake failed. The status is for the journal: no HTTP was spoken. */
export function handshakeProblem(error: TlsError, serverName: string): Problem {
  if (error instanceof UnknownServerName)
    return { status: 421, reasons: [reason('tls-name-unknown', { name: serverName })] };
  return { status: 400, reasons: [reason('tls-handshake-failed', { problem: wordsOf(error) })] };
}

const DISTRUST = 'the client does not trust the certificate';

/** OpenSSL's codes for what people meet; the others in its own words. */
const WORDS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: DISTRUST,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: DISTRUST,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: DISTRUST,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'to the client the certificate has expired',
  ERR_SSL_UNSUPPORTED_PROTOCOL:
    'the client speaks nothing newer than TLS 1.1, and 1.2 is the least',
  ERR_SSL_UNKNOWN_PROTOCOL: 'the client speaks no version of TLS that is spoken here',
  ERR_SSL_NO_SHARED_CIPHER: 'the client and the edge have no cipher in common',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'the client speaks no protocol (ALPN) that is spoken here',
  ECONNRESET: 'the client closed the connection',
  EPIPE: 'the client closed the connection',
};

function wordsOf({ code = '', reason: why, message }: TlsError): string {
  return WORDS[code] ?? why ?? message;
}

/** For how long one failure stands for all of its kind, and of how many kinds. */
const TOLD_MS = 10_000;
const MAX_KINDS = 32;

/** Which failures are worth telling: a client that distrusts a certificate comes back a hundred times. */
export class TlsFailures {
  readonly #nowMs: () => number;
  readonly #told = new Set<string>();
  #sinceMs = -Infinity;

  /** `nowMs`: real time from some fixed point. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Whether nothing of the kind was told lately. */
  isNew({ reasons }: Problem, serverName: string): boolean {
    const nowMs = this.#nowMs();
    if (nowMs - this.#sinceMs >= TOLD_MS) {
      this.#told.clear();
      this.#sinceMs = nowMs;
    }
    const kind = `${serverName} ${reasons.map(renderReason).join()}`;
    if (this.#told.has(kind) || this.#told.size >= MAX_KINDS) return false;
    this.#told.add(kind);
    return true;
  }
}
