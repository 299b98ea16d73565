// A client that knows what it should get.

import { Agent, request, type IncomingMessage } from 'node:http';

import type { VersionedOrigin } from './versioned-origin.ts';

/** What came of one request. */
export type Checked =
  | { readonly kind: 'right'; readonly version: number; readonly isHit: boolean }
  /** The connection ended before the answer did: nobody takes that for the whole. */
  | { readonly kind: 'cut' }
  /** Said to be whole, and is not what the origin server has or had. */
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'refused'; readonly status: number };

export class CheckedClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #origin: VersionedOrigin;

  constructor(origin: VersionedOrigin) {
    this.#origin = origin;
  }

  /** `onBody` may hold the body up: it is awaited for each piece. */
  async get(
    edgeUrl: string,
    item: number,
    {
      headers = {},
      onBody,
    }: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly onBody?: (bytes: number) => Promise<void> | undefined;
    } = {},
  ): Promise<Checked> {
    const chunks: Buffer[] = [];
    let response: IncomingMessage;
    try {
      response = await this.#head(`${edgeUrl}/item/${item}`, headers);
      let bytes = 0;
      for await (const chunk of response) {
        chunks.push(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        await onBody?.(bytes);
      }
    } catch {
      return { kind: 'cut' };
    }
    if (!response.complete) return { kind: 'cut' };
    if (response.statusCode !== 200) return { kind: 'refused', status: response.statusCode ?? 0 };
    const version = Number(response.headers['x-version']);
    const isHit = /;\s*hit\b/.test(String(response.headers['cache-status']));
    const expected = this.#origin.bodyOf(item, version);
    const received = Buffer.concat(chunks);
    if (received.equals(expected)) return { kind: 'right', version, isHit };
    return { kind: 'wrong', why: `item ${item}: ${received.length} of ${expected.length} bytes` };
  }

  #head(url: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(url, { agent: this.#agent, headers }, resolve).once('error', reject).end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
