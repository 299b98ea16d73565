// Programs that tests need and this machine may lack: installed where that is possible.

import { existsSync } from 'node:fs';
import { run } from './repository.ts';

/** Installs a package of the system, until `isThere`. Returns what was tried, line by line, in vain. */
export async function installPackage(
  name: string,
  isThere: () => boolean,
): Promise<readonly string[]> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return [];
  const tried: string[] = [];
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
    console.log(`${name} is needed; trying: apt-get ${args.join(' ')}`);
    const { exitCode, output } = await run('apt-get', args, {
      // Where services are started on installation, this one is not.
      env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
    if (exitCode === 0 && isThere()) return tried;
    const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
    tried.push(`  apt-get ${args.join(' ')}: exit code ${exitCode}: ${lastLine}`);
  }
  return tried;
}
