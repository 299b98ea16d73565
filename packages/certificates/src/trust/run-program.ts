import { execFile } from 'node:child_process';

/** How a program ended. `missing`: there is none of that name. */
export type Ending =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'missing' };

/** One that asks for a password gets none. */
const TIMEOUT_MS = 60_000;

/** Runs a program without a shell; it can ask nothing. */
export function runProgram(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Ending> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'done', output: stdout });
      else if (error.code === 'ENOENT') resolve({ kind: 'missing' });
      else resolve({ kind: 'failed', message: (stderr || stdout || error.message).trim() });
    });
    child.stdin?.end();
  });
}
