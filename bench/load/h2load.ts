import { readFileSync } from 'node:fs';

import { run } from '@poplet/tools/repository';

import { loader } from '../programs.ts';
import { must } from '../wrong-answer.ts';
import { browserFields, type Fields } from './browser.ts';

export interface H2Load {
  readonly url: string;
  readonly protocol: 'http/1.1' | 'h2';
  readonly fields: Fields;
  readonly connections: number;
  /** Requests under way on each connection at once. */
  readonly streams: number;
  readonly seconds: number;
  /** Requests of all connections in a second, whether those before were answered or not; undefined: as many as are answered. */
  readonly requestsPerSecond?: number;
  /** A line for each answer goes here; undefined: nowhere. */
  readonly logFile?: string;
}

export interface H2LoadResult {
  readonly requests: number;
  readonly bodyBytes: number;
  readonly seconds: number;
  /** What was negotiated: `h2`, `http/1.1`. */
  readonly protocol: string;
}

/** Throws where an answer failed, or was not of the class of 200. */
export async function h2load(load: H2Load): Promise<H2LoadResult> {
  const { connections, requestsPerSecond, logFile } = load;
  const { exitCode, output } = await run(await loader('h2load'), [
    '-t1',
    `-c${connections}`,
    `-m${load.streams}`,
    '-D',
    String(load.seconds),
    ...(load.protocol === 'h2' ? [] : ['--h1']),
    ...(requestsPerSecond === undefined
      ? []
      : [`--rps=${(requestsPerSecond / connections).toFixed(3)}`]),
    ...(logFile === undefined ? [] : [`--log-file=${logFile}`]),
    ...browserFields(load.fields).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    load.url,
  ]);
  if (exitCode !== 0) throw new Error(`h2load failed:\n${output}`);
  const number = (pattern: RegExp): number => {
    const said = pattern.exec(output)?.[1];
    if (said === undefined) throw new Error(`h2load did not say ${pattern}:\n${output}`);
    return Number(said);
  };
  const requests = number(/requests: \d+ total, \d+ started, (\d+) done/u);
  const good = number(/status codes: (\d+) 2xx/u);
  const lost = number(/(\d+) failed,/u);
  must(good === requests && lost === 0, () => `h2load counted failures:\n${output}`);
  return {
    requests,
    bodyBytes: number(/traffic: .*\((\d+)\) data/u),
    seconds: load.seconds,
    protocol: /Application protocol: (\S+)/u.exec(output)?.[1] ?? load.protocol,
  };
}

/** What a log file of h2load says: how long each answer took, from its request to its end, in milliseconds. */
export function answerTimesMs(logFile: string): number[] {
  return readFileSync(logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.split('\t')[2]) / 1000);
}
