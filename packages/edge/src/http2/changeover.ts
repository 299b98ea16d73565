import { createHash } from 'node:crypto';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

import { IncomingFields, withoutFields, type FieldLines } from '@poplet/policy';
import type { Changeover } from '../pipeline/tunnel.ts';
import { withoutConnectionFields } from './response-head.ts';

/** RFC 6455 §1.3 */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 8441 §5: it means nothing in HTTP/2. */
const WEBSOCKET_ACCEPT: ReadonlySet<string> = new Set(['sec-websocket-accept']);

/** A stream that becomes a WebSocket by an extended CONNECT (RFC 8441 §5). */
export class Http2Changeover implements Changeover {
  readonly status = 200;
  readonly earlyBytes = Buffer.alloc(0);
  readonly #stream: ServerHttp2Stream;
  readonly #key: string;

  /** `key`: the Sec-WebSocket-Key that the upstream is sent. */
  constructor(stream: ServerHttp2Stream, key: string) {
    this.#stream = stream;
    this.#key = key;
  }

  /** RFC 6455 §4.1: the upstream has read the key, and means this very request. */
  flawOf(lines: FieldLines): string | null {
    const expected = createHash('sha1').update(`${this.#key}${WEBSOCKET_GUID}`).digest('base64');
    const accepted = new IncomingFields(lines).get('sec-websocket-accept');
    if (accepted === expected) return null;
    return `the upstream switched with a Sec-WebSocket-Accept that does not answer the key`;
  }

  accept(lines: FieldLines): Duplex {
    const stream = this.#stream;
    const fields = withoutFields(withoutConnectionFields(lines), WEBSOCKET_ACCEPT);
    stream.respond([':status', String(this.status), ...fields]);
    return stream;
  }

  /** RFC 8441 §5: a reset of the TCP connection is a stream error of type CANCEL. */
  abort(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }
}
