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
export { type HeadersFile, type HeadersFileProblem, parseHeadersFile } from './headers-file.ts';
export type { Journal, JournalEntry, JournalFault, JournalListener } from './journal.ts';
export { createOrigin, type Origin, type OriginOptions } from './origin.ts';
export { listSitePaths } from './site-paths.ts';
