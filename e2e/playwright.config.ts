import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { findBrowser } from '@poplet/tools/find-browser';

const browser = findBrowser();
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'test',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  reporter: [
    ['list'],
    ['json', { outputFile: path.join(import.meta.dirname, '../.cache/reports/playwright.json') }],
  ],
  use: {
    browserName: 'chromium',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(browser === undefined ? {} : { executablePath: browser.executablePath }),
      // Chromium refuses its sandbox to root.
      ...(isRoot ? { args: ['--no-sandbox'] } : {}),
    },
  },
});
