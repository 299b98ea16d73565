import { PopletError } from '@poplet/policy';

/** What the person who named the address is told. */
export interface ListenWords {
  /** `port 8080`, `the admin port 127.0.0.1:8081`. */
  readonly port: string;
  /** Names another: `--port`. */
  readonly portOption: string;
  readonly host: string;
  readonly hostHint: string;
}

/** Why a server cannot listen: PopletError `port-in-use`, `port-forbidden` or `invalid-option`. */
export function listenError(cause: unknown, words: ListenWords): PopletError {
  const { port, portOption, host, hostHint } = words;
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new PopletError('port-in-use', `${port} is in use`, {
        hint: `choose another with ${portOption}, or 0 for any that is free`,
        cause,
      });
    case 'EACCES':
      return new PopletError('port-forbidden', `${port} may not be used by this user`, {
        hint: `choose one above 1023 with ${portOption}`,
        cause,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new PopletError(
        'invalid-option',
        `this machine has no address "${host}" to listen on`,
        { hint: hostHint, cause },
      );
    case undefined:
    default:
      return new PopletError('invalid-option', `cannot listen on ${host}, ${port}: ${message}`, {
        cause,
      });
  }
}

/** Of an edge that was closed before it listened. */
export function closedError(): Error {
  return new Error('the edge is closed');
}

/** As `listenError`, of the edge's own port. */
export function edgeListenError(cause: unknown, port: number, host: string): PopletError {
  return listenError(cause, {
    port: `port ${port}`,
    portOption: '--port',
    host,
    hostHint: 'use --host 127.0.0.1, or 0.0.0.0 for all',
  });
}

/** Where an edge is reached. */
export interface Bound {
  readonly url: string;
  readonly port: number;
}

export function boundOn(host: string, port: number, scheme: 'http' | 'https' = 'http'): Bound {
  return { url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`, port };
}
