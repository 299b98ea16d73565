import { hit1k } from './hit-1k.ts';
import type { Scenario } from './scenario.ts';

export const httpsH1Hit: Scenario = {
  ...hit1k,
  id: 'https-h1-hit',
  title: 'HTTPS h1 hit 1 KB',
  scheme: 'https',
  needs: ['tls'],
};
