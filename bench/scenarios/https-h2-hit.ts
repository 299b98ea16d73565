import { hit1k } from './hit-1k.ts';
import type { Scenario } from './scenario.ts';

export const httpsH2Hit: Scenario = {
  ...hit1k,
  id: 'https-h2-hit',
  title: 'HTTPS h2 hit 1 KB',
  scheme: 'https',
  protocol: 'h2',
  needs: ['tls', 'h2'],
};
