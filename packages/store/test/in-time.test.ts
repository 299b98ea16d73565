import { expect, it } from 'vitest';

import { inTime } from '../src/in-time.ts';

it('gives up what does not answer in time', async () => {
  const never = new Promise<never>(() => {});
  await expect(inTime(never, 20)).rejects.toMatchObject({
    code: 'unreachable',
    message: 'no answer within 20 ms',
  });
});

it('takes what came while this process stood still', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  // Timers that are due go before what has come over sockets, which is as late as this.
  setImmediate(() => setImmediate(() => resolve('there')));
  const answer = inTime(promise, 20);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  await expect(answer).resolves.toBe('there');
});
