import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';

import { expect, it, vi } from 'vitest';

import { listenToKeys } from '../src/keys.ts';

function pressing() {
  const setRawMode = vi.fn<(mode: boolean) => void>();
  const input = Object.assign(new PassThrough(), { setRawMode });
  const pressed: string[] = [];
  const stop = listenToKeys(input as unknown as ReadStream, {
    purge: () => pressed.push('purge'),
    bypass: () => pressed.push('bypass'),
    quit: () => pressed.push('quit'),
  });
  const press = async (keys: string): Promise<readonly string[]> => {
    input.write(keys);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return pressed.splice(0);
  };
  return { input, setRawMode, stop, press };
}

it.each([
  ['p', ['purge']],
  ['b', ['bypass']],
  ['q', ['quit']],
  ['\u0003', ['quit']],
  ['\u0004', ['quit']],
  ['x', []],
  ['P\r', []],
  ['bpb', ['bypass', 'purge', 'bypass']],
])('%j', async (keys, actions) => {
  const { press, setRawMode } = pressing();
  expect(await press(keys)).toEqual(actions);
  expect(setRawMode.mock.calls).toEqual([[true]]);
});

it('gives the terminal back when stopped', async () => {
  const { input, setRawMode, stop, press } = pressing();
  stop();
  expect(setRawMode.mock.calls).toEqual([[true], [false]]);
  expect(input.isPaused()).toBe(true);
  expect(await press('q')).toEqual([]);
});
