import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { PopletError } from '@poplet/policy';
import type { KeyvStoreAdapter } from 'keyv';

import { openPostgres } from './postgres.ts';

/** What an adapter's package exports. */
export type AdapterModule = Readonly<Record<string, unknown>>;

export type AdapterClass = new (...options: readonly unknown[]) => KeyvStoreAdapter;

/** A database that Keyv has an adapter for, as its user names it. */
export interface KeyvFamily {
  /** How it is called in `stats`. */
  readonly name: string;
  /** How its address begins, without the colon. */
  readonly schemes: readonly string[];
  /** How its address is written. */
  readonly example: string;
  /** What the user installs beside Poplet. */
  readonly packageName: string;
  /** Which version of it belongs to the Keyv that Poplet has. */
  readonly packageMajor: number;
  /** Characters that a value may have: longer texts are stored in pieces. */
  readonly pieceLength: number;
  /** Whether the adapter reads and deletes many keys in one step, which fails as a whole. */
  readonly isSetWise: boolean;
  /** Whether `clear` leaves alone what is not Poplet's. */
  readonly mayClear: boolean;
  /** `load` finds what the adapter itself depends on. */
  open(module: AdapterModule, url: string, load: (name: string) => unknown): KeyvStoreAdapter;
}

const TABLE = 'poplet';
/** Rows of one step of the adapter's own. */
const CONNECT_TIMEOUT_MS = 4000;

/** Values are JSON texts in ASCII, in which at most every second character is written as two. */
export const KEYV_FAMILIES: readonly KeyvFamily[] = [
  {
    name: 'postgres',
    schemes: ['postgres', 'postgresql'],
    example: 'postgres://<user>@<host>:5432/<database>',
    packageName: '@keyv/postgres',
    packageMajor: 2,
    pieceLength: 4_000_000,
    isSetWise: true,
    mayClear: true,
    open: (module, uri, load) =>
      openPostgres({ adapter: classOf(module, 'KeyvPostgres'), uri, table: TABLE, load }),
  },
  {
    name: 'mysql',
    schemes: ['mysql', 'mariadb'],
    example: 'mysql://<user>:<password>@<host>:3306/<database>',
    packageName: '@keyv/mysql',
    packageMajor: 2,
    // Its column is TEXT: 65,535 bytes.
    pieceLength: 32_000,
    isSetWise: true,
    mayClear: true,
    open: (module, uri) =>
      new (classOf(module, 'KeyvMysql'))({
        uri: uri.replace(/^mariadb:/u, 'mysql:'),
        table: TABLE,
        connectTimeout: CONNECT_TIMEOUT_MS,
      }),
  },
  {
    name: 'sqlite',
    schemes: ['sqlite'],
    example: 'sqlite:///<file>',
    packageName: '@keyv/sqlite',
    packageMajor: 4,
    pieceLength: 4_000_000,
    isSetWise: true,
    mayClear: true,
    open: (module, uri) => new (classOf(module, 'KeyvSqlite'))({ uri, table: TABLE }),
  },
  {
    name: 'mongo',
    schemes: ['mongodb', 'mongodb+srv'],
    example: 'mongodb://<host>:27017/<database>',
    packageName: '@keyv/mongo',
    packageMajor: 3,
    pieceLength: 4_000_000,
    isSetWise: false,
    mayClear: true,
    open: (module, url) =>
      new (classOf(module, 'KeyvMongo'))(url, {
        collection: TABLE,
        serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS,
        connectTimeoutMS: CONNECT_TIMEOUT_MS,
      }),
  },
  {
    name: 'memcache',
    schemes: ['memcache', 'memcached'],
    example: 'memcache://<host>:11211',
    packageName: '@keyv/memcache',
    packageMajor: 2,
    // An item may have 1 MiB unless the server is told otherwise.
    pieceLength: 500_000,
    isSetWise: false,
    // It empties the whole server.
    mayClear: false,
    open: (module, url) =>
      new (classOf(module, 'KeyvMemcache'))(withoutScheme(url), {
        // In seconds.
        timeout: 1,
        keepAlive: true,
        logger: { log: () => {} },
      }),
  },
  {
    name: 'etcd',
    schemes: ['etcd'],
    example: 'etcd://<host>:2379',
    packageName: '@keyv/etcd',
    packageMajor: 2,
    // A request may have 1.5 MiB.
    pieceLength: 700_000,
    isSetWise: false,
    mayClear: true,
    open: (module, url) => new (classOf(module, 'KeyvEtcd'))({ url: withoutScheme(url) }),
  },
];

/** The family that an address belongs to, by its scheme. */
export function familyOf(url: string): KeyvFamily | undefined {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':')));
  return KEYV_FAMILIES.find(({ schemes }) => schemes.includes(scheme));
}

/**
 * Opens the adapter of a family, which the user has installed: where the process was started, or
 * beside Poplet. Throws PopletError `store-unusable` with the command that installs it.
 */
export async function openAdapter(family: KeyvFamily, url: string): Promise<KeyvStoreAdapter> {
  const { packageName } = family;
  const places = [path.join(process.cwd(), 'index.js'), import.meta.filename];
  for (const place of places) {
    const require = createRequire(place);
    let file: string;
    try {
      file = require.resolve(packageName);
    } catch {
      continue;
    }
    const module = (await import(pathToFileURL(file).href)) as AdapterModule;
    return family.open(module, url, createRequire(file));
  }
  throw new PopletError('store-unusable', `${packageName} is not installed`, {
    hint: `npm install ${packageName}@${family.packageMajor}`,
  });
}

function classOf(module: AdapterModule, name: string): AdapterClass {
  const exported = module[name] ?? (module['default'] as AdapterModule | undefined)?.[name];
  if (typeof exported === 'function') return exported as AdapterClass;
  throw new PopletError('store-unusable', `the installed adapter has no ${name}`, {
    hint: 'install the version that belongs to Poplet',
  });
}

function withoutScheme(url: string): string {
  return url.replace(/^[^:]*:\/\//u, '').replace(/\/$/u, '');
}
