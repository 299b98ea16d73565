import { readdir, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { PopletError, type RouteRule } from '@poplet/policy';
import { fastify, type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { CACHE_DEFAULTS, type CacheDefaults } from './cache-defaults.ts';
import { type DialectName, DIALECTS } from './dialect.ts';
import type { FaultRule } from './fault-schema.ts';
import { type Faults, FaultScript } from './faults.ts';
import { FolderServer, notAllowed } from './folder-server.ts';
import { BoundedJournal, type Journal } from './journal.ts';
import { isHidden } from './hidden-files.ts';
import type { Hosting } from './hosting.ts';
import { elsewhere } from './elsewhere.ts';
import { RuleBook } from './rule-book.ts';
import { record, watchRequests } from './watch-requests.ts';

export interface OriginOptions {
  readonly folder: string;
  /**
   * How `_headers` is read. Default `neutral`: what Netlify and Cloudflare accept, together; see
   * `DIALECTS` for where they disagree.
   */
  readonly headers?: DialectName | undefined;
  /** The host of static sites to stand in for: its files of rules, and what it says of files. Default: none. */
  readonly hosting?: Hosting | undefined;
  /** Route rules from configuration, applied after those of `_headers`. */
  readonly rules?: readonly RouteRule[] | undefined;
  /**
   * Answer navigations to unknown pages with `index.html`, or the file named. Never a missing asset, nor
   * a script's request. Default: off.
   */
  readonly spaFallback?: boolean | string | undefined;
  /** `/about` is `about.html`. Default: on. */
  readonly cleanUrls?: boolean | undefined;
  /** Page for what is missing, of the nearest folder that has it. Default: `404.html`. */
  readonly notFoundPage?: string | false | undefined;
  /** Cache-Control where no rule sets it; null sends none. See `CACHE_DEFAULTS`. */
  readonly cacheDefaults?: Partial<CacheDefaults> | undefined;
  readonly faults?: readonly FaultRule[] | undefined;
  /** Length of the journal. Default: 1000 requests. */
  readonly journalEntries?: number | undefined;
}

export interface Origin {
  /** Rejects with a PopletError: `port-in-use`, `port-forbidden`, `invalid-option`. */
  listen(options?: {
    /** 0, the default: any free port. */
    readonly port?: number;
    /** Default: 127.0.0.1. */
    readonly host?: string;
  }): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
  /** For routes of one's own, which go before the folder. Add them before listening. */
  readonly app: FastifyInstance;
  readonly journal: Journal;
  readonly faults: Faults;
  /** In force now, in the order in which they are applied. */
  readonly rules: readonly RouteRule[];
  /** That there is nothing to serve; rules that are malformed, or match nothing in the folder. */
  readonly warnings: readonly string[];
  /** Reads the files of rules anew and waits for the warnings; requests notice a change by themselves. Throws as `createOrigin` does. */
  reload(): Promise<void>;
}

/**
 * Makes an origin server for a folder: what a site's own server would answer, with route rules and
 * faults as data. Throws PopletError `folder-missing`, `invalid-option` for unusable faults or rules, or
 * `config-invalid` for a file of rules that is not what its name says.
 */
export async function createOrigin(options: OriginOptions): Promise<Origin> {
  const folder = path.resolve(options.folder);
  await mustBeFolder(folder);
  const { spaFallback = false, cleanUrls = true, notFoundPage = '404.html' } = options;
  const hosting = options.hosting ?? null;
  const dialect = DIALECTS[hosting?.dialect ?? options.headers ?? 'neutral'];
  const fallbackPage = spaFallback === true ? 'index.html' : spaFallback || null;

  const faults = new FaultScript(options.faults);
  const journal = new BoundedJournal(options.journalEntries ?? 1000);
  const rules = await RuleBook.load({
    folder,
    dialect,
    hosting,
    ownRules: options.rules ?? [],
    cleanUrls,
    hasFallback: fallbackPage !== null,
  });
  const server = new FolderServer({
    folder,
    cleanUrls,
    fallbackPage,
    notFoundPage: notFoundPage || null,
    dialect,
    hosting,
    cacheDefaults: {
      ...CACHE_DEFAULTS,
      ...hostedDefaults(hosting),
      ...options.cacheDefaults,
    },
    rules,
    elsewhere,
  });

  const app = fastify({
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // A target that no route can be looked up for.
    frameworkErrors: (_error, request, reply) => {
      record(request, reply, journal);
      void server.answer(request, reply);
    },
  });
  // Loaded only where rules may name other servers.
  if (hosting !== null) await app.register((await import('@fastify/reply-from')).default);
  watchRequests(app, { journal, faults, guard: server.guard });
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    allowedPath: (pathname) => !isHidden(pathname.split('/').filter((part) => part !== '')),
    // All of the head is made here; see FolderServer.
    acceptRanges: false,
    cacheControl: false,
    contentType: false,
    etag: false,
    lastModified: false,
    index: false,
    dotfiles: 'allow',
  });
  app.setErrorHandler((error, _request, reply) => {
    const isRefused = (error as { readonly code?: unknown }).code === 'FST_STATIC_FORBIDDEN_PATH';
    for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
    if (isRefused) return reply.code(404).send('404: no file can have this path\n');
    return reply.code(500).send(error);
  });
  app.setNotFoundHandler(server.answer);
  app.route({ method: ['GET', 'HEAD'], url: '/*', handler: server.answer });
  if (hosting !== null) await app.register(passesOn(server));

  let concerns = await concernsOf(folder, fallbackPage);
  return {
    async listen({ port = 0, host = '127.0.0.1' } = {}) {
      await app.listen({ port, host }).catch((error: unknown) => {
        throw listenError(error, `${host}:${port}`);
      });
      const bound = app.server.address() as AddressInfo;
      const name = host.includes(':') ? `[${host}]` : host;
      return { url: `http://${name}:${bound.port}`, port: bound.port };
    },
    async close() {
      await app.close();
      await rules.settled();
    },
    app,
    journal,
    faults,
    get rules() {
      return rules.rules;
    },
    get warnings() {
      return [...concerns, ...rules.warnings];
    },
    async reload() {
      await rules.reload();
      concerns = await concernsOf(folder, fallbackPage);
    },
  };
}

/** Requests with content, where rules have another server answer: it gets that content as it comes. */
function passesOn(server: FolderServer): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    app.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/*',
      handler: async (request, reply) => (await server.passOn(request, reply)) ?? notAllowed(reply),
    });
  };
}

/** What a host says of every file alike. */
function hostedDefaults(hosting: Hosting | null): Partial<CacheDefaults> {
  const value = hosting?.cacheControl ?? null;
  return value === null ? {} : { hashed: value, pages: value, others: value };
}

async function mustBeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  const what = found === null ? 'there is no folder' : 'this is not a folder:';
  throw new PopletError('folder-missing', `${what} ${folder}`, { hint: 'build the site first' });
}

/** What will have every page, or every unknown one, be a 404. */
async function concernsOf(folder: string, fallbackPage: string | null): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return [`${folder} cannot be read: ${(error as Error).message}`];
  }
  if (names.every((name) => isHidden([name])))
    return [`there is nothing in ${folder} that could be served: build the site first`];
  if (fallbackPage === null) return [];
  const page = await stat(path.join(folder, fallbackPage)).catch(() => null);
  if (page?.isFile() === true) return [];
  return [`there is no ${fallbackPage} in ${folder}: unknown pages will be 404, not that page`];
}

function listenError(error: unknown, address: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new PopletError('port-in-use', `${address} is in use`, {
        hint: 'choose another port, or 0 for any free one',
        cause: error,
      });
    case 'EACCES':
      return new PopletError('port-forbidden', `${address} may not be used`, {
        hint: 'choose a port above 1023',
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new PopletError('invalid-option', `${address} is no address of this machine`, {
        hint: 'listen on 127.0.0.1',
        cause: error,
      });
    default:
      return error;
  }
}
