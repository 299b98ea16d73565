import { startNodeApp, type NodeApp } from '../sites/node-app/server.ts';
import { expect, test, type Visitor } from './fixtures.ts';
import { exchangesFor, outcomesOf } from './journals.ts';

let app: NodeApp;

test.use({
  upstream: {
    name: 'a Node server',
    async start() {
      app = await startNodeApp();
      return { source: app.url, reset: () => app.reset(), close: () => app.close() };
    },
  },
});

async function signIn({ page }: Visitor, url: string, name: string): Promise<void> {
  await page.goto(`${url}/`);
  await page.locator('input[name=name]').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.locator('#user')).toHaveText(name);
}

test('static files are cached, pages are passed through', async ({ rig, newVisitor }) => {
  for (const visit of [1, 2, 3]) {
    const { page } = await newVisitor();
    await page.goto(rig.cdn.url);
    await expect(page.locator('#visits')).toHaveText(`visit ${visit}`);
    await expect(page.getByRole('heading')).toHaveCSS('color', 'rgb(11, 87, 138)');
    await expect(page.locator('html')).toHaveAttribute('data-script', 'ran');
  }
  await rig.quiet();

  expect(rig.origin.requests.map(({ target }) => target).toSorted()).toEqual([
    '/',
    '/',
    '/',
    '/static/app.css',
    '/static/app.js',
  ]);
  expect(rig.origin.requests.filter(({ via }) => via !== rig.via)).toEqual([]);
  expect(outcomesOf(rig, '/')).toEqual(['bypass', 'bypass', 'bypass']);
  expect(outcomesOf(rig, '/static/app.css')).toEqual(['miss', 'hit', 'hit']);
  expect(outcomesOf(rig, '/static/app.js')).toEqual(['miss', 'hit', 'hit']);

  rig.origin.clear();
  rig.cdn.edge.clock.advance(301_000);
  const { page } = await newVisitor();
  await page.goto(rig.cdn.url);
  await expect(page.getByRole('heading')).toHaveCSS('color', 'rgb(11, 87, 138)');
  await expect(page.locator('html')).toHaveAttribute('data-script', 'ran');
  expect(rig.origin.requests.map(({ status, target }) => `${status} ${target}`).toSorted()).toEqual(
    ['200 /', '304 /static/app.css', '304 /static/app.js'],
  );
});

test('a session stays with its browser', async ({ rig, newVisitor }) => {
  const [ada, grace, stranger] = [await newVisitor(), await newVisitor(), await newVisitor()];
  await signIn(ada, rig.cdn.url, 'Ada');
  await signIn(grace, rig.cdn.url, 'Grace');
  await stranger.page.goto(`${rig.cdn.url}/account`);
  await expect(stranger.page.locator('#user')).toHaveText('nobody');
  await ada.page.goto(`${rig.cdn.url}/account`);
  await expect(ada.page.locator('#user')).toHaveText('Ada');

  expect(exchangesFor(rig, '/account').filter(({ stored }) => stored)).toEqual([]);
});

test('private pages asked for at the same moment do not mix, nor wait for one another', async ({
  rig,
  newVisitor,
}) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  await signIn(ada, rig.cdn.url, 'Ada');
  await signIn(grace, rig.cdn.url, 'Grace');

  for (const day of [1, 2, 3]) {
    const url = `${rig.cdn.url}/berth?day=${day}`;
    // The application completes neither page before both were asked for.
    await Promise.all([ada, grace].map(({ page }) => page.goto(url)));
    await expect(ada.page.locator('body')).toHaveText('Berth of AdaReserved for Ada');
    await expect(grace.page.locator('body')).toHaveText('Berth of GraceReserved for Grace');
  }
});

test('a redirect to the application’s own address stays at the edge', async ({
  rig,
  newVisitor,
}) => {
  const visitor = await newVisitor();
  await signIn(visitor, rig.cdn.url, 'Ada');

  expect(visitor.page.url()).toBe(`${rig.cdn.url}/account`);
  const [login] = exchangesFor(rig, '/login');
  expect(login?.reasons.map(({ code }) => code)).toContain('location-rewritten');
});

test('a form that is posted invalidates the page it changes', async ({ rig, newVisitor }) => {
  const [reader, writer] = [await newVisitor(), await newVisitor()];
  await reader.page.goto(`${rig.cdn.url}/notes`);
  await writer.page.goto(`${rig.cdn.url}/notes`);
  await expect(writer.page.getByRole('listitem')).toHaveCount(0);

  await writer.page.locator('input[name=note]').fill('Berth 4 is free');
  await writer.page.getByRole('button', { name: 'Post' }).click();
  await expect(writer.page.getByRole('listitem')).toHaveText(['Berth 4 is free']);
  await reader.page.goto(`${rig.cdn.url}/notes`);
  await expect(reader.page.getByRole('listitem')).toHaveText(['Berth 4 is free']);
  await rig.quiet();

  // Read, read from the cache, posted, fetched anew, read from the cache.
  expect(outcomesOf(rig, '/notes')).toEqual(['miss', 'hit', 'ineligible', 'miss', 'hit']);
});

test('server-sent events arrive one by one', async ({ rig, newVisitor }) => {
  const { page } = await newVisitor();
  await page.goto(rig.cdn.url);
  await page.evaluate(() => {
    const source = new EventSource('/events');
    source.addEventListener('message', ({ data }) => {
      document.body.append(` ${data}`);
    });
  });
  await expect.poll(() => app.listeners).toBe(1);
  // The connection stays open: each event is seen before the next is sent.
  for (const word of ['ebb', 'slack', 'flood']) {
    app.announce(word);
    await expect(page.locator('body')).toContainText(word);
  }
  await page.goto('about:blank');
  // The application learns that its listener is gone.
  await expect.poll(() => app.listeners).toBe(0);
});

test('a page of unknown length is shown as it arrives', async ({ rig, newVisitor }) => {
  const { page } = await newVisitor();
  const whole = page.goto(`${rig.cdn.url}/report`);
  await expect(page.locator('#first')).toBeVisible();
  await expect(page.locator('#second')).not.toBeAttached();
  app.finishReports();
  await whole;
  await expect(page.locator('#second')).toBeVisible();
});

test('a WebSocket carries text and bytes both ways', async ({ rig, newVisitor }) => {
  const { page } = await newVisitor();
  await page.goto(rig.cdn.url);
  const echoes = await page.evaluate(async () => {
    const socket = new WebSocket(
      `${location.protocol.replace('http', 'ws')}//${location.host}/radio`,
    );
    socket.binaryType = 'arraybuffer';
    const received: unknown[] = [];
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    for (const message of ['ahoy', 'x'.repeat(200_000), new Uint8Array([0, 1, 254, 255])]) {
      const answer = new Promise<MessageEvent>((resolve) =>
        socket.addEventListener('message', resolve, { once: true }),
      );
      socket.send(message);
      const { data } = await answer;
      received.push(typeof data === 'string' ? data.length : [...new Uint8Array(data)]);
    }
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.close(1000, 'over');
    const { code, wasClean } = await closed;
    return { received, code, wasClean };
  });
  expect(echoes).toEqual({ received: [4, 200_000, [0, 1, 254, 255]], code: 1000, wasClean: true });
  await expect.poll(() => outcomesOf(rig, '/radio')).toEqual(['ineligible']);
  const [tunnel] = exchangesFor(rig, '/radio');
  expect(tunnel?.reasons[0]).toMatchObject({ code: 'protocol-upgrade' });
  // RFC 8441 §5: over HTTP/2 the switch is no switch, but a CONNECT that succeeds.
  expect(tunnel?.status).toBe(rig.via === '2 poplet' ? 200 : 101);
});
