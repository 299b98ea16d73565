import { pathOf } from '../origin/content.ts';
import { PLAIN_HIT, type Scenario } from './scenario.ts';

const BODY_BYTES = 10 * 1024 * 1024;
const START_BYTE = 5_000_000;
const PART_BYTES = 64 * 1024;

export const hitRange: Scenario = {
  ...PLAIN_HIT,
  id: 'hit-range',
  title: 'range of 64 KB out of 10 MB',
  needs: ['range'],
  bodyBytes: BODY_BYTES,
  fields: { Range: `bytes=${START_BYTE}-${START_BYTE + PART_BYTES - 1}` },
  answer: { kind: 'part', startByte: START_BYTE, endByte: START_BYTE + PART_BYTES },
  target: (peer) => ({
    kind: 'one',
    path: pathOf({ kind: 'stored', bodyBytes: BODY_BYTES, key: `${peer}/film.bin` }),
  }),
};
