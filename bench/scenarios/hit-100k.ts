import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

const BODY_BYTES = 100 * 1024;

export const hit100k: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-100k',
  title: 'hit 100 KB',
  bodyBytes: BODY_BYTES,
  changes: true,
  target: (peer) => ({
    kind: 'one',
    path: pathOf({ kind: 'stored', bodyBytes: BODY_BYTES, key: `${peer}/photo.webp` }),
  }),
};
