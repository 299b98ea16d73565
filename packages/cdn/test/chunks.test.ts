// Ranges of a large file under profiles that fetch in chunks: many at a time, to the byte.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { createCdn } from '../src/index.ts';

/** Five chunks of Google Cloud CDN, two of Azure Front Door; every byte says where it stands. */
const BYTES = Uint8Array.from(
  { length: 9_000_000 },
  (_, index) => (index * 7 + (index >> 8)) % 251,
);

it.each(['google-cloud-cdn', 'azure-front-door'])(
  '%s: 48 ranges, six at a time, and then the whole',
  async (profile) => {
    const source = await mkdtemp(path.join(tmpdir(), 'poplet-chunks-'));
    onTestFinished(() => rm(source, { recursive: true }));
    await writeFile(path.join(source, 'large.pdf'), BYTES);
    const cdn = await createCdn({ sites: [{ source, profile }] });
    onTestFinished(() => cdn.close());

    const url = `${cdn.url}/large.pdf`;
    const asked = Array.from({ length: 48 }, (_, index) => {
      const start = (index * 1_234_577) % 8_900_000;
      return { start, end: start + 1 + ((index * 40_961) % 99_999) };
    });
    for (let first = 0; first < asked.length; first += 6) {
      const six = asked.slice(first, first + 6).map(async ({ start, end }) => {
        const response = await fetch(url, { headers: { Range: `bytes=${start}-${end}` } });
        const body = Buffer.from(await response.arrayBuffer());
        return [
          response.status,
          response.headers.get('content-range'),
          body.equals(BYTES.subarray(start, end + 1)),
        ];
      });
      expect(await Promise.all(six)).toEqual(
        asked
          .slice(first, first + 6)
          .map(({ start, end }) => [206, `bytes ${start}-${end}/9000000`, true]),
      );
    }
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(whole.equals(BYTES)).toBe(true);
    // Some of what was asked for came out of the chunks that others had fetched.
    expect(cdn.origins.get('default')?.journal.list().length).toBeLessThan(48);
  },
);
