import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { browsers } from './browsers.ts';
import { findPython } from './sites/wsgi-app/python.ts';

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
  use: {
    trace: { mode: 'retain-on-failure', screenshots: false, sources: false },
    viewport: { width: 1280, height: 800 },
  },
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
