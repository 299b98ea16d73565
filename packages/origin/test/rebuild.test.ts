import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Answer, ask } from './ask.ts';
import { addFiles, serveFolder, serveSite, writeSite } from './site.ts';

/** The tag is the hash of the body: so a body that looks complete proves or betrays itself. */
function isWhole({ headers, body }: Answer): boolean {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return headers['etag'] === `"${hash}"` && headers['content-length'] === String(body.length);
}

type Verdict = 'whole' | 'cut' | 'temporary' | 'torn';

function verdict(answer: Answer | null): Verdict {
  if (answer === null || answer.cut) return 'cut';
  if (answer.status === 503 && answer.headers['cache-control'] === 'no-store') return 'temporary';
  return answer.status === 200 && isWhole(answer) ? 'whole' : 'torn';
}

const ROUNDS = 12;
const TIMEOUT_MS = 20_000;

/** Asks while `rebuild` writes the next version, and once more when all is quiet. */
async function askDuring(
  url: string,
  target: string,
  rebuild: (version: number) => Promise<void>,
): Promise<{ readonly during: readonly (Answer | null)[]; readonly after: readonly Answer[] }> {
  const during: (Answer | null)[] = [];
  const after: Answer[] = [];
  for (let number = 1; number <= ROUNDS; number++) {
    const building = pause(number % 5).then(() => rebuild(number));
    // A connection cut before the head arrives as an error.
    const asked = [0, 3, 6].map(async (ms) => {
      await pause(ms);
      return ask(url, target).catch(() => null);
    });
    during.push(...(await Promise.all(asked)));
    await building;
    after.push(await ask(url, target));
  }
  return { during, after };
}

function version(number: number, bytes: number): Buffer {
  return Buffer.alloc(bytes, `version ${number} `);
}

describe('a folder rebuilt while it is served', () => {
  test.each([
    ['small', 2000],
    ['large', 2_000_000],
  ])(
    'replaced atomically (%s): every answer is whole',
    async (_size, bytes) => {
      const { url, folder } = await serveSite({ 'app.js': version(0, bytes) });
      const file = path.join(folder, 'app.js');
      const { during, after } = await askDuring(url, '/app.js', async (number) => {
        await writeFile(`${file}.tmp`, version(number, bytes + (number % 7)));
        await rename(`${file}.tmp`, file);
      });
      expect(new Set([...during, ...after].map(verdict))).toEqual(new Set(['whole']));
      expect(new Set(after.map(({ headers }) => headers['etag'])).size).toBe(ROUNDS);
    },
    TIMEOUT_MS,
  );

  test.each([
    ['small', 2000],
    ['large', 2_000_000],
  ])(
    'overwritten in place (%s): whole, or visibly not',
    async (_size, bytes) => {
      const { url, folder } = await serveSite({ 'app.js': version(0, bytes) });
      const file = path.join(folder, 'app.js');
      const { during, after } = await askDuring(url, '/app.js', async (number) => {
        // The same length every time, written in two parts.
        const content = version(number, bytes);
        const handle = await open(file, 'r+');
        await handle.write(content.subarray(0, bytes / 2), 0, bytes / 2, 0);
        await handle.write(content.subarray(bytes / 2), 0, bytes / 2, bytes / 2);
        await handle.close();
      });
      expect(during.map(verdict)).not.toContain('torn');
      expect(new Set(after.map(verdict))).toEqual(new Set(['whole']));
      expect(new Set(after.map(({ headers }) => headers['etag'])).size).toBe(ROUNDS);
    },
    TIMEOUT_MS,
  );

  test('truncated while it is sent: the connection is cut', async () => {
    const { url, folder } = await serveSite(
      { 'film.mp4': version(1, 4_000_000) },
      { faults: [{ pattern: '/film.mp4', fault: { kind: 'slow', bytesPerSecond: 4_000_000 } }] },
    );
    const asked = ask(url, '/film.mp4');
    const ranged = ask(url, '/film.mp4', { headers: { range: 'bytes=0-3999998' } });
    await pause(150);
    await writeFile(path.join(folder, 'film.mp4'), version(2, 3_999_000));
    for (const answer of [await asked, await ranged]) {
      expect(answer.cut).toBe(true);
      expect(answer.body.length).toBeLessThan(3_999_999);
    }
  });

  test('deleted or replaced while it is sent: what was begun is finished', async () => {
    const content = version(1, 2_000_000);
    const { url, folder } = await serveSite(
      { 'a.bin': content, 'b.bin': content },
      { faults: [{ pattern: '/*', fault: { kind: 'slow', bytesPerSecond: 8_000_000 } }] },
    );
    const deleted = ask(url, '/a.bin');
    const replaced = ask(url, '/b.bin');
    const ranged = ask(url, '/b.bin', { headers: { range: 'bytes=1000-' } });
    await pause(100);
    await unlink(path.join(folder, 'a.bin'));
    await addFiles(folder, { 'b.tmp': version(2, 2_000_000) });
    await rename(path.join(folder, 'b.tmp'), path.join(folder, 'b.bin'));
    expect((await deleted).body.equals(content)).toBe(true);
    expect((await replaced).body.equals(content)).toBe(true);
    expect((await ranged).body.equals(content.subarray(1000))).toBe(true);
  });

  test('the whole folder away: temporary, not "not found"', async () => {
    const { url, folder } = await serveSite({ 'index.html': 'old' });
    await rename(folder, `${folder}.old`);
    const away = await ask(url, '/');
    expect([away.status, away.headers['retry-after'], away.headers['cache-control']]).toEqual([
      503,
      '1',
      'no-store',
    ]);
    await mkdir(folder);
    await addFiles(folder, { 'index.html': 'new' });
    expect((await ask(url, '/')).text).toBe('new');
    await rm(`${folder}.old`, { recursive: true });
  });

  test('a folder that is a link to the current release', async () => {
    const first = await writeSite({ 'index.html': 'first' });
    const second = await writeSite({ 'index.html': 'second', _headers: '/\n  X-A: b\n' });
    const home = await writeSite({});
    const current = path.join(home, 'current');
    await symlink(first, current);
    const { url } = await serveFolder(current);
    expect((await ask(url, '/')).text).toBe('first');
    await symlink(second, `${current}.new`);
    await rename(`${current}.new`, current);
    const { text, headers } = await ask(url, '/');
    expect([text, headers['x-a']]).toEqual(['second', 'b']);
  });
});
