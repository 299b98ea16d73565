// Random requests to an edge, at full count; `npm run verify hostile-requests`.
//
//   node --conditions=source packages/edge/test/hostile/fuzz-requests-figure.ts 100000
//
// Closes with one line of JSON, as tools/figures reads it.

import { fuzzRequests } from './fuzz-requests.ts';

const count = Number(process.argv[2]);
if (!Number.isInteger(count) || count < 1) throw new Error('Say how many connections to make.');
const seed = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const { problems, statuses, ...tally } = await fuzzRequests({ count, seed });
for (const problem of problems) console.error(problem);
const answers = Object.fromEntries(
  Object.entries(statuses).map(([status, times]) => [`answers${status}`, times]),
);
console.log(
  JSON.stringify({
    holds: problems.length === 0 && tally.connections === count,
    measured: {
      seed,
      ...tally,
      ...answers,
      problems: problems.length,
      ...(problems[0] === undefined ? {} : { firstProblem: problems[0].slice(0, 3000) }),
    },
  }),
);
