import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** One request as the Python application saw it. */
interface WsgiRequest {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  readonly via: string | null;
  readonly ifNoneMatch: string | null;
  readonly cookie: string | null;
}

export interface WsgiApp {
  readonly url: string;
  /** In the order of arrival. */
  readonly requests: readonly WsgiRequest[];
  forget(): void;
  close(): Promise<void>;
}

/** Starts the application with `python`; its output is its journal. */
export async function startWsgiApp(python: string): Promise<WsgiApp> {
  const child = spawn(python, [path.join(import.meta.dirname, 'app.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const requests: WsgiRequest[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the Python application ended with ${code}`)));
  createInterface(child.stdout).on('line', (line) => {
    const value = JSON.parse(line) as { readonly url?: string } & WsgiRequest;
    if (value.url === undefined) requests.push(value);
    else resolve(value.url);
  });
  return {
    url: await promise,
    requests,
    forget() {
      requests.length = 0;
    },
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
