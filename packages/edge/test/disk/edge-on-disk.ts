// An edge on a disk store in this process, and what it says of each exchange.

import { createEdge, type Edge } from '@poplet/edge';
import { openDiskStore, type DiskStoreOptions } from '@poplet/store/disk';

import { CheckedClient, type Checked } from './checked-client.ts';
import { VersionedOrigin } from './versioned-origin.ts';

export interface Asked {
  readonly checked: Checked;
  /** Codes of the reasons in its record. */
  readonly reasons: readonly string[];
  readonly stored: boolean;
}

export class EdgeOnDisk {
  readonly origin: VersionedOrigin;
  readonly edge: Edge;
  readonly notices: string[];
  readonly #client: CheckedClient;
  readonly #url: string;

  private constructor(origin: VersionedOrigin, edge: Edge, url: string, notices: string[]) {
    this.origin = origin;
    this.edge = edge;
    this.notices = notices;
    this.#url = url;
    this.#client = new CheckedClient(origin);
  }

  static async open(
    store: Omit<DiskStoreOptions, 'onNotice'>,
    lengthOf: (item: number) => number,
  ): Promise<EdgeOnDisk> {
    const origin = new VersionedOrigin(lengthOf);
    await origin.listen();
    const notices: string[] = [];
    const edge = createEdge({
      sites: [{ upstream: { url: origin.url } }],
      // Nothing stays in memory: what is served was read from the disk.
      store: openDiskStore({ hotBytes: 0, ...store, onNotice: (text) => void notices.push(text) }),
    });
    const { url } = await edge.listen({ port: 0 });
    return new EdgeOnDisk(origin, edge, url, notices);
  }

  /** One after another: the record that follows is that of this exchange. */
  async get(item: number, options?: Parameters<CheckedClient['get']>[2]): Promise<Asked> {
    const recorded = Promise.withResolvers<Pick<Asked, 'reasons' | 'stored'>>();
    const unsubscribe = this.edge.journal.subscribe(({ reasons, stored }) => {
      unsubscribe();
      recorded.resolve({ reasons: reasons.map(({ code }) => code), stored });
    });
    const checked = await this.#client.get(this.#url, item, options);
    return { checked, ...(await recorded.promise) };
  }

  async purgeAll(): Promise<void> {
    const everything = {
      selector: { kind: 'everything' },
      soft: false,
      siteId: undefined,
    } as const;
    await this.edge.purge([everything]);
    this.edge.store.sweep();
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.edge.close();
    this.origin.close();
  }
}
