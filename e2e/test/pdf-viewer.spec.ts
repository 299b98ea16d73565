import { createHash } from 'node:crypto';
import { almanac } from '../sites/pdf-viewer/almanac.ts';
import { PAGES, pdfViewer } from '../sites/pdf-viewer/site.ts';
import { expect, test } from './fixtures.ts';
import { arrivesByWayOfTheEdge } from './front-end.ts';
import { exchangesFor } from './journals.ts';

arrivesByWayOfTheEdge(pdfViewer);

test('ranges are cut from one stored copy, asked for cold or warm', async ({ rig, newVisitor }) => {
  const { page } = await newVisitor();
  await page.goto(`${rig.cdn.url}/viewer.mjs`);
  const file = almanac(PAGES);
  // The first finds nothing stored; the second lies across a boundary of stored segments (1 MiB).
  for (const [first, last] of [
    [2_500_000, 2_500_099],
    [1_048_500, 1_048_699],
    [0, 15],
  ] as const) {
    const answer = await page.evaluate(async (range) => {
      const response = await fetch('/almanac.pdf', { headers: { range } });
      const bytes = [...new Uint8Array(await response.arrayBuffer())];
      return { status: response.status, bytes, range: response.headers.get('content-range') };
    }, `bytes=${first}-${last}`);
    expect(answer).toEqual({
      status: 206,
      bytes: [...file.subarray(first, last + 1)],
      range: `bytes ${first}-${last}/${file.length}`,
    });
  }
  await rig.quiet();

  const asked = rig.origin.requests.filter(({ target }) => target === '/almanac.pdf');
  expect(asked).toMatchObject([{ status: 200, range: undefined }]);
  // Sorted: the first is noted when all of the file has arrived from the origin server.
  const noted = exchangesFor(rig, '/almanac.pdf').map(
    ({ status, bodyBytes, outcome }) => `${status}, ${bodyBytes} bytes: ${outcome}`,
  );
  expect(noted.toSorted()).toEqual([
    '206, 100 bytes: miss',
    '206, 16 bytes: hit',
    '206, 200 bytes: hit',
  ]);
});

test('a download that broke is completed for the viewer, with only the rest fetched', async ({
  rig,
  newVisitor,
}) => {
  const { page } = await newVisitor();
  await page.goto(`${rig.cdn.url}/viewer.mjs`);
  const file = almanac(PAGES);
  const arrived = 1_234_567;
  rig.faults?.set([
    { pattern: '/almanac.pdf', times: 1, fault: { kind: 'truncate', afterBytes: arrived } },
  ]);
  const broken = await page.evaluate(async () => {
    const response = await fetch('/almanac.pdf');
    return response.arrayBuffer().then(
      () => 'whole',
      (error: Error) => error.name,
    );
  });
  expect(broken).toBe('TypeError');
  await rig.quiet();

  await page.goto(`${rig.cdn.url}/`);
  await pdfViewer.use(page);
  const { digest, bytes } = await page.evaluate(async () => {
    const body = await (await fetch('/almanac.pdf', { cache: 'no-store' })).arrayBuffer();
    const hash = await crypto.subtle.digest('SHA-256', body);
    return { digest: [...new Uint8Array(hash)], bytes: body.byteLength };
  });
  await rig.quiet();
  expect(bytes).toBe(file.length);
  expect(digest).toEqual([...createHash('sha256').update(file).digest()]);

  const asked = rig.origin.requests.filter(({ target }) => target === '/almanac.pdf');
  expect(asked[0]).toMatchObject({ range: undefined });
  // A 304 is what `no-store` demands of what is whole by then: a validation.
  const parts = asked.slice(1).filter(({ status }) => status !== 304);
  expect(parts).not.toEqual([]);
  // However the viewer asks, nothing that had arrived is fetched again.
  for (const { range, status } of parts) {
    expect(status).toBe(206);
    const first = Number(/^bytes=(\d+)-/u.exec(range ?? '')?.[1]);
    expect(first).toBeGreaterThanOrEqual(arrived);
  }
});
