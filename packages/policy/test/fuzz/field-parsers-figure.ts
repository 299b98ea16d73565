// Every function of src/fields against random and adversarial values; `npm run verify field-parsers`.
//
//   node --conditions=source packages/policy/test/fuzz/field-parsers-figure.ts 1000000
//
// Closes with one line of JSON, as tools/figures reads it.

import { FIELD_READERS } from './field-readers.ts';
import { Random } from './field-values.ts';
import { fuzzReader } from './fuzz-reader.ts';
import { ADVERSARIES, adversaryName, growth } from './growth.ts';

const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1) throw new Error('Say how many values to read.');
const seed = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const BOUND = 3;
const KILOBYTE = 1024;

const countPerReader = Math.ceil(count / FIELD_READERS.length);
const random = new Random(seed);
const problems = FIELD_READERS.flatMap(
  (reader) => fuzzReader(reader, { count: countPerReader, random }) ?? [],
);

let worst = { ratio: 0, of: '' };
const tooSlow: string[] = [];
for (const reader of FIELD_READERS) {
  for (const adversary of ADVERSARIES) {
    const ratio = growth({
      reader,
      adversary,
      smallCharacters: 32 * KILOBYTE,
      largeCharacters: 64 * KILOBYTE,
      bound: BOUND,
      rounds: 12,
    });
    const of = `${reader.name} of ${adversaryName(adversary)}`;
    if (ratio > worst.ratio) worst = { ratio, of };
    if (ratio > BOUND) tooSlow.push(`${of}: ${ratio.toFixed(2)}`);
  }
}

for (const problem of [...problems, ...tooSlow]) console.error(problem);
console.log(
  JSON.stringify({
    holds: problems.length === 0 && tooSlow.length === 0,
    measured: {
      seed,
      parsers: FIELD_READERS.length,
      inputs: countPerReader * FIELD_READERS.length,
      inputsPerParser: countPerReader,
      failures: problems.length,
      adversariesPerParser: ADVERSARIES.length,
      greatestRatioOf64To32Kilobytes: Number(worst.ratio.toFixed(2)),
      greatestRatioIsThatOf: worst.of,
      superLinear: tooSlow.length,
    },
  }),
);
