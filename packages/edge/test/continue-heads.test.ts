import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { ContinueHeads } from '../src/upstream/continue-heads.ts';

/** What a reader gets of bytes that arrive in these pieces, and the interim statuses as they were. */
function readAlong(pieces: readonly string[], parsed: readonly number[] = []): [string, number[]] {
  const socket = new Duplex({ read() {}, write() {} });
  const heads = new ContinueHeads();
  heads.watch(socket as Socket);
  heads.expectHead();
  let seen = '';
  for (const piece of pieces) {
    socket.push(Buffer.from(piece, 'latin1'));
    seen += (socket.read() as Buffer).toString('latin1');
  }
  return [seen, parsed.map((status) => heads.statusOf(status))];
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\nX-A: HTTP/1.1 100\r\n\r\n';
const HIDDEN = 'HTTP/1.1 109 Continue\r\nX-A: HTTP/1.1 100\r\n\r\n';
const FINE = 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nHTTP/1.1 100 C\r\n';

describe('a 100 that nobody asked for', () => {
  it('is hidden and found again, among other interim heads, and nowhere else', () => {
    const other = 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 109 Odd\r\n\r\n';
    expect(readAlong([CONTINUE + other + CONTINUE + FINE], [109, 103, 109, 109])).toEqual([
      HIDDEN + other + HIDDEN + FINE,
      [100, 103, 109, 100],
    ]);
  });

  it.each([1, 2, 3, 5, 7, 11])('is found in pieces of %i bytes', (size) => {
    const text = `\r\n${CONTINUE}${CONTINUE}${FINE}`;
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(readAlong(pieces, [109, 109])).toEqual([`\r\n${HIDDEN}${HIDDEN}${FINE}`, [100, 100]]);
  });

  it('is not looked for behind a switch of protocols', () => {
    const switched = 'HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 100 C\r\n\r\n';
    expect(readAlong([switched])[0]).toBe(switched);
  });
});
