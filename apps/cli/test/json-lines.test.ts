import { PassThrough } from 'node:stream';

import { expect, it } from 'vitest';

import { createJsonLines } from '../src/json-lines.ts';

const MIB = 1024 * 1024;

/** The objects of a text, without long padding. */
function parsed(text: string): object[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { padding: _, ...rest } = JSON.parse(line) as { readonly padding?: string };
      return rest;
    });
}

/** Reads until nothing waits; the reader has caught up. */
async function drain(out: PassThrough): Promise<object[]> {
  let text = '';
  while (out.writableLength + out.readableLength > 0) {
    text += (out.read() as Buffer | null)?.toString() ?? '';
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return parsed(text);
}

it('writes one object per line', async () => {
  const out = new PassThrough();
  const lines = createJsonLines(out);
  lines.write({ event: 'ready' });
  lines.write({ event: 'exchange', text: 'two\nlines' });
  expect(await drain(out)).toEqual([{ event: 'ready' }, { event: 'exchange', text: 'two\nlines' }]);
  lines.close();
  expect(await drain(out)).toEqual([]);
});

it('drops lines while more than 8 MiB wait, and counts them before the next', async () => {
  const out = new PassThrough();
  const lines = createJsonLines(out);
  const padding = 'x'.repeat(MIB);
  for (let id = 0; id < 20; id++) lines.write({ id, padding });
  expect(out.writableLength).toBeGreaterThan(8 * MIB);
  expect(out.writableLength).toBeLessThan(10 * MIB);
  const kept = await drain(out);
  expect(kept.length).toBeGreaterThan(7);
  lines.write({ id: 20 });
  lines.write({ id: 21 });
  expect(await drain(out)).toEqual([
    { event: 'dropped', count: 20 - kept.length },
    { id: 20 },
    { id: 21 },
  ]);
});

it('counts what was dropped last when closed, once', async () => {
  const out = new PassThrough();
  const lines = createJsonLines(out);
  lines.write({ padding: 'x'.repeat(9 * MIB) });
  for (let id = 0; id < 3; id++) lines.write({ id });
  lines.close();
  lines.close();
  expect((await drain(out)).at(-1)).toEqual({ event: 'dropped', count: 3 });
});
