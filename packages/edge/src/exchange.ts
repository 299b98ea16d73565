import type { PresentedRequest, Reason } from '@poplet/policy';
import type { Client } from './client.ts';
import type { Site } from './site.ts';

/** One request on its way through the pipeline. */
export interface Exchange extends Presented {
  readonly client: Client;
}

/** What a request is about, whoever waits for the answer. */
export interface Presented {
  readonly site: Site;
  readonly request: PresentedRequest;
  readonly receivedAt: Receipt;
  readonly primaryKey: string;
  /** What the edge itself did about it (waited, was refused …), in order. */
  readonly notes: Reason[];
}

/** When a request was received. */
export interface Receipt {
  /** Virtual instant. */
  readonly virtualMs: number;
  /** Real time since some fixed point, for the duration. */
  readonly monotonicMs: number;
}
