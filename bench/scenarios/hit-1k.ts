import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

export const hit1k: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-1k',
  title: 'hit 1 KB',
  changes: true,
  target: (peer) => ({
    kind: 'one',
    path: pathOf({ kind: 'stored', bodyBytes: 1024, key: `${peer}/logo.webp` }),
  }),
};
