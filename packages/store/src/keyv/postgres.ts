import type { KeyvStoreAdapter } from 'keyv';

import type { AdapterClass } from './families.ts';

/** At most so many connections. */
const CONNECTIONS = 8;
/** Real milliseconds. */
const CONNECT_TIMEOUT_MS = 4000;
const STATEMENT_TIMEOUT_MS = 10_000;

export interface PostgresOptions {
  readonly adapter: AdapterClass;
  readonly uri: string;
  readonly table: string;
  /** Finds what the adapter itself depends on. */
  readonly load: (name: string) => unknown;
}

type Query = (text: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

interface Pool {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  on(event: 'error', listener: (error: unknown) => void): void;
  end(): Promise<void>;
}

interface PostgresAdapter extends KeyvStoreAdapter {
  connect(): Promise<Query>;
  disconnect(): Promise<void>;
}

/**
 * Keyv's adapter for PostgreSQL with a pool of its own. The adapter's own pool is one for the whole
 * process, and nobody listens to its errors: a server that ends while a connection is idle would end
 * the process too.
 */
export function openPostgres(options: PostgresOptions): KeyvStoreAdapter {
  const { adapter, uri, table, load } = options;
  const { Pool: PoolClass } = load('pg') as { readonly Pool: new (options: object) => Pool };
  const pool = new PoolClass({
    connectionString: uri,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    // What is idle does not keep the process from ending.
    allowExitOnIdle: true,
  });
  // The next query says so.
  pool.on('error', () => {});
  const Adapter = adapter as new (options: object) => PostgresAdapter;
  class PooledPostgres extends Adapter {
    override connect(): Promise<Query> {
      return Promise.resolve(async (text, values) => (await pool.query(text, values)).rows);
    }

    override async disconnect(): Promise<void> {
      await pool.end();
    }
  }
  return new PooledPostgres({ uri, table });
}
