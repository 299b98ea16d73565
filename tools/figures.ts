// Every figure an issue asks for. `pnpm verify` measures them at full count.

import { browsersSpeak } from './figures/browsers-speak.ts';
import { everyRule } from './figures/every-rule.ts';
import type { Figure } from './figures/figure.ts';
import { myCdn } from './figures/my-cdn.ts';
import { nothingLost } from './figures/nothing-lost.ts';
import { pageLoads } from './figures/page-loads.ts';

export const figures: readonly Figure[] = [
  ...pageLoads,
  ...everyRule,
  ...nothingLost,
  ...browsersSpeak,
  ...myCdn,
];
