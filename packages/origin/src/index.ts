export { CACHE_DEFAULTS, type CacheDefaults } from './cache-defaults.ts';
export { type DialectName, DIALECTS, type HeadersDialect } from './dialect.ts';
export {
  type Fault,
  type FaultRule,
  faultRuleJsonSchema,
  faultRuleSchema,
  type SimpleFault,
} from './fault-schema.ts';
export type { Faults } from './faults.ts';
export { hasHashedName } from './hashed-name.ts';
export { type HeadersFile, parseHeadersFile } from './headers-file.ts';
export type { Hosting } from './hosting.ts';
export type { Journal, JournalEntry, JournalFault, JournalListener } from './journal.ts';
export type { RuleProblem } from './rule-problem.ts';
export { createOrigin, type Origin, type OriginOptions } from './origin.ts';
export { listSitePaths } from './site-paths.ts';
