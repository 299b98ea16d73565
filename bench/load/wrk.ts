import path from 'node:path';

import { run } from '@poplet/tools/repository';

import { loader } from '../programs.ts';
import { must } from '../wrong-answer.ts';
import { browserFields, type Fields } from './browser.ts';
import type { Target } from './target.ts';

const SCRIPT = path.join(import.meta.dirname, 'wrk.lua');

export interface WrkLoad {
  readonly port: number;
  readonly scheme: 'http' | 'https';
  readonly target: Target;
  /** Request fields beside those of a browser. */
  readonly fields: Fields;
  readonly connections: number;
  /** At most; a load of kind `fill` may end before. */
  readonly seconds: number;
}

export interface WrkResult {
  readonly requests: number;
  /** Heads and bodies, also of answers that the end of the load cut off. */
  readonly wireBytes: number;
  readonly seconds: number;
}

/** As many requests as are answered, over connections that stay. Throws where one was not answered well. */
export async function wrk(load: WrkLoad): Promise<WrkResult> {
  const { port, scheme, target, fields, connections, seconds } = load;
  const lines = browserFields(fields).map(([name, value]) => `${name}: ${value}`);
  const { exitCode, output } = await run(await loader('wrk'), [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout=30s',
    '-s',
    SCRIPT,
    `${scheme}://127.0.0.1:${port}`,
    '--',
    ...lines,
    '',
    ...argumentsOf(target),
  ]);
  const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
  if (exitCode !== 0 || !lastLine.startsWith('{')) throw new Error(`wrk failed:\n${output}`);
  const said = JSON.parse(lastLine) as {
    readonly requests: number;
    readonly bytes: number;
    readonly durationMicroseconds: number;
    readonly failed: Readonly<Record<string, number>>;
  };
  const failed = Object.entries(said.failed).filter(([, count]) => count > 0);
  must(failed.length === 0, () => `wrk counted failures: ${JSON.stringify(said.failed)}`);
  return {
    requests: said.requests,
    wireBytes: said.bytes,
    seconds: said.durationMicroseconds / 1e6,
  };
}

function argumentsOf(target: Target): string[] {
  switch (target.kind) {
    case 'one':
      return ['one', target.path];
    case 'zipf':
    case 'uniform':
      return [target.kind, target.prefix, String(target.count), String(target.seed)];
    case 'each':
      return ['each', target.prefix];
    case 'fill':
      return ['fill', target.prefix, String(target.count)];
    case 'values':
      return ['values', target.path, target.field, ...target.values];
    default:
      return target satisfies never;
  }
}
