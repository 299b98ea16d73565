import { findPython } from '../sites/wsgi-app/python.ts';
import { startWsgiApp, type WsgiApp } from '../sites/wsgi-app/wsgi-app.ts';
import { expect, test, type Visitor } from './fixtures.ts';
import { exchangesFor, outcomesOf } from './journals.ts';

const python = findPython();

// playwright.config.ts says so, in one line.
test.skip(python === undefined, 'not run: there is no python3');

let app: WsgiApp;

test.use({
  upstream: {
    name: 'a Python WSGI application',
    async start() {
      app = await startWsgiApp(python ?? '');
      return { source: app.url, reset: () => app.forget(), close: () => app.close() };
    },
  },
});

async function signIn({ page }: Visitor, url: string, name: string): Promise<void> {
  // A cross-check of forms without a page around them.
  await page.goto(`${url}/me`);
  await page.evaluate((user) => {
    const form = Object.assign(document.createElement('form'), {
      method: 'post',
      action: '/login',
    });
    form.append(Object.assign(document.createElement('input'), { name: 'name', value: user }));
    document.body.append(form);
    form.submit();
  }, name);
  await expect(page.locator('#user')).toHaveText(name);
}

test('static files are cached, pages are passed through', async ({ rig, newVisitor }) => {
  const numbers: string[] = [];
  for (let visit = 0; visit < 3; visit++) {
    const { page } = await newVisitor();
    await page.goto(`${rig.cdn.url}/now`);
    await expect(page.getByRole('heading')).toHaveCSS('color', 'rgb(24, 92, 55)');
    numbers.push(await page.locator('#now').innerText());
  }
  expect(new Set(numbers).size).toBe(3);
  expect(outcomesOf(rig, '/now')).toEqual(['bypass', 'bypass', 'bypass']);
  expect(outcomesOf(rig, '/static/style.css')).toEqual(['miss', 'hit', 'hit']);
  await expect
    .poll(() => app.requests.map(({ via, target }) => `${via} ${target}`))
    .toEqual([
      `${rig.via} /now`,
      `${rig.via} /static/style.css`,
      `${rig.via} /now`,
      `${rig.via} /now`,
    ]);

  rig.cdn.edge.clock.advance(301_000);
  const { page } = await newVisitor();
  await page.goto(`${rig.cdn.url}/now`);
  await expect(page.getByRole('heading')).toHaveCSS('color', 'rgb(24, 92, 55)');
  await expect
    .poll(() => app.requests.slice(4).map(({ status, target }) => `${status} ${target}`))
    .toEqual(['200 /now', '304 /static/style.css']);
});

test('private pages asked for at the same moment do not mix', async ({ rig, newVisitor }) => {
  const [ada, grace] = [await newVisitor(), await newVisitor()];
  await signIn(ada, rig.cdn.url, 'Ada');
  await signIn(grace, rig.cdn.url, 'Grace');
  for (let round = 0; round < 3; round++) {
    const url = `${rig.cdn.url}/me?${round}`;
    await Promise.all([ada, grace].map(({ page }) => page.goto(url)));
    await expect(ada.page.locator('#user')).toHaveText('Ada');
    await expect(grace.page.locator('#user')).toHaveText('Grace');
  }
  expect(exchangesFor(rig, '/me').filter(({ stored }) => stored)).toEqual([]);
  expect(ada.page.url()).toBe(`${rig.cdn.url}/me?2`);
});

test('a form that is posted invalidates the page it changes', async ({ rig, newVisitor }) => {
  const [reader, writer] = [await newVisitor(), await newVisitor()];
  await reader.page.goto(`${rig.cdn.url}/guestbook`);
  await writer.page.goto(`${rig.cdn.url}/guestbook`);
  await writer.page.locator('input[name=entry]').fill('Fair winds');
  await writer.page.getByRole('button', { name: 'Sign' }).click();
  await expect(writer.page.getByRole('listitem').last()).toHaveText('Fair winds');
  await reader.page.goto(`${rig.cdn.url}/guestbook`);
  await expect(reader.page.getByRole('listitem').last()).toHaveText('Fair winds');
  await rig.quiet();

  expect(outcomesOf(rig, '/guestbook')).toEqual(['miss', 'hit', 'ineligible', 'miss', 'hit']);
});
