// Finds a Redis or Valkey server for the tests of the remote store, or installs one.

import { existsSync } from 'node:fs';
import { findOnPath, isExecutable } from './find-browser.ts';
import { run } from './repository.ts';

export interface Redis {
  readonly program: string;
  /** How it was found, for a person to read. */
  readonly source: string;
}

const ON_PATH = ['redis-server', 'valkey-server'];

/** What is there, else what could be installed; it is not started. Throws with the way out when nothing helped. */
export async function findOrInstallRedis(): Promise<Redis> {
  const present = findRedis();
  if (present !== undefined) return present;
  const tried: string[] = [];
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'redis-server']]) {
      console.log(`No redis-server found; trying: apt-get ${args.join(' ')}`);
      const { exitCode, output } = await run('apt-get', args, {
        // Where services are started on installation, this one is not.
        env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      });
      const installed = exitCode === 0 ? findRedis() : undefined;
      if (installed !== undefined) return installed;
      const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
      tried.push(`  apt-get ${args.join(' ')}: exit code ${exitCode}: ${lastLine}`);
    }
  }
  throw new Error(
    [
      'No redis-server and no valkey-server found, and none could be installed.',
      ...tried,
      'Install Redis or Valkey, or set POPLET_REDIS_SERVER to the path of its program.',
    ].join('\n'),
  );
}

function findRedis(): Redis | undefined {
  const named = process.env['POPLET_REDIS_SERVER'];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) throw new Error(`POPLET_REDIS_SERVER names no program: ${named}`);
    return { program: named, source: 'POPLET_REDIS_SERVER' };
  }
  const found = findOnPath(ON_PATH);
  return found === undefined ? undefined : { program: found, source: 'PATH' };
}
