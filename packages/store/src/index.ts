export * from './errors.ts';
export * from './memory-store.ts';
export * from './store.ts';
export { flatCopy } from './interner.ts';
export type { StoreLimits } from './indexed-store.ts';
export type { ClockState, SharedClock } from './remote/shared-clock.ts';
export { bodyIdOf, versionOf } from './response-identity.ts';
