import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';

import { reason } from '@poplet/policy';
import { monotonicMs } from './clock.ts';
import type { EdgeLimits, TlsIdentity } from './edge-api.ts';
import type { Problem } from './problem.ts';
import { ClientLeft, handshakeProblem, TlsFailures } from './tls-failures.ts';

/** What comes out of a TLS listener. */
export interface TlsArrivals {
  /** The handshake on `carrier` is over. `socket.alpnProtocol` says what is spoken; false: the client did not say. */
  onSecure(socket: TLSSocket, carrier: Socket): void;
  /** Its first byte begins no TLS handshake. Nothing of it is lost. */
  onPlain(socket: Socket): void;
  /** A handshake that came to nothing; told once for many of the same kind. `serverName`: '' where none was given. */
  onFailure(problem: Problem, serverName: string): void;
}

/** ALPN, in the order of preference. Some clients name the old version when told to speak it. */
const PROTOCOLS = ['h2', 'http/1.1', 'http/1.0'];

/** RFC 8446 §5.1: the type of a record that carries a handshake, which begins every connection. */
const HANDSHAKE_RECORD = 0x16;

/** RFC 8446 §6: a fatal alert `unrecognized_name`, in a record of its own. */
const UNRECOGNIZED_NAME = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);

/** The connection below each TLS socket, which alone can be reset. */
const carriers = new WeakMap<Socket, Socket>();

/** Ends a connection so that its client cannot take what it got for the whole: with a reset, below TLS too. */
export function resetConnection(socket: Socket): void {
  (carriers.get(socket) ?? socket).resetAndDestroy();
}

export interface TlsLaneOptions extends Pick<EdgeLimits, 'handshakeTimeoutMs'> {
  /** What is spoken (ALPN), in the order of preference. Default: all that the edge speaks. */
  readonly protocols?: readonly string[];
}

/** One connection until its handshake is over. */
interface Greeting {
  readonly carrier: Socket;
  /** '' until the client gives one. */
  serverName: string;
  /** Runs until the handshake is over, or is seen to be none. */
  readonly deadline: NodeJS.Timeout;
}

/** The TLS side of one listener: tells TLS from anything else by the first byte, and shakes hands. */
export class TlsLane {
  readonly #identity: TlsIdentity;
  readonly #timeoutMs: number;
  readonly #protocols: readonly string[];
  readonly #arrivals: TlsArrivals;
  readonly #failures = new TlsFailures(monotonicMs);
  /** For clients that name nobody, where no certificate is for those; others are still served. */
  readonly #nobody: SecureContext = createSecureContext({ minVersion: 'TLSv1.2' });

  constructor(
    identity: TlsIdentity,
    { handshakeTimeoutMs, protocols = PROTOCOLS }: TlsLaneOptions,
    arrivals: TlsArrivals,
  ) {
    this.#identity = identity;
    this.#protocols = protocols;
    this.#timeoutMs = handshakeTimeoutMs;
    this.#arrivals = arrivals;
  }

  /** Takes a connection on which nothing was read. */
  accept(carrier: Socket): void {
    const deadline = setTimeout(() => this.#timeOut(greeting), this.#timeoutMs);
    const greeting: Greeting = { carrier, serverName: '', deadline };
    const look = (): void => {
      const chunk = carrier.read() as Buffer | null;
      if (chunk === null) return;
      carrier.off('readable', look).off('end', leave);
      carrier.unshift(chunk);
      if (chunk[0] === HANDSHAKE_RECORD) {
        void this.#begin(greeting);
        return;
      }
      clearTimeout(deadline);
      this.#arrivals.onPlain(carrier);
    };
    // Opened ahead of need, and never used.
    const leave = (): void => void carrier.destroy();
    carrier.on('readable', look).on('end', leave);
    carrier.on('error', () => {});
    carrier.on('close', () => clearTimeout(deadline));
  }

  async #begin(greeting: Greeting): Promise<void> {
    const secureContext = await this.#contextFor(undefined).catch(() => this.#nobody);
    if (!greeting.carrier.destroyed) this.#shakeHands(greeting, secureContext);
  }

  /** As a promise, whatever way the identity says no. */
  async #contextFor(name: string | undefined): Promise<SecureContext> {
    return this.#identity.contextFor(name);
  }

  #shakeHands(greeting: Greeting, secureContext: SecureContext): void {
    const { carrier, deadline } = greeting;
    const socket = new TLSSocket(carrier, {
      isServer: true,
      secureContext,
      ALPNProtocols: [...this.#protocols],
      SNICallback: (name, choose) => {
        greeting.serverName = name;
        this.#contextFor(name).then(
          (context) => choose(null, context),
          (error: Error) => {
            // node:tls has no words for it. Until the server's first message nothing is encrypted.
            if (carrier.writable) carrier.write(UNRECOGNIZED_NAME);
            choose(error);
          },
        );
      },
    });
    carriers.set(socket, carrier);
    socket.disableRenegotiation();
    // What breaks the encryption later on: without a tls.Server nobody else acts upon it.
    socket.on('_tlsError', (error: Error) => socket.destroy(error));
    const refuse = (error: Error): void =>
      this.#tell(handshakeProblem(error, greeting.serverName), greeting);
    // Its client leaves in the middle of it: half-open, the connection would wait for its time to run out.
    const leave = (): void => {
      carrier.destroy();
      refuse(new ClientLeft());
    };
    socket.on('error', refuse).on('end', leave);
    socket.on('secure', () => {
      clearTimeout(deadline);
      socket
        .off('end', leave)
        .off('error', refuse)
        .on('error', () => {});
      this.#arrivals.onSecure(socket, carrier);
    });
  }

  #timeOut(greeting: Greeting): void {
    const isUnused = greeting.carrier.bytesRead === 0;
    greeting.carrier.destroy();
    if (isUnused) return;
    const why = reason('tls-handshake-timeout', { ms: this.#timeoutMs });
    this.#tell({ status: 408, reasons: [why] }, greeting);
  }

  #tell(problem: Problem, { serverName }: Greeting): void {
    if (this.#failures.isNew(problem, serverName)) this.#arrivals.onFailure(problem, serverName);
  }
}
