// What a measuring program hands to `npm run verify`: one line of JSON on stdout.

import { parseArgs } from 'node:util';

/** As tools/figures has it. */
export interface FigureResult {
  readonly holds: boolean;
  readonly measured: Readonly<Record<string, number | string | boolean>>;
}

/** Runs the measurement named on the command line: `<name> [--requests=…] [--bytes=…]`. */
export async function runFigure(
  measurements: Readonly<Record<string, (count: number) => Promise<FigureResult>>>,
): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [name = '', count = ''] = positionals;
  const measure = measurements[name];
  if (measure === undefined || !/^\d+$/u.test(count)) {
    throw new Error(`Say what to measure, and how often: ${Object.keys(measurements).join(' | ')}`);
  }
  console.log(JSON.stringify(await measure(Number(count))));
}
