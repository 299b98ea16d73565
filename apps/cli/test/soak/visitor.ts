// One client of the soak: asks in every way that clients ask, and knows of each answer whether it is right.

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';

import { bodyOf, etagOf, kindOf, parseLabel, PATHS, sentBodyOf, type Label } from './resources.ts';
import type { Versions } from './versions.ts';

/** What one exchange came to. */
export type Verdict =
  /** Every byte is what the origin would have sent. */
  | { readonly kind: 'right'; readonly status: number }
  /** The edge's own answer to trouble. */
  | { readonly kind: 'error'; readonly status: number }
  /** The connection went before the answer was whole, for everyone to see. */
  | { readonly kind: 'broken-off' }
  /** This client left. */
  | { readonly kind: 'left' }
  | { readonly kind: 'wrong'; readonly why: string };

export interface VisitorOptions {
  /** Where the edge listens. */
  readonly edge: URL;
  readonly versions: Versions;
  /** When a purge of a path that has been confirmed was sent, by path. */
  readonly purges: ReadonlyMap<string, number>;
  /** Sent as its cookie, and nobody else's. */
  readonly name: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sentAtMs: number;
  /** The purge that had been confirmed by then. */
  readonly purgedAtMs: number;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Clocks tell ages in whole seconds, and a busy machine takes its time. */
const SLACK_MS = 3000;

/** Whatever happens to the origin, an answer or an end comes long before. */
const ANSWERED_WITHIN_MS = 60_000;

export class Visitor {
  readonly #options: VisitorOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });

  constructor(options: VisitorOptions) {
    this.#options = options;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** One exchange, of whatever sort. */
  async visit(): Promise<Verdict> {
    const path = PATHS[randomInt(PATHS.length)] as string;
    switch (randomInt(14)) {
      case 0:
        return await this.#ask(path, 'GET', { Range: anyRange() });
      case 1:
        return await this.#ask(path, 'GET', {
          'If-None-Match': (randomInt(2) === 0 ? 'W/' : '') + this.#currentTag(path),
        });
      case 2:
        return await this.#ask(path, 'HEAD');
      case 3:
        return await this.#ask(path, 'GET', { 'Cache-Control': 'no-cache' });
      case 4:
        return await this.#ask(path, 'GET', {}, { leaveAfterBytes: randomInt(20_000) });
      case 5:
        return await this.#ask(path, 'GET', {}, { pauseMs: randomInt(300) });
      case 6:
        return randomInt(8) === 0 ? await this.#change(path) : await this.#ask(path, 'GET');
      case 7:
        return randomInt(4) === 0 ? await this.#babble() : await this.#ask(path, 'GET');
      case 8:
        return await this.#ask(path, 'GET', {
          Range: anyRange(),
          'If-Range': this.#currentTag(path),
        });
      default:
        return await this.#ask(path, 'GET');
    }
  }

  #currentTag(path: string): string {
    return etagOf({
      path,
      version: this.#options.versions.current(path),
      whose: this.#whose(path),
    });
  }

  #whose(path: string): string {
    const { name } = this.#options;
    return { nothing: '', variant: variantOf(name), visitor: `name=${name}` }[
      kindOf(path).differsBy
    ];
  }

  /** An unsafe request: all that is stored of the path is to be asked for anew. */
  async #change(path: string): Promise<Verdict> {
    return await this.#ask(path, 'POST');
  }

  /** Bytes that are no request. */
  async #babble(): Promise<Verdict> {
    const { edge } = this.#options;
    const socket = connect(Number(edge.port), edge.hostname);
    socket.on('error', () => undefined);
    socket.end(
      'GET / HTTP/1.1\r\nHost : x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzz',
    );
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    return text.startsWith('HTTP/1.1 400 ')
      ? { kind: 'error', status: 400 }
      : { kind: 'wrong', why: `no request was answered with ${JSON.stringify(text.slice(0, 80))}` };
  }

  async #ask(
    path: string,
    method: string,
    more: Readonly<Record<string, string>> = {},
    manner: Manner = {},
  ): Promise<Verdict> {
    const { edge, purges, name } = this.#options;
    const wish = WISHES[randomInt(WISHES.length)];
    const headers = {
      Cookie: `name=${name}`,
      'X-Variant': variantOf(name),
      ...(wish === undefined ? {} : { 'Accept-Encoding': wish }),
      ...more,
    };
    const sentAtMs = performance.now();
    const asked: Asked = { method, path, headers, sentAtMs, purgedAtMs: purges.get(path) ?? 0 };
    const deadline = AbortSignal.timeout(ANSWERED_WITHIN_MS);
    const request = httpRequest(new URL(path, edge), {
      method,
      headers,
      agent: this.#agent,
      signal: deadline,
    });
    request.end();
    let response: IncomingMessage | undefined;
    try {
      [response] = (await once(request, 'response')) as [IncomingMessage];
      const body = await collect(response, manner);
      if (body === undefined) {
        request.destroy();
        return { kind: 'left' };
      }
      return this.#judge(asked, {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body,
      });
    } catch {
      if (!deadline.aborted) return { kind: 'broken-off' };
      const came = JSON.stringify(response?.rawHeaders ?? 'no head');
      const why = `${method} ${path} ${JSON.stringify(headers)} was never answered: ${came}`;
      return { kind: 'wrong', why };
    }
  }

  #judge(asked: Asked, answered: Answered): Verdict {
    const { status, headers } = answered;
    const text = headers['x-label'];
    // Of a whole that the edge has, a range beyond the end.
    if (status === 416 || status === 204) return { kind: 'right', status };
    if (typeof text !== 'string') {
      return status >= 500
        ? { kind: 'error', status }
        : { kind: 'wrong', why: `${asked.method} ${asked.path}: ${status} without a label` };
    }
    const label = parseLabel(text);
    const why = this.#wrongVersion(asked, label) ?? wrongBytes(asked, label, answered);
    if (why === null) return { kind: 'right', status };
    const told = JSON.stringify({
      asked: asked.headers,
      cacheStatus: headers['cache-status'],
      age: headers.age,
    });
    return { kind: 'wrong', why: `${asked.method} ${asked.path}: ${status} ${why} ${told}` };
  }

  #wrongVersion({ path, sentAtMs, purgedAtMs }: Asked, label: Label): string | null {
    if (label.path !== path) return `is ${label.path}`;
    if (label.whose !== this.#whose(path)) return `is meant for ${label.whose}`;
    const supersededAtMs = this.#options.versions.supersededAtMs(path, label.version);
    if (supersededAtMs === undefined) return `is version ${label.version}, which never was`;
    if (supersededAtMs < purgedAtMs) return 'was superseded before it was purged';
    const { staleForMs } = kindOf(path);
    const lateMs = sentAtMs - supersededAtMs;
    if (staleForMs !== undefined && lateMs > staleForMs + SLACK_MS)
      return `was superseded ${Math.round(lateMs)} ms before it was asked for`;
    return null;
  }
}

/** What clients say in Accept-Encoding; undefined: nothing. */
const WISHES = [
  undefined,
  'identity',
  'gzip',
  'gzip, deflate',
  'gzip, deflate, br',
  'gzip, deflate, br, zstd',
  'br;q=0.5, gzip;q=0.1',
  'zstd',
];

interface Manner {
  /** Break off after so many bytes. */
  readonly leaveAfterBytes?: number;
  /** Rest so long at each piece. */
  readonly pauseMs?: number;
}

/** The whole body; undefined when this client has left. Rejects when the connection goes before the end. */
async function collect(
  response: IncomingMessage,
  { leaveAfterBytes = Infinity, pauseMs = 0 }: Manner,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > leaveAfterBytes) return undefined;
    if (pauseMs > 0) await sleep(pauseMs / 10);
  }
  return Buffer.concat(chunks);
}

function variantOf(name: string): string {
  return `v${name.length % 3}`;
}

function anyRange(): string {
  const first = randomInt(12_000);
  switch (randomInt(3)) {
    case 0:
      return `bytes=${first}-${first + randomInt(6000)}`;
    case 1:
      return `bytes=${first}-`;
    default:
      return `bytes=-${1 + randomInt(6000)}`;
  }
}

/** In what an answer differs from what the origin would have sent of this version, or null. */
function wrongBytes(asked: Asked, label: Label, answered: Answered): string | null {
  const { status, headers, body } = answered;
  const { coding: sentAs, hasValidator } = kindOf(label.path);
  const coding = headers['content-encoding'] ?? 'identity';
  const isAsSent = coding === sentAs;
  const tag = headers.etag;
  if (status === 304) {
    const opaque = tag?.replace('W/', '');
    return opaque === etagOf(label) ? null : `has the tag ${String(tag)}`;
  }
  if (status !== 200 && status !== 206) return 'is no status of the origin';
  // A body that is made at the edge is of the same version, and of other bytes.
  const rightTag = isAsSent ? etagOf(label) : `W/${etagOf(label)}`;
  if (hasValidator && tag !== rightTag) return `in ${coding} has the tag ${String(tag)}`;
  if (coding !== 'identity' && asked.headers['Accept-Encoding']?.includes(coding) !== true)
    return `is in ${coding}, which was not asked for`;
  const sent = sentBodyOf(label);
  const right = status === 206 ? rangeOf(sent, headers['content-range']) : sent;
  if (right === null) return `has the range ${String(headers['content-range'])}`;
  if (status === 206 && !isAsSent) return `is part of a body in ${coding}`;
  const length = headers['content-length'];
  if (isAsSent && length !== undefined && Number(length) !== right.length)
    return `announces ${length} bytes and not ${right.length}`;
  if (asked.method === 'HEAD') return body.length === 0 ? null : 'has a body';
  return isAsSent ? otherThan(right, body) : otherThan(bodyOf(label), decoded(body, coding));
}

function otherThan(right: Buffer, body: Buffer | null): string | null {
  if (body === null) return 'is not in the coding that it names';
  if (body.length !== right.length) return `has ${body.length} bytes and not ${right.length}`;
  return body.equals(right) ? null : 'has wrong bytes';
}

function decoded(body: Buffer, coding: string): Buffer | null {
  try {
    if (coding === 'gzip') return gunzipSync(body);
    if (coding === 'br') return brotliDecompressSync(body);
    if (coding === 'zstd') return zstdDecompressSync(body);
    return coding === 'identity' ? body : null;
  } catch {
    return null;
  }
}

function rangeOf(whole: Buffer, contentRange: string | undefined): Buffer | null {
  const range = /^bytes (?<first>\d+)-(?<last>\d+)\/(?<bytes>\d+)$/u.exec(contentRange ?? '');
  const { first, last, bytes } = range?.groups ?? {};
  if (Number(bytes) !== whole.length) return null;
  return whole.subarray(Number(first), Number(last) + 1);
}
