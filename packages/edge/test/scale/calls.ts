// Calls between the measuring program and the processes it starts: client, edge, origin.

import { spawn } from 'node:child_process';
import path from 'node:path';

/** What a process answers to, by name. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** In a started process: answers its parent's calls, and ends with it. */
export function answerCalls(calls: Calls): void {
  const answer = async ({ id, name, argument }: Call): Promise<Reply> => {
    try {
      const call = calls[name] as (argument: unknown) => unknown;
      return { id, result: await call(argument) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (message) => {
    void answer(message as Call).then((reply) => process.send?.(reply));
  });
  process.on('disconnect', () => process.exit());
}

/** A process that answers calls. */
export interface Child<Answered extends Calls> {
  readonly pid: number;
  /** Rejects with what the call threw, or when the process ends first. */
  call<Name extends keyof Answered & string>(
    name: Name,
    ...argument: Parameters<Answered[Name]>
  ): Promise<Awaited<ReturnType<Answered[Name]>>>;
  /** Ends it at once. */
  stop(): Promise<void>;
}

/** In a started process: tells its parent something that nobody has asked for. */
export function tellParent(event: string): void {
  process.send?.({ event });
}

/** Starts a program, named as seen from this folder. `onEvent` hears what it tells unasked. */
export function startChild<Answered extends Calls>(
  program: string,
  onEvent: (event: string) => void = () => {},
): Child<Answered> {
  const file = path.join(import.meta.dirname, program);
  const child = spawn(process.execPath, ['--conditions=source', file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} cannot be started`);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const exit = Promise.withResolvers<void>();
  let callCount = 0;
  let ended: string | undefined;

  child.on('message', (message) => {
    if ('event' in (message as object)) {
      onEvent((message as { event: string }).event);
      return;
    }
    const { id, result, error } = message as Reply;
    const reply = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) reply?.resolve(result);
    else reply?.reject(new Error(`${program}: ${error}`));
  });
  child.on('exit', (code, signal) => {
    ended = `${program} ended (${signal ?? code})`;
    for (const { reject } of waiting.values()) reject(new Error(ended));
    exit.resolve();
  });

  return {
    pid,
    call(name, ...[argument]) {
      const reply = Promise.withResolvers<unknown>();
      if (ended !== undefined) reply.reject(new Error(ended));
      else {
        callCount += 1;
        waiting.set(callCount, reply);
        child.send({ id: callCount, name, argument } satisfies Call);
      }
      return reply.promise as never;
    },
    async stop() {
      child.kill('SIGKILL');
      await exit.promise;
    },
  };
}
