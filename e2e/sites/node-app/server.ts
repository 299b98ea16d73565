import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { rendezvous } from '../rendezvous.ts';

/** A running harbour office: the dynamic application of these tests. */
export interface NodeApp {
  readonly url: string;
  /** Forgets sessions and notes. */
  reset(): void;
  /** Sends one event to everyone who listens at `/events`. */
  announce(text: string): void;
  /** Those who listen now. */
  readonly listeners: number;
  /** Sends the second half of every `/report` under way. */
  finishReports(): void;
  close(): Promise<void>;
}

const STATIC_TYPES: Readonly<Record<string, string>> = {
  '/static/app.css': 'text/css; charset=utf-8',
  '/static/app.js': 'text/javascript; charset=utf-8',
};

/**
 * An application as frameworks make them: sessions in a cookie, a form, events, a WebSocket, files
 * with a lifetime, and redirects with the address that the Host field names.
 */
export async function startNodeApp(): Promise<NodeApp> {
  const userOfSession = new Map<string, string>();
  const notes: string[] = [];
  const listeners = new Set<ServerResponse>();
  const reports = new Set<ServerResponse>();
  const berths = rendezvous(2);
  let visits = 0;

  const routes: Readonly<Record<string, (exchange: Exchange) => unknown>> = {
    'GET /': ({ page }) => {
      visits += 1;
      page(
        'Harbour office',
        `<p id="visits">visit ${visits}</p>
         <form method="post" action="/login"><input name="name"><button>Sign in</button></form>`,
        { 'cache-control': 'no-store' },
      );
    },
    'POST /login': async ({ request, redirect }) => {
      const session = randomUUID();
      userOfSession.set(session, (await readForm(request)).get('name') ?? '');
      redirect('/account', { 'set-cookie': `session=${session}; Path=/; HttpOnly; SameSite=Lax` });
    },
    // Fresh for a minute, but only for its user: what a shared cache must not keep.
    'GET /account': ({ user, page }) =>
      page('Account', `<p id="user">${user ?? 'nobody'}</p>`, {
        'cache-control': 'private, max-age=60',
      }),
    // As /account, but nobody's page is complete before two people have asked for theirs.
    'GET /berth': async ({ user, response }) => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'private, max-age=60',
      });
      response.write(`<!doctype html><title>Berth</title><p>Berth of <b id="user">${user}</b></p>`);
      await berths.arrive();
      response.end(`<p id="end">Reserved for ${user}</p>`);
    },
    // The same for everybody, and changed by the form: cached at the edge until somebody posts.
    'GET /notes': ({ page }) =>
      page(
        'Notes',
        `<ul>${notes.map((note) => `<li>${note}</li>`).join('')}</ul>
         <form method="post" action="/notes"><input name="note"><button>Post</button></form>`,
        { 'cache-control': 'public, max-age=0, s-maxage=3600' },
      ),
    'POST /notes': async ({ request, redirect }) => {
      notes.push((await readForm(request)).get('note') ?? '');
      redirect('/notes');
    },
    'GET /events': ({ request, response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.flushHeaders();
      listeners.add(response);
      request.on('close', () => listeners.delete(response));
    },
    // A page of unknown length that arrives in two halves.
    'GET /report': ({ response }) => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
      });
      response.write(`<!doctype html><title>Report</title><p id="first">First half</p>`);
      // Enough for any browser to begin to draw.
      response.write(`<!--${' '.repeat(4096)}-->`);
      reports.add(response);
    },
  };

  const server = createServer((request, response) => {
    const exchange = exchangeOf(request, response, userOfSession);
    const pathname = exchange.url.pathname;
    const route = routes[`${request.method} ${pathname}`];
    const type = STATIC_TYPES[pathname];
    if (route !== undefined) void route(exchange);
    else if (type !== undefined) void sendFile(exchange, pathname, type);
    else exchange.page('Not found', '<p>There is no such page.</p>', {}, 404);
  });

  const sockets = new WebSocketServer({ server, path: '/radio' });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });

  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reset() {
      userOfSession.clear();
      notes.length = 0;
      visits = 0;
      berths.reset();
    },
    announce(text) {
      for (const response of listeners) response.write(`data: ${text}\n\n`);
    },
    get listeners() {
      return listeners.size;
    },
    finishReports() {
      for (const response of reports) response.end('<p id="second">Second half</p>');
      reports.clear();
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly user: string | undefined;
  readonly page: (
    title: string,
    body: string,
    fields: Record<string, string>,
    status?: number,
  ) => void;
  readonly redirect: (to: string, fields?: Record<string, string>) => void;
}

function exchangeOf(
  request: IncomingMessage,
  response: ServerResponse,
  userOfSession: ReadonlyMap<string, string>,
): Exchange {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const session = /(?:^|; )session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  return {
    request,
    response,
    url,
    user: session === undefined ? undefined : userOfSession.get(session),
    page(title, body, fields, status = 200) {
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...fields });
      response.end(
        `<!doctype html><html lang="en"><title>${title}</title>
         <link rel="icon" href="data:,"><link rel="stylesheet" href="/static/app.css">
         <script src="/static/app.js" defer></script><h1>${title}</h1>${body}</html>`,
      );
    },
    redirect(to, fields = {}) {
      // Absolute, as many frameworks write it: it names this server, not the edge.
      response.writeHead(303, { location: new URL(to, url).href, ...fields });
      response.end();
    },
  };
}

async function sendFile(
  { request, response }: Exchange,
  pathname: string,
  type: string,
): Promise<void> {
  const bytes = await readFile(path.join(import.meta.dirname, pathname));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`;
  const fields = { etag, 'cache-control': 'public, max-age=300' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, fields).end();
    return;
  }
  response.writeHead(200, { ...fields, 'content-type': type, 'content-length': bytes.length });
  response.end(bytes);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk as string;
  return new URLSearchParams(text);
}
