import { hit100k } from './hit-100k.ts';
import { hit1k } from './hit-1k.ts';
import { hit304 } from './hit-304.ts';
import { hitDisk } from './hit-disk.ts';
import { hitRange } from './hit-range.ts';
import { hitVary } from './hit-vary.ts';
import { hitZipf } from './hit-zipf.ts';
import { httpsH1Hit } from './https-h1-hit.ts';
import { httpsH2Hit } from './https-h2-hit.ts';
import { missPass } from './miss-pass.ts';
import { missStore } from './miss-store.ts';
import type { Scenario } from './scenario.ts';

/** In the order in which they are run and shown. */
export const scenarios: readonly Scenario[] = [
  hit1k,
  hit304,
  hitZipf,
  hitVary,
  hit100k,
  hitRange,
  missStore,
  missPass,
  hitDisk,
  httpsH1Hit,
  httpsH2Hit,
];
