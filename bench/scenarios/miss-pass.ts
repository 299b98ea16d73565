import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

export const missPass: Scenario = {
  ...PLAIN_HIT,
  id: 'miss-pass',
  title: 'miss passed through (no-store)',
  upstream: 'each-always',
  target: (peer) => ({
    kind: 'one',
    path: pathOf({ kind: 'passed', bodyBytes: 1024, key: `${peer}/avatar.webp` }),
  }),
};
