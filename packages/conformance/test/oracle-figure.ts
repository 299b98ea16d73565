// Random exchanges against http-cache-semantics; `npm run verify oracle-agreement`.
//
//   node --conditions=source packages/conformance/test/oracle-figure.ts 1000000
//
// Closes with one line of JSON, as tools/figures reads it.

import { EXCUSED_SHARE_AT_MOST, oracleAgreement } from './oracle-agreement.ts';

const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1) throw new Error('Say how many exchanges to judge.');
const seed = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const { verdicts, excusedShare } = oracleAgreement(count, seed);
console.log(
  JSON.stringify({
    holds: excusedShare < EXCUSED_SHARE_AT_MOST,
    measured: {
      seed,
      exchanges: count,
      ...verdicts,
      excusedPercent: Number((100 * excusedShare).toFixed(2)),
    },
  }),
);
