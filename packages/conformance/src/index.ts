export {
  collectCases,
  defineCases,
  dependingOn,
  isExchange,
  notInHttp2Because,
  runsOn,
} from './case.ts';
export type * from './case.ts';
export { checkStep } from './check-step.ts';
export {
  defineRequirements,
  REQUIREMENT_LEVELS,
  requirementProblems,
  unknownClauses,
} from './requirement.ts';
export type * from './requirement.ts';
export type { Observation, UpstreamObservation } from './observation.ts';
export type { OriginRequest, PlannedAnswer } from './case-origin.ts';
export type { Profiles } from './policy-patch.ts';
export { PureRun, runPure } from './pure-runner.ts';
export type { PureOptions, PureOrigin } from './pure-runner.ts';
