// HTTPS as people use it: `poplet ca install`, then a browser that is told to ignore nothing.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test as base, type Browser, type Page } from '@playwright/test';
import { browsers } from '../browsers.ts';
import { type ShopServer, startImages, startShop } from '../sites/shop/shop.ts';

const MAIN = path.join(import.meta.dirname, '../../apps/cli/src/main.ts');

/** The command line of somebody who begins today: nothing is trusted, nothing is kept. */
class Newcomer {
  readonly home = mkdtempSync(path.join(tmpdir(), 'poplet-home-'));
  readonly env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    HOME: this.home,
    XDG_DATA_HOME: '',
    // Playwright asks for colours.
    FORCE_COLOR: '0',
  };

  start(...args: readonly string[]): ChildProcess {
    const options = { env: this.env, stdio: ['ignore', 'pipe', 'inherit'] as const };
    return spawn(process.execPath, ['--conditions=source', MAIN, ...args], {
      ...options,
      stdio: [...options.stdio],
    });
  }

  /** Runs a command to its end, and returns what it wrote. */
  async run(...args: readonly string[]): Promise<string> {
    const child = this.start(...args);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`poplet ${args.join(' ')} ended with ${code}: ${output}`);
    return output;
  }

  /** A browser of that person, in which the hosts of the shop lead to this machine. */
  launch(playwright: {
    readonly chromium: { launch(options: object): Promise<Browser> };
  }): Promise<Browser> {
    const installed = browsers().installed.find(({ name }) => name === 'chromium');
    const args = (installed?.args ?? []).filter((arg) => !arg.startsWith('--host-resolver-rules'));
    const rules = 'MAP *.localhost 127.0.0.1, MAP img.test 127.0.0.1, MAP * ~NOTFOUND';
    return playwright.chromium.launch({
      executablePath: installed?.executablePath,
      args: [...args, `--host-resolver-rules=${rules}, EXCLUDE 127.0.0.1`],
      env: this.env,
    });
  }

  leave(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

interface Shop {
  readonly person: Newcomer;
  readonly pages: ShopServer;
  readonly images: ShopServer;
  readonly port: string;
  readonly admin: string;
}

const test = base.extend<
  { readonly page: Page },
  { readonly shop: Shop; readonly trusting: Browser }
>({
  shop: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures from it
    async ({}, use) => {
      const person = new Newcomer();
      const pages = await startShop();
      const images = await startImages();
      const config = path.join(person.home, 'poplet.config.json');
      const sites = [
        { id: 'shop', hosts: ['shop.localhost', 'blog.localhost'], source: pages.url },
        { id: 'img', hosts: ['img.test'], source: images.url },
      ];
      writeFileSync(config, JSON.stringify({ https: true, port: 0, adminPort: 0, sites }));
      const edge = person.start('--config', config, '--json', '--quiet');
      const [ready] = (await once(
        edge.stdout?.setEncoding('utf8') as NodeJS.ReadableStream,
        'data',
      )) as [string];
      const { edge: url, admin } = JSON.parse(ready) as Record<'edge' | 'admin', string>;
      await use({ person, pages, images, port: new URL(url).port, admin });
      edge.kill('SIGTERM');
      await once(edge, 'close');
      await pages.close();
      await images.close();
      person.leave();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  // Its own store of authorities, which is the person's.
  trusting: [
    async ({ shop, playwright }, use) => {
      expect(await shop.person.run('ca', 'install', '--only', 'browsers')).toContain(
        '✓ Chromium (~/.pki/nssdb): trusted',
      );
      const browser = await shop.person.launch(playwright);
      await use(browser);
      await browser.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  page: async ({ trusting }, use) => {
    const context = await trusting.newContext();
    await use(await context.newPage());
    await context.close();
  },
});

test.beforeEach(({ browserName, shop }) => {
  test.skip(
    browserName !== 'chromium',
    'the home of a Playwright Firefox has no store that is kept',
  );
  shop.pages.asked.length = 0;
  shop.images.asked.length = 0;
});

function at(host: string, { port }: Shop, target = '/'): string {
  return `https://${host}:${port}${target}`;
}

/** The page with its font. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page).toHaveTitle('The shop, with its font');
}

test('a browser that was told nothing refuses the certificate', async ({ shop, playwright }) => {
  const stranger = new Newcomer();
  const browser = await stranger.launch(playwright);
  const page = await browser.newPage();
  await expect(page.goto(at('shop.localhost', shop))).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
  await browser.close();
  stranger.leave();
});

test('after `ca install` the page is secure and comes over h2', async ({ page, shop }) => {
  await open(page, at('shop.localhost', shop));
  const seen = await page.evaluate(() => {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return { protocol: entry?.nextHopProtocol, isSecureContext };
  });
  expect(seen).toEqual({ protocol: 'h2', isSecureContext: true });
  const response = await page.reload();
  expect(await response?.securityDetails()).toMatchObject({
    issuer: expect.stringMatching(/^Poplet local CA /),
    subjectName: 'shop.localhost',
    protocol: 'TLS 1.3',
  });
  expect(shop.pages.asked[0]?.proto).toBe('https');
});

test('what is long comes in a coding that browsers take over HTTPS alone', async ({
  page,
  shop,
}) => {
  await open(page, at('shop.localhost', shop));
  const answer = page.waitForResponse((response) => response.url().endsWith('.json'));
  const wares = await page.evaluate(async () => {
    const response = await fetch('/catalogue.json');
    return ((await response.json()) as unknown[]).length;
  });
  expect(wares).toBe(500);
  const headers = await (await answer).allHeaders();
  expect(headers['content-encoding']).toMatch(/^(?:zstd|br)$/u);
  expect(headers['vary']).toMatch(/accept-encoding/iu);
});

test('a service worker takes over', async ({ page, shop }) => {
  await open(page, at('shop.localhost', shop));
  const answer = await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller === null) {
      await new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
      });
    }
    return (await fetch('/offline')).text();
  });
  expect(answer).toBe('from the worker');
  expect(shop.pages.asked.map(({ target }) => target)).not.toContain('/offline');
});

test('a font of another host is loaded by each origin with its own permission', async ({
  page,
  shop,
}) => {
  const allowed = async (host: string): Promise<object> => {
    const font = page.waitForResponse((response) => response.url().endsWith('.woff2'));
    await open(page, at(host, shop));
    const headers = await (await font).allHeaders();
    return {
      origin: headers['access-control-allow-origin'],
      vary: headers['vary'],
      status: headers['cache-status']?.split(';')[1],
      hasFont: await page.evaluate(() => document.fonts.check('16px Pacifico')),
    };
  };
  const permission = (host: string, status: string): object => ({
    origin: `https://${host}:${shop.port}`,
    vary: expect.stringMatching(/\borigin\b/iu),
    status,
    hasFont: true,
  });
  await shop.person.run('purge', '--everything', '--admin', shop.admin);
  expect(await allowed('shop.localhost')).toEqual(permission('shop.localhost', 'fwd=uri-miss'));
  expect(await allowed('blog.localhost')).toEqual(permission('blog.localhost', 'fwd=vary-miss'));
  // Another person's browser, in which nothing is stored: the edge has one for each origin.
  const other = await page.context().browser()?.newPage();
  for (const host of ['shop.localhost', 'blog.localhost']) {
    const font = other?.waitForResponse((response) => response.url().endsWith('.woff2'));
    await open(other as Page, at(host, shop));
    const headers = await (await font)?.allHeaders();
    expect(headers?.['access-control-allow-origin']).toBe(`https://${host}:${shop.port}`);
    expect(headers?.['cache-status']).toContain('poplet;hit');
  }
  await other?.close();
  expect(shop.images.asked.map(({ origin }) => origin)).toEqual([
    `https://shop.localhost:${shop.port}`,
    `https://blog.localhost:${shop.port}`,
  ]);
});

test('a cookie that only HTTPS carries is kept and sent', async ({ page, shop }) => {
  await page.goto(at('shop.localhost', shop, '/sign-in'));
  expect(await page.context().cookies()).toMatchObject([
    { name: '__Host-session', secure: true, httpOnly: true, domain: 'shop.localhost' },
  ]);
  await page.goto(at('shop.localhost', shop, '/sign-in'));
  expect(shop.pages.asked.at(-1)?.cookie).toBe('__Host-session=1');
});

test('a WebSocket passes', async ({ page, shop }) => {
  await open(page, at('shop.localhost', shop));
  const heard = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`wss://${location.host}/socket`);
        socket.addEventListener('open', () => socket.send('hello'));
        socket.addEventListener('message', ({ data }) => resolve(data));
        socket.addEventListener('error', () => reject(new Error('it failed')));
      }),
  );
  expect(heard).toBe('echo of hello');
});

test('an address typed with http leads to https', async ({ page, shop }) => {
  await page.goto(`http://shop.localhost:${shop.port}/`);
  await expect(page).toHaveTitle('The shop, with its font');
  expect(page.url()).toBe(at('shop.localhost', shop));
});

test('after `ca uninstall` it is refused again', async ({ shop, playwright }) => {
  const person = shop.person;
  await person.run('ca', 'install', '--only', 'browsers');
  await person.run('ca', 'uninstall', '--only', 'browsers');
  const browser = await person.launch(playwright);
  const page = await browser.newPage();
  await expect(page.goto(at('shop.localhost', shop))).rejects.toThrow(/ERR_CERT_AUTHORITY_INVALID/);
  await browser.close();
});
