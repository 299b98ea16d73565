import { expect, test } from 'vitest';
import { remembered } from '../src/remembered.ts';

/** A reading that counts how often it reads. */
function counted(): { readonly read: (text: string) => { readonly text: string }; reads: number } {
  const counter = {
    reads: 0,
    read: remembered((text) => {
      counter.reads += 1;
      return { text };
    }),
  };
  return counter;
}

test('the same text is read once', () => {
  const counter = counted();
  expect(counter.read('a')).toBe(counter.read('a'));
  expect(counter.read('')).toEqual({ text: '' });
  expect(counter.read('')).toEqual({ text: '' });
  expect(counter.reads).toBe(2);
});

test('another text is read anew', () => {
  const counter = counted();
  expect([counter.read('a'), counter.read('b')]).toEqual([{ text: 'a' }, { text: 'b' }]);
});

test('nothing is remembered of a text of more than 256 characters', () => {
  const counter = counted();
  for (const length of [256, 256, 257, 257]) counter.read('x'.repeat(length));
  expect(counter.reads).toBe(3);
});

test('the 257th text takes the place of all before it', () => {
  const counter = counted();
  for (let index = 0; index < 256; index += 1) counter.read(String(index));
  counter.read('0');
  expect(counter.reads).toBe(256);
  counter.read('more');
  counter.read('0');
  counter.read('more');
  expect(counter.reads).toBe(258);
});
