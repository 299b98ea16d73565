import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { EndOfTurn } from '../../src/fast-lane/end-of-turn.ts';
import { LaneConnection } from '../../src/fast-lane/lane-connection.ts';
import type { Lane, LaneAnswer, LaneEnd } from '../../src/fast-lane/lane.ts';
import { SectionTable } from '../../src/fast-lane/section.ts';
import { DEFAULT_LIMITS } from '../../src/limits.ts';

const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n';
const REQUEST = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

/** A lane that has this one answer, and what it was told of it. */
class OneAnswer implements Lane {
  readonly limits = DEFAULT_LIMITS;
  answered = 0;
  underWay = 0;
  readonly ends: LaneEnd[] = [];
  onAsked = (): void => {};

  nowMs(): number {
    return 0;
  }

  answerTo(): LaneAnswer {
    this.onAsked();
    return { record: undefined };
  }

  piecesOf(): readonly [Uint8Array] {
    return [Buffer.from(ANSWER)];
  }

  record(_record: unknown, end: LaneEnd): void {
    this.ends.push(end);
  }

  onFault(error: unknown): void {
    throw error;
  }
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Two ends of a connection, of which the lane has one. */
async function connected(
  lane: Lane,
): Promise<{ readonly client: Socket; readonly socket: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [socket] = (await once(server, 'connection')) as [Socket];
  closing.push(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const port = { parser: new EventEmitter(), isAnswering: () => false, onBusy() {}, onIdle() {} };
  const endOfTurn = new EndOfTurn();
  const sections = new SectionTable();
  new LaneConnection(socket, { lane, scheme: 'http', sections, endOfTurn, port }).begin();
  return { client, socket };
}

it('comes behind all of the turn, in order, once for each time it is waited for', async () => {
  const endOfTurn = new EndOfTurn();
  const told: string[] = [];
  const waiting = (name: string) => ({ onEndOfTurn: () => void told.push(name) });
  endOfTurn.add(waiting('first'));
  endOfTurn.add(waiting('second'));
  await Promise.resolve();
  expect(told).toEqual([]);
  await turn();
  expect(told).toEqual(['first', 'second']);
  endOfTurn.add(waiting('third'));
  await turn();
  expect(told).toEqual(['first', 'second', 'third']);
});

describe('an answer that waits for it', () => {
  it('is written before what else comes in the same turn is looked at', async () => {
    const lane = new OneAnswer();
    const { client, socket } = await connected(lane);
    const wasWritten: number[] = [];
    lane.onAsked = () => void wasWritten.push(socket.bytesWritten);
    const read = once(client, 'end');
    let heard = '';
    client.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    // As the system would tell of them: two requests, and the end, in one turn.
    socket.emit('data', Buffer.from(REQUEST));
    expect(socket.bytesWritten).toBe(0);
    socket.emit('data', Buffer.from(REQUEST));
    socket.emit('end');
    expect(wasWritten).toEqual([0, ANSWER.length]);
    expect(socket.bytesWritten).toBe(2 * ANSWER.length);
    await read;
    expect(heard).toBe(ANSWER.repeat(2));
    expect(lane.ends.map(({ unread }) => unread)).toEqual([undefined, undefined]);
  });

  it('is one that its client did not get where the connection is lost before', async () => {
    const lane = new OneAnswer();
    const { socket } = await connected(lane);
    socket.emit('data', Buffer.from(REQUEST));
    socket.destroy();
    await turn();
    expect(lane.ends.map(({ unread }) => unread)).toEqual(['unsent']);
    expect(lane.underWay).toBe(0);
  });
});
