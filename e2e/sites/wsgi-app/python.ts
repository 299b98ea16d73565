import { spawnSync } from 'node:child_process';

const IS_RECENT = 'import sys; sys.exit(sys.version_info < (3, 8))';

/** The command that starts Python 3, or undefined where there is none. */
export function findPython(): string | undefined {
  return ['python3', 'python'].find((name) => spawnSync(name, ['-c', IS_RECENT]).status === 0);
}
