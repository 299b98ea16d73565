// Finds a Chromium for the browser tests, or installs one.

import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root, run } from './repository.ts';

export interface Browser {
  readonly executablePath: string;
  /** How it was found, for a person to read. */
  readonly source: string;
}

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What is there already; installs nothing. Throws when POPLET_CHROMIUM names no program. */
export function findBrowser(): Browser | undefined {
  const named = process.env['POPLET_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) throw new Error(`POPLET_CHROMIUM names no program: ${named}`);
    return { executablePath: named, source: 'POPLET_CHROMIUM' };
  }
  const own = playwrightExecutable();
  if (own !== undefined && existsSync(own)) return { executablePath: own, source: 'Playwright' };
  const found = findOnPath(ON_PATH);
  return found === undefined ? undefined : { executablePath: found, source: 'PATH' };
}

/** What is there, else what could be installed. Throws with the way out when nothing helped. */
export async function findOrInstallBrowser(): Promise<Browser> {
  const present = findBrowser();
  if (present !== undefined) return present;

  const tried: string[] = [];
  for (const [command, ...args] of installers()) {
    console.log(`No Chromium found; trying: ${command} ${args.join(' ')}`);
    const { exitCode, output } = await run(command, args, {
      env: { DEBIAN_FRONTEND: 'noninteractive', PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' },
    });
    const installed = exitCode === 0 ? findBrowser() : undefined;
    if (installed !== undefined) return installed;
    const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
    tried.push(`  ${command} ${args.join(' ')}: exit code ${exitCode}: ${lastLine}`);
  }
  throw new Error(
    [
      'No Chromium found, and none could be installed.',
      ...tried,
      'Install Chromium or Google Chrome, or set POPLET_CHROMIUM to the path of its program.',
    ].join('\n'),
  );
}

type Command = readonly [command: string, ...args: string[]];

function installers(): Command[] {
  const playwright: Command = [process.execPath, playwrightCli(), 'install', 'chromium'];
  const isRootOnDebian = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!isRootOnDebian) return [playwright];
  return [
    playwright,
    ['apt-get', 'update'],
    ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
  ];
}

const requireFromE2e = createRequire(path.join(root, 'e2e', 'package.json'));

export function playwrightCli(): string {
  return path.join(path.dirname(requireFromE2e.resolve('@playwright/test/package.json')), 'cli.js');
}

function playwrightExecutable(): string | undefined {
  const { chromium } = requireFromE2e('@playwright/test') as {
    chromium: { executablePath(): string };
  };
  try {
    return chromium.executablePath();
  } catch {
    return undefined; // Playwright has no build for this platform.
  }
}

/** The first of these programs that is there. */
export function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
