import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

/** Another draw in each round. */
export const hitZipf: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-zipf',
  title: 'hit among 100,000 keys',
  target: (peer, round) => ({
    kind: 'zipf',
    prefix: pathOf({ kind: 'stored', bodyBytes: 1024, key: `${peer}/many-` }),
    count: 100_000,
    seed: round,
  }),
};
