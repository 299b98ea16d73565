import path from 'node:path';
import {
  defineConfig,
  type PlaywrightTestOptions,
  type PlaywrightWorkerOptions,
  type Project as AnyProject,
} from '@playwright/test';
import { browsers, type InstalledBrowser } from './browsers.ts';
import { chromiumSwitch } from './certificate.ts';
import { findPython } from './sites/wsgi-app/python.ts';
import type { Protocol } from './test/rig.ts';

type Project = AnyProject<PlaywrightTestOptions, PlaywrightWorkerOptions & { protocol: Protocol }>;

const { installed, missing } = browsers();

// The main process alone: each worker reads this file again.
if (process.env['TEST_WORKER_INDEX'] === undefined) {
  if (missing.length > 0) {
    const names = missing.join(' ');
    console.log(`Not run: ${names}, not installed (npx playwright install ${names})`);
  }
  if (findPython() === undefined) {
    console.log('Not run: the Python application, there is no python3');
  }
}

/** Over HTTP/1.1, unencrypted, as every case was written. */
function overHttp1({ name, executablePath, args }: InstalledBrowser): Project {
  return {
    name,
    use: {
      browserName: name,
      launchOptions: {
        args: [...args],
        ...(executablePath === undefined ? {} : { executablePath }),
      },
    },
  };
}

/** The same cases over HTTP/2. */
function overHttp2(browser: InstalledBrowser): Project {
  const { use } = overHttp1({ ...browser, args: [...browser.args, chromiumSwitch()] });
  return {
    name: `${browser.name}-http2`,
    // One starts an edge of its own, which is HTTPS already; what profiles do has nothing to do with the version.
    testIgnore: ['**/https.spec.ts', '**/profiles.spec.ts'],
    use: { ...use, protocol: 'http2' },
  };
}

function isChromium({ name }: InstalledBrowser): boolean {
  return name === 'chromium';
}

export default defineConfig<
  PlaywrightTestOptions,
  PlaywrightWorkerOptions & { protocol: Protocol }
>({
  testDir: 'test',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  reporter: [
    ['list'],
    ['json', { outputFile: path.join(import.meta.dirname, '../.cache/reports/playwright.json') }],
  ],
  use: {
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
    viewport: { width: 1280, height: 800 },
  },
  projects: [...installed.map(overHttp1), ...installed.filter(isChromium).map(overHttp2)],
});
