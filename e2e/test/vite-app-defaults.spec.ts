import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { viteApp } from '../sites/vite-app/site.ts';
import { expect, test } from './fixtures.ts';
import { outcomesOf } from './journals.ts';

// `poplet ./dist` without a word about caching.
test.use({
  upstream: {
    name: 'a folder with the default rules',
    async start() {
      const folder = await mkdtemp(path.join(tmpdir(), 'poplet-e2e-'));
      await viteApp.prepare(folder);
      return { source: folder, close: () => rm(folder, { recursive: true, force: true }) };
    },
  },
});

test('pages are validated at each visit, hashed files never again', async ({ rig, newVisitor }) => {
  async function visit(): Promise<readonly string[]> {
    rig.origin.clear();
    const visitor = await newVisitor();
    await visitor.page.goto(rig.cdn.url);
    await viteApp.use(visitor.page);
    await visitor.leave();
    await rig.quiet();
    return rig.origin.requests.map(({ status, target }) => `${status} ${target}`).toSorted();
  }

  const first = await visit();
  expect(first.filter((line) => !line.startsWith('200 '))).toEqual([]);
  expect(first.filter((line) => line.startsWith('200 /assets/'))).toHaveLength(9);

  expect(await visit()).toEqual(['304 /']);

  // Names without a hash are fresh for a minute.
  rig.cdn.edge.clock.advance(61_000);
  expect(await visit()).toEqual(['304 /', '304 /compass.svg', '304 /tides.json']);

  rig.cdn.edge.clock.advance(30 * 24 * 3_600_000);
  expect(await visit()).toEqual(['304 /', '304 /compass.svg', '304 /tides.json']);
  expect(outcomesOf(rig, '/')).toEqual(['miss', 'revalidated', 'revalidated', 'revalidated']);
});

test('the origin server keeps the same journal as its witness', async ({ rig, newVisitor }) => {
  const journal = rig.cdn.origins.get('default')?.journal;
  journal?.clear();
  const { page } = await newVisitor();
  await page.goto(rig.cdn.url);
  await viteApp.use(page);
  await rig.quiet();

  const noted = journal?.list().map(({ method, url, status, headers }) => ({
    line: `${method} ${url} ${status}`,
    via: headers['via'],
  }));
  expect(noted).toEqual(
    rig.origin.requests.map(({ method, target, status, via }) => ({
      line: `${method} ${target} ${status}`,
      via,
    })),
  );
});
