// Finds a program that tests need, such as a server for those of the stores, or installs it.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { findOnPath, isExecutable } from './find-browser.ts';
import { run } from './repository.ts';

export interface Found {
  readonly program: string;
  /** How it was found, for a person to read. */
  readonly source: string;
}

export interface Wanted {
  readonly title: string;
  readonly debianPackage: string;
  /** What a person sets where it is elsewhere, and the way out in words. */
  readonly variable: string;
  readonly wayOut: string;
  readonly find: (named: string | undefined) => string | undefined;
}

const REDIS: Wanted = {
  title: 'redis-server or valkey-server',
  debianPackage: 'redis-server',
  variable: 'POPLET_REDIS_SERVER',
  wayOut: 'Install Redis or Valkey, or set POPLET_REDIS_SERVER to the path of its program.',
  find: (named) => named ?? findOnPath(['redis-server', 'valkey-server']),
};

/** Where Debian keeps what is not on the PATH. */
const POSTGRES_FOLDER = '/usr/lib/postgresql';

const POSTGRES: Wanted = {
  title: 'postgres',
  debianPackage: 'postgresql',
  variable: 'POPLET_POSTGRES_FOLDER',
  wayOut: 'Install PostgreSQL, or set POPLET_POSTGRES_FOLDER to the folder of its programs.',
  find(named) {
    if (named !== undefined) return path.join(named, 'postgres');
    const versions = existsSync(POSTGRES_FOLDER) ? readdirSync(POSTGRES_FOLDER) : [];
    return (
      findOnPath(['postgres']) ??
      versions
        .map((version) => path.join(POSTGRES_FOLDER, version, 'bin', 'postgres'))
        .find(isExecutable)
    );
  },
};

/** A Redis or Valkey: what is there, else what could be installed; it is not started. Throws with the way out when nothing helped. */
export function findOrInstallRedis(): Promise<Found> {
  return findOrInstall(REDIS);
}

/** As `findOrInstallRedis`, a PostgreSQL. */
export function findOrInstallPostgres(): Promise<Found> {
  return findOrInstall(POSTGRES);
}

/** What is wanted, else what could be installed. Throws with the way out when nothing helped. */
export async function findOrInstall(wanted: Wanted): Promise<Found> {
  const present = find(wanted);
  if (present !== undefined) return present;
  const { title, debianPackage, wayOut } = wanted;
  const tried: string[] = [];
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', debianPackage]]) {
      console.log(`No ${title} found; trying: apt-get ${args.join(' ')}`);
      const { exitCode, output } = await run('apt-get', args, {
        // Where services are started on installation, this one is not.
        env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      });
      const installed = exitCode === 0 ? find(wanted) : undefined;
      if (installed !== undefined) return installed;
      const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
      tried.push(`  apt-get ${args.join(' ')}: exit code ${exitCode}: ${lastLine}`);
    }
  }
  throw new Error([`No ${title} found, and none could be installed.`, ...tried, wayOut].join('\n'));
}

function find({ variable, find: findIn }: Wanted): Found | undefined {
  const named = process.env[variable] === '' ? undefined : process.env[variable];
  const program = findIn(named);
  if (program === undefined) return undefined;
  if (!isExecutable(program)) throw new Error(`${variable} names no program: ${program}`);
  return { program, source: named === undefined ? 'installed' : variable };
}
