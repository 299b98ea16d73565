import { stripVTControlCharacters } from 'node:util';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { createLiveLines, type LiveLines } from '../src/live-lines.ts';

let shown: string[];
let lines: LiveLines;

beforeEach(() => {
  vi.useFakeTimers();
  shown = [];
  lines = createLiveLines((text) => shown.push(stripVTControlCharacters(text)));
});

afterEach(() => {
  vi.useRealTimers();
});

/** Returns how many of the lines were rendered. */
function write(count: number): number {
  const render = vi.fn<() => string>(() => 'line');
  for (let written = 0; written < count; written++) lines.write(render);
  return render.mock.calls.length;
}

it('shows each line as it comes', () => {
  lines.write(() => 'one');
  lines.write(() => 'two');
  expect(shown).toEqual(['one\n', 'two\n']);
  vi.advanceTimersByTime(1_000);
  lines.close();
  expect(shown).toEqual(['one\n', 'two\n']);
});

it('shows 40 lines in 250 ms, renders no others, and says how many there were', () => {
  expect(write(100)).toBe(40);
  vi.advanceTimersByTime(249);
  expect(shown).toHaveLength(40);
  vi.advanceTimersByTime(1);
  expect(shown).toHaveLength(41);
  expect(shown[40]).toBe('… 60 lines left out\n');
});

it('begins anew with the next interval', () => {
  write(41);
  vi.advanceTimersByTime(250);
  expect(write(40)).toBe(40);
  vi.advanceTimersByTime(250);
  expect(shown).toHaveLength(81);
  expect(shown.filter((text) => text.includes('left out'))).toEqual(['… 1 lines left out\n']);
});

it('shows the last count when closed, once', () => {
  write(45);
  lines.close();
  expect(shown.at(-1)).toBe('… 5 lines left out\n');
  vi.advanceTimersByTime(1_000);
  lines.close();
  expect(shown).toHaveLength(41);
});
