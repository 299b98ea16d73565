import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { FieldLines } from '@poplet/policy';
import type { Changeover } from '../pipeline/tunnel.ts';

export interface UpgradedConnection {
  readonly socket: Duplex;
  /** Bytes that came right behind the request. */
  readonly earlyBytes: Buffer;
  /** What would have answered the request on it. */
  readonly response: ServerResponse;
  /** The connection speaks another protocol from now on. */
  readonly onHandedOver: () => void;
}

/** A connection in HTTP/1.1 whose client asks to switch protocols (RFC 9110 §7.8): node's 'upgrade' event. */
export class Http1Changeover implements Changeover {
  readonly status = 101;
  readonly earlyBytes: Buffer;
  readonly #connection: UpgradedConnection;

  constructor(connection: UpgradedConnection) {
    this.#connection = connection;
    this.earlyBytes = connection.earlyBytes;
  }

  flawOf(): null {
    return null;
  }

  accept(lines: FieldLines): Duplex {
    const { socket, response, onHandedOver } = this.#connection;
    response.detachSocket(socket as Socket);
    onHandedOver();
    socket.write(switchingHead(lines), 'latin1');
    return socket;
  }

  abort(): void {
    this.#connection.socket.destroy();
  }
}

function switchingHead(lines: FieldLines): string {
  let text = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let index = 0; index < lines.length; index += 2)
    text += `${lines[index]}: ${lines[index + 1]}\r\n`;
  return `${text}\r\n`;
}
