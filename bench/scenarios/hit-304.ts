import { etagOf, LAST_MODIFIED, pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

export const hit304: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-304',
  title: 'hit answered 304',
  fields: { 'If-None-Match': etagOf(0), 'If-Modified-Since': LAST_MODIFIED },
  answer: { kind: 'not-modified' },
  target: (peer) => ({
    kind: 'one',
    path: pathOf({ kind: 'stored', bodyBytes: 1024, key: `${peer}/unchanged.webp` }),
  }),
};
