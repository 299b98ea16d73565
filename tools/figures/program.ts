import path from 'node:path';
import { root, run } from '../repository.ts';
import type { Figure, FigureResult } from './figure.ts';

export interface Program {
  readonly id: string;
  readonly issue: string;
  readonly claim: string;
  /** Relative to the root; prints a FigureResult as its last line. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The command as it is published, with all that it loads. */
export const AS_POPLET = { POPLET: path.join(root, 'apps/cli/dist/main.cjs') };

/** A program that measures, and says so in its last line. */
export function program({ id, issue, claim, file, args, env = {} }: Program): Figure {
  return {
    id,
    issue,
    claim,
    command: `npm run verify ${id}`,
    async run() {
      // What is published must be what the sources say now.
      const built = env === AS_POPLET ? await run('npm', ['run', '-s', 'build']) : undefined;
      if (built !== undefined && built.exitCode !== 0) {
        return { holds: false, measured: { output: built.output.slice(-2000) } };
      }
      const source = ['--conditions=source', file, ...args];
      const { exitCode, output } = await run(process.execPath, source, { env });
      const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
      if (exitCode !== 0 || !lastLine.startsWith('{')) {
        return { holds: false, measured: { exitCode, output: output.slice(-2000) } };
      }
      return JSON.parse(lastLine) as FigureResult;
    },
  };
}
