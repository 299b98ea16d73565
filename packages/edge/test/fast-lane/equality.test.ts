// The fast lane and the pipeline behind node:http: the same history, told to an edge with the lane and to one
// without, is answered with the same bytes and leaves the same journal.

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decoded } from '@poplet/conformance/content-codings';
import { parseResponses } from '@poplet/conformance/raw-http';
import { REQUEST_DIRECTIVES, rfc9111, type Coding, type Policy } from '@poplet/policy';
import { createClock } from '../../src/clock.ts';
import { fixedTime, type FixedTime } from '../fixed-time.ts';
import { Rig, until } from '../rig.ts';
import type { Answer } from '../test-origin.ts';
import { Wire } from './wire.ts';

/** Of a history some 30 requests are asked of two edges: 2,000 take four minutes. */
const RUNS = Number(process.env['POPLET_LANE_RUNS'] ?? 60);
const START = '2030-05-05T05:05:05Z';

/** What the origin says of each path; it is another response after each `version` step. */
const pages = fc.record({
  status: fc.constantFrom(200, 200, 200, 200, 203, 404, 301, 204),
  cacheControl: fc.constantFrom(
    'max-age=60',
    'max-age=60',
    'max-age=60',
    'max-age=60',
    'max-age=60',
    'max-age=3',
    'max-age=600, immutable',
    's-maxage=10',
    'max-age=2, stale-while-revalidate=30',
    'max-age=2, stale-if-error=60',
    'no-cache',
    'no-store',
    'private, max-age=60',
    'public',
    'max-age=60, no-transform',
    undefined,
  ),
  vary: fc.constantFrom(
    undefined,
    undefined,
    'Accept-Encoding',
    'Accept-Language',
    'X-Kind, Accept',
    'Cookie',
    '*',
  ),
  etag: fc.constantFrom(undefined, 'strong', 'weak'),
  isDated: fc.boolean(),
  type: fc.constantFrom('text/html; charset=utf-8', 'image/png', undefined),
  bytes: fc.constantFrom(0, 1, 700, 5000, 40_000, 300_000),
  isChunked: fc.boolean(),
  hasTrailers: fc.constantFrom(false, false, false, false, false, false, true),
  more: fc.subarray([
    ['Cache-Tag', 'one'],
    ['Set-Cookie', 'a=b'],
    ['No-Vary-Search', 'params=("utm")'],
    ['Content-Language', 'en'],
    ['CDN-Cache-Control', 'max-age=30'],
    ['Age', '5'],
    ['X-Odd', 'caf\xe9'],
    ['Cache-Status', 'origin; hit'],
    ['Content-Disposition', 'attachment; filename="\xe9.txt"'],
    ['Link', '</a.css>; rel=preload'],
  ]),
});

type Page = typeof pages extends fc.Arbitrary<infer Value> ? Value : never;

const lines = fc.subarray(
  [
    'Accept: text/html,*/*;q=0.8',
    'Accept: text/event-stream',
    'Accept-Encoding: gzip, br',
    'Accept-Encoding: identity;q=0, br',
    'Accept-Language: en',
    'accept-language:de , en;q=0.5',
    'X-Kind: a',
    'X-Kind:   b  ',
    'Cookie: session=1',
    'Authorization: Basic YTpi',
    'Range: bytes=0-99',
    'Range: bytes=2-3,10-20',
    'Range: bytes=-5',
    'Range: bytes=900000-',
    'If-Range: "v0"',
    'If-None-Match: "v0"',
    'If-None-Match: W/"v0", "other"',
    'If-None-Match: *',
    'If-Modified-Since: Sun, 05 May 2030 05:00:00 GMT',
    'If-Match: "v0"',
    'Cache-Control: no-cache',
    'Cache-Control: max-age=1',
    'Cache-Control: min-fresh=2',
    'Cache-Control: max-stale',
    'Cache-Control: only-if-cached',
    'Cache-Control: no-store',
    'Cache-Control: no-transform',
    'Cache-Control: max-age=0',
    'Pragma: no-cache',
    'Connection: keep-alive',
    'Connection: Keep-Alive',
    'Connection: X-Kind',
    'Connection: close',
    'Keep-Alive: timeout=5',
    'TE: trailers',
    'Expect: 100-continue',
    'Expect: more',
    'Upgrade: websocket',
    'Max-Forwards: 0',
    'CDN-Loop: poplet;id=twin.0',
    'Via: 1.1 elsewhere',
    'X-HTTP-Method-Override: DELETE',
    'Content-Length: 0',
    'Transfer-Encoding: chunked\r\n\r\n0',
    'X-Obsolete: folded\r\n more',
    'Host: www.example.test',
    'Bad Name: x',
    'X-Latin: \xe9',
  ],
  { maxLength: 4 },
);

const TARGETS = ['/a', '/a', '/b', '/c?utm=1', '/c?utm=2', '/c', '/d?x=%20|[y]', '/e#f'];

const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST'),
  target: fc.constantFrom(...TARGETS),
  host: fc.constantFrom('www.example.test', 'www.example.test', 'WWW.example.test:80', 'b@d'),
  lines,
});

/** Fields that most requests of a history have in common, as those of a browser do. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), request }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('load' as const),
        targets: fc.array(fc.constantFrom(...TARGETS.slice(0, 6)), { minLength: 1, maxLength: 4 }),
        lines: fc.subarray(['Accept-Encoding: gzip', 'Accept-Language: en', 'Cookie: session=1']),
        times: fc.integer({ min: 1, max: 4 }),
        isPipelined: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 400, 999, 1000, 2500, 40_000),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'version' as const,
          'purge tag' as const,
          'purge all' as const,
          'purge softly' as const,
          'deployment' as const,
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('bypass' as const, 'failure' as const) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('new connection' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('all is well' as const) }),
    },
  ),
  { minLength: 6, maxLength: 24 },
);

const AS_IT_IS: Policy = { ...rfc9111, coding: { ...rfc9111.coding, isOn: false } };

const histories = fc.record({
  pages: fc.array(pages, { minLength: 5, maxLength: 5 }),
  policy: fc.constantFrom<Policy>(
    AS_IT_IS,
    AS_IT_IS,
    { ...AS_IT_IS, key: { ...rfc9111.key, deployment: true } },
    {
      ...AS_IT_IS,
      validation: { ...rfc9111.validation, ignoredRequestDirectives: REQUEST_DIRECTIVES },
    },
    {
      ...rfc9111,
      coding: { ...rfc9111.coding, isOn: true, minBytes: 500 },
      downstream: { ...rfc9111.downstream, strip: ['x-odd', 'date'] },
    },
  ),
  steps,
});

type History = typeof histories extends fc.Arbitrary<infer Value> ? Value : never;
type Step = History['steps'][number];

/** An edge, its origin and its client, which are told the same as another. */
class Twin {
  readonly time: FixedTime = fixedTime(START);
  readonly #pages: readonly Page[];
  version = 0;
  isFailing = false;
  rig!: Rig;
  wire!: Wire;
  /** When a coding is ready that is made in the background, nobody can say: not within requests sent at once. */
  #mayPipeline = true;

  constructor(given: readonly Page[]) {
    this.#pages = given;
  }

  async open(policy: Policy, fastLane: boolean): Promise<this> {
    this.#mayPipeline = !policy.coding.isOn;
    const clock = createClock(this.time);
    this.rig = await Rig.open(this.#answer, { site: { policy }, clock, id: 'twin', fastLane });
    this.wire = await Wire.open(this.rig.url);
    return this;
  }

  readonly #answer: Answer = (asked, response) => {
    if (this.isFailing) {
      response.socket?.destroy();
      return;
    }
    const page = this.#pages[pageOf(asked)] as Page;
    const { status, fields, body } = this.#responseOf(page, asked);
    response.sendDate = page.isDated;
    response.writeHead(status, fields);
    if (page.hasTrailers && response.chunkedEncoding) response.addTrailers([['X-Sum', '1']]);
    response.end(body);
  };

  #responseOf(
    page: Page,
    asked: IncomingMessage,
  ): { readonly status: number; readonly fields: string[]; readonly body: Buffer } {
    const tag = page.etag === 'weak' ? `W/"v${this.version}"` : `"v${this.version}"`;
    const fields = page.more.flat();
    if (page.isDated) fields.push('Date', new Date(this.time.nowMs).toUTCString());
    if (page.cacheControl !== undefined) fields.push('Cache-Control', page.cacheControl);
    if (page.vary !== undefined) fields.push('Vary', page.vary);
    if (page.etag !== undefined) fields.push('ETag', tag);
    else fields.push('Last-Modified', 'Sun, 05 May 2030 04:00:00 GMT');
    if (page.etag !== undefined && asked.headers['if-none-match']?.includes(tag) === true)
      return { status: 304, fields, body: Buffer.alloc(0) };
    if (page.type !== undefined) fields.push('Content-Type', page.type);
    if (page.status === 301) fields.push('Location', '/b');
    const bytes = page.status === 204 ? 0 : page.bytes;
    const body = Buffer.alloc(bytes, `${asked.url} ${this.version} `);
    const hasTrailers = page.hasTrailers && asked.method === 'GET' && page.status !== 204;
    if (hasTrailers) fields.push('Trailer', 'X-Sum');
    if (!page.isChunked && !hasTrailers && page.status !== 204)
      fields.push('Content-Length', String(bytes));
    return { status: page.status, fields, body };
  }

  /** What came back, and what the journal says of it. */
  async tell(step: Step): Promise<unknown> {
    const { rig } = this;
    switch (step.kind) {
      case 'ask':
        return this.#ask([step.request]);
      case 'load': {
        const asked = step.targets.map((target) => ({
          method: 'GET',
          target,
          host: 'www.example.test',
          lines: step.lines,
        }));
        const all = Array.from({ length: step.times }, () => asked).flat();
        // Of equivalent queries that are fetched at once, the last to be answered is the one that is stored.
        const together = all.filter(({ target }) => !target.includes('?'));
        if (step.isPipelined && this.#mayPipeline && together.length > 0)
          return this.#ask(together);
        const seen: unknown[] = [];
        for (const one of all) seen.push(await this.#ask([one]));
        return seen;
      }
      case 'wait':
        this.time.nowMs += step.ms;
        return null;
      case 'version':
        this.version += 1;
        return null;
      case 'purge tag':
        return rig.edge.purge([
          { siteId: undefined, selector: { kind: 'tag', tag: 'one' }, soft: false },
        ]);
      case 'purge all':
        return rig.edge.purge([
          { siteId: undefined, selector: { kind: 'everything' }, soft: false },
        ]);
      case 'purge softly':
        return rig.edge.purge([
          { siteId: undefined, selector: { kind: 'everything' }, soft: true },
        ]);
      case 'bypass':
        rig.edge.bypass = !rig.edge.bypass;
        return null;
      case 'failure':
        this.isFailing = !this.isFailing;
        return null;
      case 'all is well':
        rig.edge.bypass = false;
        this.isFailing = false;
        return null;
      case 'deployment':
        rig.edge.deploy();
        return null;
      case 'new connection':
        this.wire.socket.destroy();
        this.wire = await Wire.open(rig.url);
        return null;
      default:
        return step satisfies never;
    }
  }

  async #ask(requests: readonly Asked[]): Promise<unknown> {
    const { rig } = this;
    const from = rig.edge.journal.newestId;
    if (this.wire.isClosed || this.wire.socket.destroyed) this.wire = await Wire.open(rig.url);
    const text = requests.map(bytesOf).join('');
    const methods = requests.map(({ method }) => method);
    const heard = await this.wire.say(text, methods);
    // Whoever is told of a last answer hears no more; and what was no request may be more than one.
    if (/^connection: close/im.test(heard)) await this.wire.closed();
    await until(() => rig.edge.journal.newestId > from, 'the journal knows of it');
    await rig.edge.tasks.idle();
    const records = rig.edge.journal
      .latest(Infinity)
      .filter(({ id }) => id > from)
      .map((record) => JSON.stringify({ ...record, id: 0, durationMs: 0 }))
      .map((record) => record.replaceAll(/127\.0\.0\.1:\d+/g, 'upstream'))
      .map((record) =>
        record.includes('"coded-on-the-way"')
          ? record.replace(/"bodyBytes":\d+/, '"bodyBytes":"as it came"')
          : record,
      );
    return { heard: comparable(heard, methods), records: records.toSorted() };
  }

  async close(): Promise<void> {
    this.wire.socket.destroy();
    await this.rig.close();
  }
}

type Asked = { readonly [Name in 'method' | 'target' | 'host']: string } & {
  readonly lines: readonly string[];
};

function bytesOf({ method, target, host, lines: own }: Asked): string {
  const content = method === 'POST' ? ['Content-Length: 2', '', 'ab'] : ['', ''];
  return [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...own, ...content].join('\r\n');
}

function pageOf({ url = '' }: IncomingMessage): number {
  return Math.max(0, 'abcde'.indexOf(url[1] ?? ''));
}

/**
 * Heads to the letter, and of each body its length and digest: an upstream's chunks are cut as they come. Words
 * of the edge itself are dated in real time, by node:http, and a port is any that was free.
 */
function comparable(text: string, methods: readonly string[]): unknown {
  const bytes = Buffer.from(text, 'latin1');
  const { responses, rest } = parseResponses(bytes, methods);
  let start = 0;
  const heads: unknown[] = [];
  for (const { body, rest: behind, framing, isComplete } of responses) {
    const end = bytes.indexOf('\r\n\r\n', start);
    const head = bytes
      .toString('latin1', start, end)
      .replaceAll(/^Date: (?!.* 2030 ).*$/gm, 'Date: now')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'upstream');
    const content = framing === 'chunked' ? uncoded(head, body) : body;
    const words = content.toString('latin1').replaceAll(/127\.0\.0\.1:\d+/g, 'upstream');
    const digest = createHash('sha256').update(words, 'latin1').digest('hex');
    heads.push({ head, framing, isComplete, bytes: content.length, digest });
    start = bytes.length - behind.length;
  }
  return { heads, rest: rest.toString('latin1') };
}

/** What is coded on its way has other bytes for each way in which the upstream's chunks are cut. */
function uncoded(head: string, body: Buffer): Buffer {
  const coding = /^content-encoding: (?<coding>gzip|br|zstd)$/im.exec(head)?.groups?.['coding'];
  return decoded(body, (coding ?? 'identity') as Coding);
}

describe(`the same, with the fast lane and without (${RUNS} histories)`, () => {
  let asked = 0;
  let hits = 0;
  let answered = 0;

  it(
    'is answered with the same bytes, and leaves the same journal',
    { timeout: 600_000 },
    async () => {
      const property = fc.asyncProperty(
        histories,
        async ({ pages: given, policy, steps: told }) => {
          const fast = await new Twin(given).open(policy, true);
          const slow = await new Twin(given).open(policy, false);
          try {
            for (const step of told) {
              const expected = await slow.tell(step);
              expect(await fast.tell(step)).toEqual(expected);
            }
            const { exchanges, byOutcome } = slow.rig.edge.journal.totals;
            asked += exchanges;
            hits += byOutcome.hit;
            answered += fast.rig.edge.fastLaneAnswers;
            expect(slow.rig.edge.fastLaneAnswers).toBe(0);
          } finally {
            await fast.close();
            await slow.close();
          }
        },
      );
      await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
    },
  );

  it('is answered in the lane often enough for that to mean something', () => {
    console.info(`of ${asked} requests ${hits} were hits, ${answered} of them in the fast lane`);
    expect(answered / hits).toBeGreaterThan(1 / 4);
  });
});
