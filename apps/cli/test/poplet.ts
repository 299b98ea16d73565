import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '..', 'src', 'main.ts');

/** One run of the command line, from its sources. */
export interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves when `stdout` matches. */
  readonly until: (pattern: RegExp) => Promise<void>;
}

/** Starts `poplet` with arguments. Colours are off. */
export function poplet(...args: readonly string[]): Run {
  return watched(
    spawn(process.execPath, ['--conditions=source', MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1' },
    }),
  );
}

/** What a program writes, and when it has ended with all that it started. */
export function watched(child: ChildProcessWithoutNullStreams): Run {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    async until(pattern) {
      while (!pattern.test(stdout)) {
        const more = await Promise.race([once(child.stdout, 'data'), ended]);
        if (!Array.isArray(more))
          throw new Error(`ended with ${more} before ${pattern}: ${stdout}${stderr}`);
      }
    },
  };
}

/** Runs `poplet` to its end. */
export async function popletToEnd(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const run = poplet(...args);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

/** What the ready object of `--json` says. */
export interface Ready {
  readonly event: string;
  readonly edge: string;
  readonly admin: string;
  readonly profile: string;
}

/** Serves a folder or server with `--json` on free ports, and waits until it is ready. */
export async function served(
  source: string,
  ...options: readonly string[]
): Promise<Run & { readonly ready: Ready }> {
  const run = poplet(source, '--port', '0', '--admin-port', '0', '--json', ...options);
  await run.until(/\n/);
  return { ...run, ready: JSON.parse(run.stdout().split('\n')[0] as string) as Ready };
}
