import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** One request to one of the shop's servers. */
interface ShopRequest {
  readonly target: string;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  readonly proto: string | undefined;
}

/** A server, and what it was asked. */
export interface ShopServer {
  readonly url: string;
  readonly asked: ShopRequest[];
  close(): Promise<void>;
}

const PAGE = `<!doctype html>
<title>The shop</title>
<style>h1 { font-family: Pacifico }</style>
<h1>The shop</h1>
<script>
  window.ready = (async () => {
    const font = new FontFace('Pacifico', \`url(https://img.test:\${location.port}/pacifico.woff2)\`);
    document.fonts.add(await font.load());
    document.title = 'The shop, with its font';
  })();
</script>
`;

/** Answers what the page asks for under /offline itself. */
const WORKER = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  if (new URL(event.request.url).pathname === '/offline')
    event.respondWith(new Response('from the worker'));
});
`;

/** The shop itself: pages, a worker, a session in a cookie that only HTTPS carries, a WebSocket that echoes. */
export function startShop(): Promise<ShopServer> {
  const routes: Readonly<Record<string, Readonly<Record<string, string>> & { body: string }>> = {
    '/': { body: PAGE, 'content-type': 'text/html', 'cache-control': 'max-age=60' },
    '/catalogue.json': {
      body: JSON.stringify(Array.from({ length: 500 }, (_, id) => ({ id, name: `ware ${id}` }))),
      'content-type': 'application/json',
      'cache-control': 'max-age=60',
    },
    '/sw.js': { body: WORKER, 'content-type': 'text/javascript', 'cache-control': 'max-age=60' },
    '/sign-in': {
      body: 'signed in',
      'content-type': 'text/plain',
      'cache-control': 'no-store',
      'set-cookie': '__Host-session=1; Path=/; Secure; HttpOnly; SameSite=Strict',
    },
  };
  return start((request, response) => {
    const { body = '', ...fields } = routes[request.url ?? ''] ?? {};
    response.writeHead(body === '' ? 404 : 200, fields).end(body);
  });
}

/** Where the shop keeps its fonts: each origin is allowed by name, as most servers do it. */
export async function startImages(): Promise<ShopServer> {
  const file = import.meta.resolve('@fontsource/pacifico/files/pacifico-latin-400-normal.woff2');
  const font = await readFile(new URL(file));
  return start((request, response) => {
    const { origin } = request.headers;
    response.writeHead(200, {
      'content-type': 'font/woff2',
      'cache-control': 'public, max-age=600',
      vary: 'Origin',
      ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }),
    });
    response.end(font);
  });
}

async function start(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ShopServer> {
  const asked: ShopRequest[] = [];
  const server = createServer((request, response) => {
    const { url: target = '', headers } = request;
    const proto = headers['x-forwarded-proto'];
    asked.push({
      target,
      origin: headers.origin,
      cookie: headers.cookie,
      proto: typeof proto === 'string' ? proto : undefined,
    });
    answer(request, response);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(`echo of ${data.toString()}`));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
