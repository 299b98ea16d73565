import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

const BODY_BYTES = 20 * 1024;

/** 200 MB in files, each as likely as the next: more than Poplet keeps of them in its own memory. */
export const hitDisk: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-disk',
  title: 'hit from disk, among 10,000 keys of 20 KB',
  store: 'disk',
  needs: ['disk'],
  bodyBytes: BODY_BYTES,
  target: (peer, round) => ({
    kind: 'uniform',
    prefix: pathOf({ kind: 'stored', bodyBytes: BODY_BYTES, key: `${peer}/file-` }),
    count: 10_000,
    seed: round,
  }),
};
