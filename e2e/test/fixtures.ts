import { expect, test as base, type Browser, type Page, type Response } from '@playwright/test';
import { journalText } from './journals.ts';
import { startRig, type Protocol, type Rig, type Upstream } from './rig.ts';

/** A person with a browser of their own: nothing in its cache, no cookies. */
export interface Visitor {
  readonly page: Page;
  /** Every response the browser got, from the network or from its own cache, workers included. */
  readonly responses: readonly Response[];
  /** Addresses of those, each once; `data:` and `blob:` left out. */
  urls(): readonly string[];
  leave(): Promise<void>;
}

interface WorkerFixtures {
  /** What stands behind the edge in this file: `test.use({ upstream })`. */
  readonly upstream: Upstream;
  /** What the browser speaks: the project's to say. */
  readonly protocol: Protocol;
  readonly startedRig: Rig;
}

interface TestFixtures {
  readonly rig: Rig;
  readonly newVisitor: () => Promise<Visitor>;
}

const nothing: Upstream = {
  name: 'nothing',
  start: () => Promise.reject(new Error('say what is behind the edge: test.use({ upstream })')),
};

export const test = base.extend<TestFixtures, WorkerFixtures>({
  upstream: [nothing, { option: true, scope: 'worker' }],
  protocol: ['http1', { option: true, scope: 'worker' }],

  // Servers start once per file; between tests they are only reset.
  startedRig: [
    async ({ upstream, protocol }, use) => {
      const rig = await startRig(upstream, protocol);
      await use(rig);
      await rig.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  rig: async ({ startedRig: rig }, use, testInfo) => {
    await rig.reset();
    await use(rig);
    // All that went on to the origin had come in this version.
    const others = rig.origin.requests.filter(({ via = rig.via }) => via !== rig.via);
    expect(others).toEqual([]);
    if (testInfo.status === testInfo.expectedStatus) return;
    const body = journalText(rig);
    console.log(body);
    await testInfo.attach('journals', { body, contentType: 'text/plain' });
  },

  newVisitor: async ({ browser }, use) => {
    const visitors: Visitor[] = [];
    await use(async () => {
      const visitor = await arrive(browser);
      visitors.push(visitor);
      return visitor;
    });
    for (const visitor of visitors) await visitor.leave();
  },
});

export { expect };

async function arrive(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const responses: Response[] = [];
  context.on('response', (response) => responses.push(response));
  return {
    page,
    responses,
    urls: () => [
      ...new Set(
        responses.map((response) => response.url()).filter((url) => url.startsWith('http')),
      ),
    ],
    leave: () => context.close(),
  };
}
