// The machine: its cores, who runs on which, how busy they are.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { findProgram } from './programs.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Whether servers and load have a core each; without `taskset`, or on one core, they have not. */
  readonly isPinned: boolean;
}

/** Where servers run, and where the load, the origin and this process do. */
export const SERVER_CORE = 1;
export const LOAD_CORE = 0;

const taskset = os.cpus().length > 1 ? findProgram('taskset') : undefined;

export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    isPinned: taskset !== undefined,
  };
}

/** From now on this process, and what it starts, is on the core of the load. */
export function moveToLoadCore(): void {
  if (taskset === undefined) return;
  execFileSync(taskset, ['-a', '-c', '-p', String(LOAD_CORE), String(process.pid)]);
}

export type Command = readonly [program: string, ...args: string[]];

/** The command on the core of the servers. */
export function onServerCore(command: Command): Command {
  return taskset === undefined ? command : [taskset, '-c', String(SERVER_CORE), ...command];
}

/** The command on whichever core is free, as a person starts it. */
export function onAnyCore(command: Command): Command {
  if (taskset === undefined) return command;
  return [taskset, '-c', `0-${os.cpus().length - 1}`, ...command];
}

/** How busy the two cores are with what is not ours, 0 to 1, over a moment in which we rest. */
export async function busyWithOthers(): Promise<number | undefined> {
  const meters = [SERVER_CORE, LOAD_CORE].map(coreMeter);
  await sleep(REST_MS);
  const [server, load] = meters.map((meter) => meter());
  return server === undefined || load === undefined ? undefined : (server + load) / 2;
}

const REST_MS = 3000;

/** How busy a core was since the meter was made, 0 to 1; undefined where the system does not say. */
export function coreMeter(core: number): () => number | undefined {
  const before = ticksOf(core);
  return () => {
    const now = ticksOf(core);
    if (before === undefined || now === undefined) return undefined;
    return 1 - (now.idle - before.idle) / (now.all - before.all);
  };
}

function ticksOf(core: number): { readonly all: number; readonly idle: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`cpu${core} `));
  if (line === undefined) return undefined;
  // user nice system idle iowait irq softirq steal; guest times are within user and nice.
  const ticks = line.split(/\s+/u).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, one) => sum + one, 0);
  return { all, idle: (ticks[3] ?? 0) + (ticks[4] ?? 0) };
}
