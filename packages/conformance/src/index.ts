export { collectCases, defineCases, dependingOn, isExchange } from './case.ts';
export type * from './case.ts';
export { checkStep } from './check-step.ts';
export type { Observation, UpstreamObservation } from './observation.ts';
export { runPure } from './pure-runner.ts';
