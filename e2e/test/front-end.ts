import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page, Response } from '@playwright/test';
import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { createOrigin } from '@poplet/origin';
import { Agent, fetch as fetchInNode } from 'undici';
import type { FrontEnd } from '../sites/front-end.ts';
import { addPersonalPages, COUNTER_PATH, GREETING_PATH } from '../sites/personal-pages.ts';
import { expect, test, type Visitor } from './fixtures.ts';
import { exchanges, exchangesFor, outcomesOf, pathOf } from './journals.ts';
import type { OriginRequest } from './origin-witness.ts';
import { purgeEverything, type Rig, type Upstream } from './rig.ts';

const TTL_SECONDS = 300;

/** What holds for every front end behind the edge. Call it once in a spec file. */
export function arrivesByWayOfTheEdge(site: FrontEnd): void {
  test.use({ upstream: originServerOf(site) });

  test.describe(`${site.name} through the edge`, () => {
    test('every asset arrives by way of the edge, and is stored on first sight', async ({
      rig,
      newVisitor,
    }) => {
      const paths = await visit(site, rig, await newVisitor());

      // The origin server met nobody but the edge, which asked once for each.
      expect(rig.origin.requests.filter(({ via }) => via !== rig.via)).toEqual([]);
      expect(timesAsked(rig)).toEqual(once(paths));
      for (const asset of paths) {
        const all = exchanges(rig).filter(({ url }) => pathOf(url) === asset);
        const [fetched, ...others] = all.filter(({ outcome }) => outcome !== 'hit');
        // Stored even where pdf.js hangs up once it has read the head.
        expect(fetched, asset).toMatchObject({ outcome: 'miss', status: 200, stored: true });
        expect(others, asset).toEqual([]);
      }
    });

    test('a second visitor with a cold browser makes no origin request', async ({
      rig,
      newVisitor,
    }) => {
      const paths = await firstVisit(site, rig, newVisitor);

      expect(await visit(site, rig, await newVisitor())).toEqual(paths);

      expect(rig.origin.requests).toEqual([]);
      expect(new Set(exchanges(rig).map(({ outcome }) => outcome))).toEqual(new Set(['hit']));
    });

    test('text comes compressed, the second time as it is stored, and every byte is that of the file', async ({
      rig,
      newVisitor,
    }) => {
      // Megabytes are compressed with all effort.
      test.slow();
      const origin = rig.cdn.edge.sites[0]?.upstreamUrl ?? '';
      for (const reason of ['coded-on-the-way', 'coded-as-stored'] as const) {
        rig.cdn.edge.journal.clear();
        const visitor = await newVisitor();
        const paths = await visit(site, rig, visitor);
        const texts = visitor.responses.filter((one) => isWorthCompressing(one));
        expect(texts.length).toBeGreaterThan(0);
        for (const response of texts) {
          const coding = response.headers()['content-encoding'];
          expect(['br', 'zstd', 'gzip'], response.url()).toContain(coding);
        }
        const reasons = exchanges(rig).flatMap((one) => one.reasons.map(({ code }) => code));
        expect(reasons).toContain(reason);
        if (reason === 'coded-on-the-way') continue;
        for (const asset of paths) {
          const plain = await fetchBytes(new URL(asset, origin), 'identity');
          for (const wish of ['identity', 'zstd', 'gzip'])
            expect(await fetchBytes(new URL(asset, rig.cdn.url), wish)).toEqual(plain);
        }
      }
    });

    test('after the TTL, exactly one conditional request per asset, answered 304', async ({
      rig,
      newVisitor,
    }) => {
      const paths = await firstVisit(site, rig, newVisitor);
      rig.cdn.edge.clock.advance((TTL_SECONDS + 1) * 1000);

      expect(await visit(site, rig, await newVisitor())).toEqual(paths);

      expect(timesAsked(rig)).toEqual(once(paths));
      expect(rig.origin.requests.filter((request) => !isConfirmation(request))).toEqual([]);
      const asked = exchanges(rig).filter(({ askedUpstream }) => askedUpstream);
      expect(new Set(asked.map(({ outcome }) => outcome))).toEqual(new Set(['revalidated']));

      // Confirmed is fresh again.
      rig.origin.clear();
      expect(await visit(site, rig, await newVisitor())).toEqual(paths);
      expect(rig.origin.requests).toEqual([]);
    });

    test('after a purge, exactly one full fetch per asset', async ({ rig, newVisitor }) => {
      const paths = await firstVisit(site, rig, newVisitor);
      await purgeEverything(rig.cdn);

      expect(await visit(site, rig, await newVisitor())).toEqual(paths);

      expect(timesAsked(rig)).toEqual(once(paths));
      expect(rig.origin.requests.filter((request) => !isFullFetch(request))).toEqual([]);
    });

    test('a purge of one asset fetches that one', async ({ rig, newVisitor }) => {
      const paths = await firstVisit(site, rig, newVisitor);
      const asset = paths.at(-1) ?? '';
      const url = new URL(asset, rig.cdn.url).href;
      await rig.cdn.edge.purge([
        { selector: { kind: 'url', url }, soft: false, siteId: undefined },
      ]);

      expect(await visit(site, rig, await newVisitor())).toEqual(paths);

      expect(timesAsked(rig)).toEqual(once([asset]));
      expect(rig.origin.requests.every(isFullFetch)).toBe(true);
    });

    test('a no-store page reaches the origin each time', async ({ rig, newVisitor }) => {
      const numbers = new Set<string>();
      for (const { page } of [await newVisitor(), await newVisitor()]) {
        for (let time = 0; time < 3; time++) {
          await page.goto(rig.cdn.url + COUNTER_PATH);
          numbers.add(await page.locator('#times').innerText());
        }
      }
      await rig.quiet();

      expect(numbers.size).toBe(6);
      expect(timesAsked(rig)[COUNTER_PATH]).toBe(6);
      expect(outcomesOf(rig, COUNTER_PATH)).toEqual(Array.from({ length: 6 }, () => 'bypass'));
    });

    test('one user’s private page is never another’s', async ({ rig, newVisitor }) => {
      const url = rig.cdn.url + GREETING_PATH;
      const users = ['Ada', 'Grace'];
      const pages: Page[] = [];
      for (const value of users) {
        const { page } = await newVisitor();
        await page.context().addCookies([{ name: 'user', value, url }]);
        pages.push(page);
      }
      // Three times at the same moment: the origin completes neither answer before it has both requests.
      for (let round = 1; round <= 3; round++) {
        await Promise.all(pages.map((page) => page.goto(`${url}?round=${round}`)));
        for (const [index, page] of pages.entries()) {
          const user = users[index];
          await expect(page.locator('body')).toHaveText(`Good morning, ${user}Good night, ${user}`);
        }
      }
      await rig.quiet();

      expect(exchangesFor(rig, GREETING_PATH)).toHaveLength(6);
      expect(exchangesFor(rig, GREETING_PATH).filter(({ stored }) => stored)).toEqual([]);
      const cookies = rig.origin.requests.map(({ cookie }) => cookie ?? '').toSorted();
      expect(cookies).toEqual(
        users.flatMap((user) => [`user=${user}`, `user=${user}`, `user=${user}`]),
      );
    });
  });
}

/** Text of the edge itself, long enough: neither pictures, nor what a worker made. */
function isWorthCompressing(response: Response): boolean {
  const { 'content-type': type = '', 'content-length': length } = response.headers();
  const isLong = length === undefined || Number(length) >= 1024;
  return response.status() === 200 && isLong && /^text\/|javascript|json|svg|wasm/u.test(type);
}

/** Trusts what the edge shows over HTTP/2, as the browser is told to. */
const trusting = new Agent({ connect: { ca: SELF_SIGNED.cert } });

/** What curl --compressed would save: the body, decoded. */
async function fetchBytes(url: URL, acceptEncoding: string): Promise<string> {
  const headers = { 'Accept-Encoding': acceptEncoding };
  const response = await fetchInNode(url, { headers, dispatcher: trusting });
  const coding = response.headers.get('content-encoding') ?? 'identity';
  const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  if (coding !== 'identity' && coding !== acceptEncoding) throw new Error(`${coding} unasked`);
  return Buffer.from(digest).toString('hex');
}

/** The site's files, each of them fresh for the same time, and pages made per request beside them. */
function originServerOf(site: FrontEnd): Upstream {
  return {
    name: site.name,
    async start() {
      const folder = await mkdtemp(path.join(tmpdir(), 'poplet-e2e-'));
      await site.prepare(folder);
      const rules = `/*\n  Cache-Control: public, max-age=${TTL_SECONDS}\n`;
      await writeFile(path.join(folder, '_headers'), rules);
      const origin = await createOrigin({ folder });
      addPersonalPages(origin);
      const { url } = await origin.listen();
      return {
        source: url,
        faults: origin.faults,
        async close() {
          await origin.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** A visit that fills the cache; the journals are blank afterwards. */
async function firstVisit(
  site: FrontEnd,
  rig: Rig,
  newVisitor: () => Promise<Visitor>,
): Promise<readonly string[]> {
  const paths = await visit(site, rig, await newVisitor());
  rig.cdn.edge.journal.clear();
  rig.origin.clear();
  return paths;
}

/**
 * Uses the site once and leaves. Returns the paths of everything the browser loaded, sorted; each is
 * in the edge's journal, and the edge has finished with all of them.
 */
async function visit(site: FrontEnd, rig: Rig, visitor: Visitor): Promise<readonly string[]> {
  const problems: string[] = [];
  visitor.page.on('pageerror', (error) => problems.push(String(error)));
  await visitor.page.goto(rig.cdn.url + site.path);
  await site.use(visitor.page);
  // Browsers differ on whether and when they fetch icons: here every visit does.
  await visitor.page.evaluate(async () => {
    for (const { href } of document.querySelectorAll<HTMLLinkElement>('link[rel=icon]')) {
      await (await fetch(href)).blob();
    }
  });
  await visitor.leave();
  await rig.quiet();

  expect(problems).toEqual([]);
  const urls = visitor.urls();
  const elsewhere = urls.filter((url) => new URL(url).origin !== new URL(rig.cdn.url).origin);
  expect(elsewhere, 'loaded from elsewhere').toEqual([]);
  const inJournal = new Set(exchanges(rig).map(({ url }) => url));
  expect(
    urls.filter((url) => !inJournal.has(url)),
    'loaded, and not in the journal of the edge',
  ).toEqual([]);
  const failed = visitor.responses.filter((response) => response.status() >= 400);
  expect(failed.map((response) => `${response.status()} ${response.url()}`)).toEqual([]);

  // The journal knows what no page is told of: what workers load.
  const paths = [...inJournal].map(pathOf).toSorted();
  const missing = site.assets.filter((asset) => !paths.some((found) => asset.test(found)));
  expect(missing.map(String), 'assets that no visit does without').toEqual([]);
  return paths;
}

function timesAsked(rig: Rig): Readonly<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const { target } of rig.origin.requests) times[target] = (times[target] ?? 0) + 1;
  return times;
}

function once(paths: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(paths.map((asset) => [asset, 1]));
}

function isConfirmation({ method, status, ifNoneMatch, range }: OriginRequest): boolean {
  return method === 'GET' && status === 304 && ifNoneMatch !== undefined && range === undefined;
}

function isFullFetch({
  method,
  status,
  ifNoneMatch,
  ifModifiedSince,
  range,
}: OriginRequest): boolean {
  const isConditional = ifNoneMatch !== undefined || ifModifiedSince !== undefined;
  return method === 'GET' && status === 200 && !isConditional && range === undefined;
}
