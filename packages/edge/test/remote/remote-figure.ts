//   node --conditions=source packages/edge/test/remote/remote-figure.ts outages 40

import { runFigure } from '../scale/figure.ts';
import { databaseOutages, outagesUnderLoad } from './outage.ts';
import { purgePropagation } from './propagation.ts';

await runFigure({
  outages: outagesUnderLoad,
  propagation: purgePropagation,
  'database-outages': databaseOutages,
});
