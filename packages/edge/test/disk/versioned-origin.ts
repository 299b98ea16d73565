// An origin server whose every byte is known: what comes through an edge can be checked against it.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const MIB = 1024 * 1024;

/** Numbered items, each in its current version. */
export class VersionedOrigin {
  readonly #server: Server;
  readonly #versions = new Map<number, number>();
  readonly #lengthOf: (item: number) => number;
  url = '';
  requests = 0;

  constructor(lengthOf: (item: number) => number = mixedLength) {
    this.#lengthOf = lengthOf;
    this.#server = createServer((request, response) => {
      this.requests += 1;
      const item = Number(request.url?.slice('/item/'.length));
      const version = this.versionOf(item);
      const body = this.bodyOf(item, version);
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
      response.setHeader('Cache-Control', 'max-age=86400');
      // Half of them have no strong validator: nobody can tell whether a part is of the same version.
      response.setHeader('ETag', `${item % 2 === 0 ? '' : 'W/'}"${item}-${version}"`);
      response.setHeader('X-Version', String(version));
      if (range !== null && request.headers['if-match'] !== undefined) {
        const [startByte, lastByte] = [Number(range[1]), Number(range[2])];
        response.statusCode = 206;
        response.setHeader('Content-Range', `bytes ${startByte}-${lastByte}/${body.length}`);
        response.end(body.subarray(startByte, lastByte + 1));
        return;
      }
      // Half of them in chunks, so that only the framing says where the body ends.
      if (item % 2 === 0) response.setHeader('Content-Length', body.length);
      else response.write(body.subarray(0, body.length >> 1));
      response.end(item % 2 === 0 ? body : body.subarray(body.length >> 1));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  versionOf(item: number): number {
    return this.#versions.get(item) ?? 1;
  }

  /** The item has changed. Returns its new version. */
  change(item: number): number {
    const version = this.versionOf(item) + 1;
    this.#versions.set(item, version);
    return version;
  }

  bodyOf(item: number, version: number): Buffer {
    return Buffer.alloc(this.#lengthOf(item), `item ${item} in version ${version}; `);
  }
}

/** Mostly small; every twentieth in up to four segments; some without a byte. */
function mixedLength(item: number): number {
  if (item % 20 === 0) return MIB + ((item * 7919) % (3 * MIB));
  return (item * 104_729) % 30_000;
}
