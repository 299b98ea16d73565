import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

export const missStore: Scenario = {
  ...PLAIN_HIT,
  id: 'miss-store',
  title: 'miss and store',
  upstream: 'each-new',
  target: (peer, round) => ({
    kind: 'each',
    prefix: pathOf({ kind: 'stored', bodyBytes: 1024, key: `${peer}/round-${round}/` }),
  }),
};
