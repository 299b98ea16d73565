import type { Page } from '@playwright/test';
import { startDevServer, type DevServer } from '../sites/vite-app/dev-server.ts';
import { expect, test, type Visitor } from './fixtures.ts';
import { exchanges, exchangesFor, pathOf } from './journals.ts';
import type { Rig } from './rig.ts';

let server: DevServer;

test.use({
  upstream: {
    name: 'a Vite dev server',
    async start() {
      server = await startDevServer();
      return { source: server.url, close: () => server.close() };
    },
  },
});

/** Opens the application, waits until hot reload is connected, and leaves a mark that a reload would wipe out. */
async function open(rig: Rig, { page }: Visitor): Promise<{ readonly socketUrls: string[] }> {
  const socketUrls: string[] = [];
  page.on('websocket', (socket) => socketUrls.push(socket.url()));
  const connected = page.waitForEvent('console', (message) =>
    message.text().includes('[vite] connected.'),
  );
  await page.goto(rig.cdn.url);
  await connected;
  await page.evaluate(() => Object.assign(globalThis, { mark: 'still here' }));
  return { socketUrls };
}

function mark(page: Page): Promise<unknown> {
  return page.evaluate(() => (globalThis as { mark?: string }).mark);
}

test('a module and a style are replaced in the open page', async ({ rig, newVisitor }) => {
  const visitor = await newVisitor();
  const { page } = visitor;
  const { socketUrls } = await open(rig, visitor);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('The harbour at dawn');

  await server.edit('src/title.ts', 'at dawn', 'at noon');
  await expect(heading).toHaveText('The harbour at noon');
  await server.edit('src/style.css', 'padding: 48px;\n  color: #fff', 'color: rgb(255, 0, 0)');
  await expect(page.locator('header')).toHaveCSS('color', 'rgb(255, 0, 0)');
  expect(await mark(page)).toBe('still here');

  // One connection, and it is the edge's: Vite would otherwise go past the edge to its own port.
  expect(socketUrls.map((url) => new URL(url).host)).toEqual([new URL(rig.cdn.url).host]);
  const elsewhere = visitor.urls().filter((url) => !url.startsWith(rig.cdn.url));
  expect(elsewhere).toEqual([]);

  await page.close();
  await expect
    .poll(() => exchangesFor(rig, '/').flatMap(({ reasons }) => reasons.map(({ code }) => code)))
    .toContain('protocol-upgrade');
});

test('a change that needs it reloads the page', async ({ rig, newVisitor }) => {
  const visitor = await newVisitor();
  const { page } = visitor;
  await open(rig, visitor);

  await server.edit('index.html', '<title>Harbour</title>', '<title>Port</title>');

  await expect(page).toHaveTitle('Port');
  await expect.poll(() => mark(page)).toBeUndefined();
});

test('nobody is served a file that has changed', async ({ rig, newVisitor }) => {
  const first = await newVisitor();
  await open(rig, first);
  await first.page.getByRole('button', { name: 'Tides' }).click();
  await expect(first.page.getByRole('heading', { name: 'Tides at Old Quay' })).toBeVisible();
  await first.leave();
  await rig.quiet();

  await server.edit('src/tides.ts', 'Tides at', 'High water at');
  await server.edit('public/tides.json', 'Old Quay', 'New Quay');
  rig.cdn.edge.journal.clear();
  rig.origin.clear();
  const { page } = await newVisitor();
  await page.goto(rig.cdn.url);
  await page.getByRole('button', { name: 'Tides' }).click();
  await expect(page.getByRole('heading', { name: 'High water at New Quay' })).toBeVisible();
  await rig.quiet();

  // What Vite marks immutable came from the edge; about all else it was asked.
  const unasked = exchanges(rig).filter(({ askedUpstream }) => !askedUpstream);
  expect(unasked.map(({ outcome }) => outcome)).toContain('hit');
  const others = unasked.map(({ url }) => pathOf(url)).filter((path) => !path.includes('/deps/'));
  expect(others).toEqual([]);
  expect(rig.origin.requests.filter(({ status }) => status === 304)).not.toEqual([]);
});
