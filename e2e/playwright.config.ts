import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { browsers } from './browsers.ts';

const { installed, missing } = browsers();

// The main process alone: each worker reads this file again.
if (missing.length > 0 && process.env['TEST_WORKER_INDEX'] === undefined) {
  const names = missing.join(' and ');
  console.log(
    `Not installed, hence not run: ${names} (npx playwright install ${missing.join(' ')})`,
  );
}

export default defineConfig({
  testDir: 'test',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  reporter: [
    ['list'],
    ['json', { outputFile: path.join(import.meta.dirname, '../.cache/reports/playwright.json') }],
  ],
  use: { trace: 'retain-on-failure', viewport: { width: 1280, height: 800 } },
  projects: installed.map(({ name, executablePath, args }) => ({
    name,
    use: {
      browserName: name,
      launchOptions: {
        args: [...args],
        ...(executablePath === undefined ? {} : { executablePath }),
      },
    },
  })),
});
