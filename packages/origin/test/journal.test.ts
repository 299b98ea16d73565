import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JournalEntry } from '@poplet/origin';
import { ask } from './ask.ts';
import { serveSite } from './site.ts';

test('every request, with what it carried and what it got', async () => {
  const { url, origin } = await serveSite({ 'index.html': 'home' });
  const beforeMs = Date.now();
  const { headers } = await ask(url, '/?q=1', { headers: { 'X-Test': 'yes' } });
  await ask(url, '/', { headers: { 'if-none-match': headers['etag'] ?? '' } });
  await ask(url, '/nope', { method: 'POST' });
  await ask(url, '/%zz');
  await expect.poll(() => origin.journal.list().every(({ complete }) => complete)).toBe(true);
  const entries = origin.journal.list();
  expect(entries.map(({ method, url: target, status }) => [method, target, status])).toEqual([
    ['GET', '/?q=1', 200],
    ['GET', '/', 304],
    ['POST', '/nope', 405],
    ['GET', '/%zz', 400],
  ]);
  expect(entries.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  const [first, second] = entries as [JournalEntry, JournalEntry];
  expect(first.headers['x-test']).toBe('yes');
  expect(second.headers['if-none-match']).toBe(headers['etag']);
  expect(first.startedAtMs).toBeGreaterThanOrEqual(beforeMs);
  expect(first.startedAtMs).toBeLessThanOrEqual(Date.now());
  expect(entries.every(({ durationMs }) => durationMs !== null)).toBe(true);
});

test('a request is there before its answer', async () => {
  const { url, origin } = await serveSite(
    { 'index.html': 'home' },
    { faults: [{ pattern: '/', fault: { kind: 'delay', ms: 100 } }] },
  );
  const asked = ask(url, '/');
  await expect
    .poll(() => origin.journal.list())
    .toMatchObject([
      { status: null, complete: null, durationMs: null, fault: { kind: 'delay', pattern: '/' } },
    ]);
  await asked;
  // The status is known to whoever has the head.
  expect(origin.journal.list()[0]?.status).toBe(200);
});

test('a cut answer is not complete', async () => {
  const { url, origin } = await serveSite(
    { 'a.bin': Buffer.alloc(1000), 'b.bin': Buffer.alloc(1000), 'c.bin': Buffer.alloc(1000) },
    {
      faults: [
        { pattern: '/a.bin', fault: { kind: 'reset' } },
        { pattern: '/b.bin', fault: { kind: 'reset', afterBytes: 10 } },
        { pattern: '/c.bin', fault: { kind: 'truncate', afterBytes: 10 } },
      ],
    },
  );
  await ask(url, '/a.bin').catch(() => null);
  await ask(url, '/b.bin');
  await ask(url, '/c.bin');
  await ask(url, '/c.bin', { method: 'HEAD' });
  await expect
    .poll(() => origin.journal.list().map((entry) => [entry.status, entry.complete]))
    .toEqual([
      [null, false],
      [200, false],
      [200, false],
      [200, true],
    ]);
});

test('subscribers hear of ended answers, until they leave', async () => {
  const { url, origin } = await serveSite({ 'index.html': 'home' });
  const heard: string[] = [];
  const leave = origin.journal.subscribe((entry) => heard.push(`${entry.url} ${entry.status}`));
  await ask(url, '/');
  await ask(url, '/nope');
  await expect.poll(() => heard).toEqual(['/ 200', '/nope 404']);
  leave();
  await ask(url, '/');
  await pause(20);
  expect(heard).toHaveLength(2);
});

test('bounded, and cleared', async () => {
  const { url, origin } = await serveSite({ 'index.html': 'home' }, { journalEntries: 3 });
  for (let n = 1; n <= 5; n++) await ask(url, `/?${n}`);
  expect(origin.journal.list().map((entry) => entry.url)).toEqual(['/?3', '/?4', '/?5']);
  origin.journal.clear();
  expect(origin.journal.list()).toEqual([]);
  await ask(url, '/');
  expect(origin.journal.list().map(({ id }) => id)).toEqual([6]);
});
