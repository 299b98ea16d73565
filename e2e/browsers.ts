import { existsSync } from 'node:fs';
import { chromium, firefox, webkit, type BrowserType } from '@playwright/test';
import { findBrowser } from '@poplet/tools/find-browser';

export type BrowserName = 'chromium' | 'firefox' | 'webkit';

/** A browser that is installed, and how it is started. */
export interface InstalledBrowser {
  readonly name: BrowserName;
  readonly executablePath: string | undefined;
  readonly args: readonly string[];
}

const CHROMIUM_ARGS = [
  // Nothing but this machine: neither a site nor the browser itself talks to anyone else.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** What the tests run in, and what they would run in if it were installed. */
export function browsers(): {
  readonly installed: readonly InstalledBrowser[];
  readonly missing: readonly BrowserName[];
} {
  const installed: InstalledBrowser[] = [
    // Chromium is never left out: without it the tests fail, and say why.
    {
      name: 'chromium',
      executablePath: findBrowser()?.executablePath ?? ownExecutable(chromium),
      // Chromium refuses its sandbox to root.
      args: process.getuid?.() === 0 ? ['--no-sandbox', ...CHROMIUM_ARGS] : CHROMIUM_ARGS,
    },
  ];
  const missing: BrowserName[] = [];
  for (const type of [firefox, webkit]) {
    const name = type.name() as BrowserName;
    const executablePath = ownExecutable(type);
    if (executablePath !== undefined && existsSync(executablePath)) {
      installed.push({ name, executablePath: undefined, args: [] });
    } else {
      missing.push(name);
    }
  }
  return { installed, missing };
}

function ownExecutable(type: BrowserType): string | undefined {
  try {
    return type.executablePath();
  } catch {
    return undefined; // Playwright has no build for this platform.
  }
}
