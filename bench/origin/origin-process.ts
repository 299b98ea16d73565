// The server that all caches ask, in a process of its own: it counts, and is told over IPC.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { bodyOf, fieldsOf, languageOf, resourceOf } from './content.ts';

export type ToOrigin =
  | { readonly kind: 'count' }
  | { readonly kind: 'version'; readonly path: string; readonly version: number };

export type FromOrigin =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'count'; readonly requests: number }
  | { readonly kind: 'version' };

const versions = new Map<string, number>();
let requests = 0;

const server = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
  requests += 1;
  const path = request.url ?? '/';
  const resource = resourceOf(path);
  if (resource === undefined) {
    response.writeHead(404).end();
    return;
  }
  const version = versions.get(path) ?? 0;
  const language = languageOf(request.headers['accept-language']);
  const body = bodyOf(path, version, language);
  const fields = fieldsOf(resource, version, language);
  response.writeHead(200, [...fields, 'Content-Length', String(body.length)]);
  response.end(body);
});

process.on('message', (message: ToOrigin) => {
  switch (message.kind) {
    case 'count':
      send({ kind: 'count', requests });
      break;
    case 'version':
      versions.set(message.path, message.version);
      send({ kind: 'version' });
      break;
    default:
      message satisfies never;
  }
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  send({ kind: 'listening', port: (server.address() as AddressInfo).port });
});

function send(message: FromOrigin): void {
  process.send?.(message);
}
