// An edge before an origin, for one test.

import { setTimeout as sleep } from 'node:timers/promises';

import type { ExchangeRecord } from '@poplet/policy';
import {
  createEdge,
  type Edge,
  type EdgeOptions,
  type SiteOptions,
  type UpstreamTimeouts,
} from '../src/index.ts';
import { ask, head, type Asking, type Received } from './test-client.ts';
import { TestOrigin, type Answer } from './test-origin.ts';
import type { IncomingMessage } from 'node:http';

export interface RigOptions extends Omit<EdgeOptions, 'sites'> {
  readonly site?: Omit<Partial<SiteOptions>, 'upstream'>;
  /** How the origin is asked. */
  readonly upstream?: {
    readonly timeouts?: Partial<UpstreamTimeouts>;
    readonly connections?: number;
  };
}

/** As `--workers`: the suites that an environment variable says so to run with several. */
export function testWorkers(): number {
  return Number(process.env['POPLET_TEST_WORKERS'] ?? 1);
}

export class Rig {
  readonly origin: TestOrigin;
  readonly edge: Edge;
  readonly url: string;
  readonly faults: readonly unknown[];
  #unsent = 0;
  #unanswered = 0;

  private constructor(parts: Pick<Rig, 'origin' | 'edge' | 'url' | 'faults'>) {
    this.origin = parts.origin;
    this.edge = parts.edge;
    this.url = parts.url;
    this.faults = parts.faults;
  }

  static async open(
    answer: Answer,
    { site = {}, upstream = {}, ...options }: RigOptions = {},
  ): Promise<Rig> {
    const origin = new TestOrigin(answer);
    const url = await origin.listen();
    const faults: unknown[] = [];
    const onFault = (...fault: readonly unknown[]): void => void faults.push(fault);
    const edge = createEdge({
      sites: [{ upstream: { url, ...upstream }, ...site }],
      onFault,
      workers: testWorkers(),
      ...options,
    });
    const { url: edgeUrl } = await edge.listen({ port: 0 });
    return new Rig({ origin, edge, url: edgeUrl, faults });
  }

  async close(): Promise<void> {
    await this.edge.close();
    await this.origin.close();
    if (this.faults.length > 0)
      throw new Error(`faults of the edge: ${JSON.stringify(this.faults, errorText)}`);
  }

  ask(path: string, asking?: Asking): Promise<Received> {
    return ask(this.url + path, asking);
  }

  head(path: string, asking?: Asking): Promise<IncomingMessage> {
    return head(this.url + path, asking);
  }

  /** The same request from many clients at once. */
  askTogether(
    path: string,
    count: number,
    asking: (index: number) => Asking = () => ({}),
  ): Promise<Received[]> {
    this.#unsent += count;
    this.#unanswered += count;
    const onSent = (): void => {
      this.#unsent -= 1;
    };
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        this.ask(path, { ...asking(index), onSent }).finally(() => {
          this.#unanswered -= 1;
        }),
      ),
    );
  }

  /** Resolves when the edge has read what the clients of `askTogether` sent: by then they wait, or have been asked for. */
  async hasReceivedAll(): Promise<void> {
    await until(() => this.#unsent === 0, 'all requests are sent');
    await until(() => this.origin.asked.length > 0, 'the origin is asked');
    // Those of a worker once it has handed a request over.
    await until(() => this.edge.connections >= this.#unanswered, 'all connections are there');
    // A turn of the event loop accepts one connection and reads what the others have; a request that is read
    // reaches its flight in that turn.
    await sleep(20);
    for (let turn = 0; turn < 1000; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  /** `outcome` of every exchange so far, oldest first. */
  get outcomes(): string[] {
    return this.records.map(({ outcome }) => outcome);
  }

  get records(): readonly ExchangeRecord[] {
    return this.edge.journal.latest(Infinity).filter(({ background }) => background !== true);
  }

  /** What was refreshed in the background, oldest first. */
  get refreshes(): readonly ExchangeRecord[] {
    return this.edge.journal.latest(Infinity).filter(({ background }) => background === true);
  }

  get last(): ExchangeRecord {
    return this.records.at(-1) as ExchangeRecord;
  }

  /** Codes of the reasons of the last exchange. */
  get lastReasons(): string[] {
    return this.last.reasons.map(({ code }) => code);
  }
}

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.stack : value;
}

/** Waits until something holds; fails after 30 s. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 3000; turn += 1) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`it did not come about: ${what}`);
}
