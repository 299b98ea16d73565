// HTTP/2 as frames: a client that sends whatever a test wants, and reads what comes back with no library.

import type { TLSSocket } from 'node:tls';

import { until } from '../rig.ts';

/** RFC 9113 §6 */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** RFC 9113 §7 */
export const CODE = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  streamClosed: 5,
  refusedStream: 7,
  cancel: 8,
  enhanceYourCalm: 11,
} as const;

/** RFC 9113 §4.2: what a peer takes that has not said otherwise. */
const MAX_FRAME_BYTES = 16_384;

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** A field line; latin1, and as wrong as a test wants. */
export type Line = readonly [name: string, value: string];

export function frame(
  type: number,
  { flags = 0, streamId = 0, payload = Buffer.alloc(0) }: Partial<Frame> = {},
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** RFC 7541 §6.2.2: every line literally, nothing indexed, nothing compressed. */
export function block(lines: readonly Line[]): Buffer {
  return Buffer.concat(
    lines.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]),
  );
}

function literal(text: string): Buffer {
  return Buffer.concat([integer(text.length), Buffer.from(text, 'latin1')]);
}

/** RFC 7541 §5.1 with a prefix of 7 bits. */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One connection, and what was heard on it. */
export class FrameClient {
  readonly heard: Frame[] = [];
  isClosed = false;
  readonly socket: TLSSocket;
  #unread = Buffer.alloc(0);

  /** Sends the preface and its own settings. */
  constructor(socket: TLSSocket, settings: Buffer = Buffer.alloc(0)) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('data', (chunk: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, chunk]);
      this.#read();
    });
    socket.write(
      Buffer.concat([Buffer.from(PREFACE), frame(TYPE.settings, { payload: settings })]),
    );
  }

  #read(): void {
    for (;;) {
      const bytes = this.#unread;
      if (bytes.length < 9) return;
      const end = 9 + bytes.readUIntBE(0, 3);
      if (bytes.length < end) return;
      this.heard.push({
        type: bytes[3] as number,
        flags: bytes[4] as number,
        streamId: bytes.readUInt32BE(5),
        payload: bytes.subarray(9, end),
      });
      this.#unread = bytes.subarray(end);
    }
  }

  send(...frames: readonly Buffer[]): void {
    if (this.socket.writable) this.socket.write(Buffer.concat(frames));
  }

  /** Begins a request. */
  ask(streamId: number, lines: readonly Line[], { goesOn = false } = {}): void {
    const bytes = block(lines);
    const last = goesOn ? 0 : FLAG.endStream;
    if (bytes.length <= MAX_FRAME_BYTES) {
      this.send(frame(TYPE.headers, { flags: FLAG.endHeaders | last, streamId, payload: bytes }));
      return;
    }
    this.send(
      frame(TYPE.headers, { flags: last, streamId, payload: bytes.subarray(0, MAX_FRAME_BYTES) }),
    );
    for (let start = MAX_FRAME_BYTES; start < bytes.length; start += MAX_FRAME_BYTES) {
      const payload = bytes.subarray(start, start + MAX_FRAME_BYTES);
      const flags = start + MAX_FRAME_BYTES < bytes.length ? 0 : FLAG.endHeaders;
      this.send(frame(TYPE.continuation, { flags, streamId, payload }));
    }
  }

  data(streamId: number, text: string, { isLast = true } = {}): void {
    const flags = isLast ? FLAG.endStream : 0;
    this.send(frame(TYPE.data, { flags, streamId, payload: Buffer.from(text, 'latin1') }));
  }

  frames(type: number, streamId?: number): readonly Frame[] {
    return this.heard.filter(
      (one) => one.type === type && (streamId === undefined || one.streamId === streamId),
    );
  }

  body(streamId: number): string {
    const chunks = this.frames(TYPE.data, streamId).map(({ payload }) => payload);
    return Buffer.concat(chunks).toString('latin1');
  }

  /** The status of an answer, where it is one that HPACK has a number for (RFC 7541 Appendix A). */
  status(streamId: number): number | undefined {
    const [first] = this.frames(TYPE.headers, streamId);
    if (first === undefined) return undefined;
    return STATUSES[(first.payload[0] as number) - 0x88] ?? 0;
  }

  /** The error code of RST_STREAM; undefined: none came. */
  reset(streamId: number): number | undefined {
    return this.frames(TYPE.rstStream, streamId)[0]?.payload.readUInt32BE(0);
  }

  /** The error code of the last GOAWAY; undefined: none came. */
  get goaway(): number | undefined {
    return this.frames(TYPE.goaway).at(-1)?.payload.readUInt32BE(4);
  }

  /** Resolves when a stream has ended, in either way. */
  async ended(streamId: number): Promise<void> {
    await until(
      () => this.isClosed || this.#hasEnded(streamId),
      `the end of stream ${streamId}: ${JSON.stringify(this.heard)}`,
    );
  }

  #hasEnded(streamId: number): boolean {
    const isLast = ({ type, flags }: Frame): boolean =>
      type === TYPE.rstStream ||
      ((type === TYPE.data || type === TYPE.headers) && (flags & FLAG.endStream) !== 0);
    return this.heard.some((one) => one.streamId === streamId && isLast(one));
  }

  async closed(): Promise<void> {
    await until(() => this.isClosed, 'the end of the connection');
  }
}

const STATUSES = [200, 204, 206, 304, 400, 404, 500];
