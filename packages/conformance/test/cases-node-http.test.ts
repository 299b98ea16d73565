// What arrives byte for byte, without the fast lane that reads it first elsewhere.

import { isExchange } from '../src/index.ts';
import { socketCases } from './socket-cases.ts';

socketCases({
  fastLane: false,
  only: ({ steps }) => steps.some((step) => isExchange(step) && step.request.raw !== undefined),
});
