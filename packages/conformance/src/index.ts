export { collectCases, defineCases, dependingOn, isExchange } from './case.ts';
export type * from './case.ts';
export { checkStep } from './check-step.ts';
export type { Observation, UpstreamObservation } from './observation.ts';
export type { OriginRequest, PlannedAnswer } from './case-origin.ts';
export { PureRun, runPure } from './pure-runner.ts';
export type { PureOrigin } from './pure-runner.ts';
