export * from './edge-api.ts';
export {
  type AdminServer,
  type AdminServerOptions,
  createAdminServer,
} from './admin/admin-server.ts';
export type { ClockView } from './admin/admin-context.ts';
export type { Fault, FaultsPort } from './admin/faults-port.ts';
export { createEdge } from './edge.ts';
export { createClock, monotonicMs, type TimeSource } from './clock.ts';
export { parseDuration } from './duration.ts';
export { type ExchangeView, exchangeView } from './exchange-view.ts';
export { nameUnder } from './host-names.ts';
export { createJournal, type JournalOptions } from './journal.ts';
export { OUTCOMES } from './outcomes.ts';
export { createTasks } from './tasks.ts';
export { upstreamUnreachable } from './upstream-unreachable.ts';
export { UnknownServerName } from './tls-failures.ts';
