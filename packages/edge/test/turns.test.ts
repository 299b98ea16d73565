// Whose turn it is on a connection: with requests and responses that are nothing but their events.

import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { expect, it } from 'vitest';

import { Turns, WaitingRoom } from '../src/turns.ts';

class Line {
  readonly begun: string[] = [];
  readonly taken: boolean[] = [];
  readonly responses: ServerResponse[] = [];
  pauses = 0;
  readonly socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    pause: (): void => void (this.pauses += 1),
    destroy: (): void => void (this.socket.destroyed = true),
  });
  readonly #turns: Turns;

  constructor(atOnce: number, room = new WaitingRoom(20_000)) {
    this.#turns = new Turns(atOnce, room);
  }

  ask(method: string, rawHeaders: readonly string[] = []): void {
    const name = `${method} ${this.responses.length}`;
    const request = { method, rawHeaders, socket: this.socket } as unknown as IncomingMessage;
    const response = Object.assign(new EventEmitter(), {
      shouldKeepAlive: true,
    }) as unknown as ServerResponse;
    this.responses.push(response);
    this.taken.push(this.#turns.take(request, response, () => void this.begun.push(name)));
  }

  answer(index: number): void {
    this.responses[index]?.emit('close');
  }
}

it('safe requests begin together, up to the bound; each that is answered lets one more begin', () => {
  const line = new Line(2);
  for (const method of ['GET', 'HEAD', 'GET', 'GET']) line.ask(method);
  expect(line.begun).toEqual(['GET 0', 'HEAD 1']);
  line.answer(1);
  expect(line.begun).toEqual(['GET 0', 'HEAD 1', 'GET 2']);
  line.answer(0);
  expect(line.begun.at(-1)).toBe('GET 3');
});

it('an unsafe request waits for all before it, and all behind it wait for it', () => {
  const line = new Line(8);
  for (const method of ['GET', 'GET', 'POST', 'GET', 'GET']) line.ask(method);
  expect(line.begun).toEqual(['GET 0', 'GET 1']);
  line.answer(0);
  expect(line.begun.length).toBe(2);
  line.answer(1);
  expect(line.begun).toEqual(['GET 0', 'GET 1', 'POST 2']);
  line.answer(2);
  expect(line.begun.slice(3)).toEqual(['GET 3', 'GET 4']);
});

it('behind a thousand that wait nothing is taken or read, and the last of them ends the connection', async () => {
  const line = new Line(1);
  for (let count = 0; count < 1003; count += 1) line.ask('GET');
  expect(line.taken.indexOf(false)).toBe(1001);
  expect(line.responses.map(({ shouldKeepAlive }) => shouldKeepAlive).indexOf(false)).toBe(1000);
  await new Promise(setImmediate);
  const { pauses } = line;
  expect(pauses).toBeGreaterThan(0);
  // node:http reads on behind each answer.
  line.answer(0);
  await new Promise(setImmediate);
  expect(line.pauses).toBe(pauses + 1);
  for (let index = 1; index <= 1000; index += 1) line.answer(index);
  expect(line.begun.length).toBe(1001);
});

it('a connection that asks for more than may wait on all of them is cut, and what waited on it makes room', () => {
  const room = new WaitingRoom(3);
  const [one, other] = [new Line(1, room), new Line(1, room)];
  for (let count = 0; count < 3; count += 1) one.ask('GET');
  for (let count = 0; count < 3; count += 1) other.ask('GET');
  expect(other.taken).toEqual([true, true, false]);
  expect([one, other].map(({ socket }) => socket.destroyed)).toEqual([false, true]);
  other.socket.emit('close');
  const third = new Line(1, room);
  for (let count = 0; count < 3; count += 1) third.ask('GET');
  expect(third.taken).toEqual([true, true, false]);
  // So does what need not wait any longer.
  one.answer(0);
  const fourth = new Line(1, room);
  for (let count = 0; count < 3; count += 1) fourth.ask('GET');
  expect(fourth.taken).toEqual([true, true, false]);
});

it('what waits is counted in bytes too', () => {
  const line = new Line(1);
  const large = ['X', 'x'.repeat(1_048_576)];
  for (let count = 0; count < 66; count += 1) line.ask('GET', large);
  expect(line.taken.indexOf(false)).toBe(64);
});
