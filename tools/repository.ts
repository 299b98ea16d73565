// Where things are in this repository, and how its programs are started.

import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
export const reports = path.join(root, '.cache', 'reports');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly packageManager?: string;
}

export interface WorkspacePackage {
  /** Relative to the root, as in `packages/policy`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

export function readJson(file: string): unknown {
  return JSON.parse(readText(file));
}

/** Files below the root that match, sorted, with forward slashes; never what was installed or built. */
export function findFiles(pattern: string): string[] {
  return globSync(pattern, {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**', '**/.cache/**'],
  })
    .map((file) => file.replaceAll(path.sep, '/'))
    .toSorted();
}

export function workspacePackages(): WorkspacePackage[] {
  return findFiles('{packages,apps}/*/package.json').map((file) => ({
    folder: path.posix.dirname(file),
    manifest: readJson(file) as Manifest,
  }));
}

export function publishedPackages(): WorkspacePackage[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true);
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Let the program write to this terminal instead of collecting what it says. */
  readonly inherit?: boolean;
}

export interface RunResult {
  readonly exitCode: number;
  /** stdout and stderr as they came; empty with `inherit`. */
  readonly output: string;
}

/** Runs a program to its end. Never throws: a program that cannot start has exit code 127. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { promise, resolve } = Promise.withResolvers<RunResult>();
  const stdio = options.inherit === true ? 'inherit' : 'pipe';
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', stdio, stdio],
  });
  let output = '';
  const collect = (chunk: string): void => {
    output += chunk;
  };
  child.stdout?.setEncoding('utf8').on('data', collect);
  child.stderr?.setEncoding('utf8').on('data', collect);
  child.on('error', (error) => resolve({ exitCode: 127, output: `${output}${error.message}\n` }));
  child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  return promise;
}

/** A program of the root's devDependencies, by the file name in node_modules/.bin. */
export function bin(name: string): string {
  return path.join(root, 'node_modules', '.bin', name);
}

/** The arguments of `npx` that start the pinned pnpm, which need not be installed. */
export function pnpm(...args: string[]): string[] {
  const { packageManager } = readJson('package.json') as Manifest;
  if (packageManager === undefined) throw new Error('package.json names no packageManager');
  return ['-y', '--prefer-offline', packageManager, ...args];
}

export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
