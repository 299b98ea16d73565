import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

export const hitVary: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-vary',
  title: 'hit selected by Vary',
  needs: ['vary'],
  target: (peer) => ({
    kind: 'values',
    path: pathOf({ kind: 'language', bodyBytes: 1024, key: `${peer}/words.webp` }),
    field: 'Accept-Language',
    values: ['en-GB,en;q=0.9', 'de-DE,de;q=0.9,en;q=0.5', 'fr-FR,fr;q=0.8,en-US;q=0.5,en;q=0.3'],
  }),
};
