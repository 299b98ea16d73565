import { expect } from 'vitest';

import type { Scene } from '../bad-input/scene.ts';

/** Of the edges whose bytes are compared. */
export const EDGE_ID = 'test';

/** A request as the origin is to receive it, to the byte. */
export interface ForwardedMessage {
  /** `POST /scripted`. */
  readonly line: string;
  /** The client's own fields that go on, as `Name: value`. */
  readonly fields?: readonly string[];
  /** The host that the client asked for. Default: `edge.test`. */
  readonly host?: string;
  /** What the client spoke. Default: `1.1`. */
  readonly version?: '1.0';
  /** Default: `keep-alive`. */
  readonly connection?: 'close';
  /** Null, the default: there is none, and no framing either. */
  readonly content?: string | null;
  /** Content came in chunks: it may go on so, in chunks of the edge's own, or by its length. */
  readonly mayBeChunked?: true;
}

/** What the origin received is these messages, byte for byte, each whole, and nothing else. */
export function expectReceived(scene: Scene, messages: readonly ForwardedMessage[]): void {
  const received = scene.origin.received.join('');
  const orders = [messages, messages.toReversed()];
  const forms = orders.flatMap((order) =>
    order.reduce<string[]>(
      (before, message) =>
        bytesOf(message, scene.origin.authority).flatMap((bytes) =>
          before.map((prefix) => prefix + bytes),
        ),
      [''],
    ),
  );
  expect(forms).toContain(received);
}

/** The forms that a message may have on the wire; all of them are read in one way only. */
function bytesOf(message: ForwardedMessage, authority: string): readonly string[] {
  const { line, fields = [], host = 'edge.test', version = '1.1', content = null } = message;
  const head = [
    `${line} HTTP/1.1`,
    `host: ${authority}`,
    `connection: ${message.connection ?? 'keep-alive'}`,
    ...fields,
    `Via: ${version} poplet`,
    `CDN-Loop: poplet;id=${EDGE_ID}.0`,
    'X-Forwarded-For: 127.0.0.1',
    `X-Forwarded-Host: ${host}`,
    'X-Forwarded-Proto: http',
    `Forwarded: for=127.0.0.1;host="${host}";proto=http`,
    '',
  ].join('\r\n');
  if (content === null) return [`${head}\r\n`];
  const byLength = `${head}content-length: ${content.length}\r\n\r\n${content}`;
  if (message.mayBeChunked !== true) return [byLength];
  const size = content.length.toString(16);
  return [byLength, `${head}transfer-encoding: chunked\r\n\r\n${size}\r\n${content}\r\n0\r\n\r\n`];
}
