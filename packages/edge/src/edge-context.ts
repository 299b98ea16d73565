import type { Duplex } from 'node:stream';

import type { Store } from '@poplet/store';
import type { PurgePort } from '@poplet/policy';
import type { Clock, EdgeLimits, EdgeOptions, Journal, Tasks } from './edge-api.ts';
import type { Coder } from './codings/coder.ts';
import type { Flights } from './flights.ts';
import type { Marks } from './marks.ts';
import type { WithDefaults } from './request-defaults.ts';
import type { Sites } from './site.ts';

/** What the stages of the pipeline share: the one edge they belong to. */
export interface EdgeContext {
  readonly sites: Sites;
  readonly store: Store;
  readonly clock: Clock;
  readonly tasks: Tasks;
  readonly journal: Journal;
  readonly limits: EdgeLimits;
  readonly flights: Flights;
  readonly coder: Coder;
  /** Requests being answered, the one that looks included. */
  readonly exchanges: number;
  /** The fields of a request, and what it is taken to have beside them. */
  readonly withDefaults: WithDefaults;
  /** Keys whose last answer could not be shared. */
  readonly doNotCollapse: Marks;
  /** Keys whose last background refresh failed. */
  readonly refreshHeldBack: Marks;
  /** Both ends of every open tunnel. */
  readonly tunnels: Set<Duplex>;
  /** Real milliseconds. */
  readonly collapseWaitMs: number;
  readonly purge: PurgePort['purge'];
  /** Undefined: PURGE is refused. */
  readonly purgeMethod: EdgeOptions['purgeMethod'];
  readonly onFault: EdgeOptions['onFault'] & {};
  readonly bypass: boolean;
  /** It ends, and every connection with it. */
  readonly isClosing: boolean;
  /** The current deployment's id. */
  readonly deployment: string;
}
