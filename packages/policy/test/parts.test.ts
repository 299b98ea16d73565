/**
 * Bytes of one version only. Clients ask for ranges and for the whole of a resource that changes now
 * and then, from an origin that answers in full, in part, with more or less than it was asked for, or
 * breaks off. Whatever the history, each answer is bytes of one version, at the place that it says.
 */
import { PureRun } from '@poplet/conformance';
import type {
  Observation,
  OriginRequest,
  PlannedAnswer,
  PureOrigin,
  UpstreamObservation,
} from '@poplet/conformance';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseContentRange, parseRange, resolveRanges } from '../src/fields/range.ts';
import { IncomingFields, formatHttpDate } from '../src/index.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 2000), seed: SEED };

type Tag = 'strong' | 'weak' | 'none';

interface Ask {
  readonly kind: 'ask';
  readonly after: number;
  readonly method: 'GET' | 'HEAD';
  readonly range: string | undefined;
  readonly ifRange: 'current' | 'old' | undefined;
  readonly ifMatch: boolean;
  /** Whether the resource is another one by now. */
  readonly changed: boolean;
  readonly tag: Tag;
  readonly cacheControl: string;
  /** How the origin answers the first and the second question. */
  readonly manners: readonly [Manner, Manner];
}

/** `more`, `less`: other bytes than were asked for; `lying`: a part though If-Range says otherwise. */
type Manner = 'well' | 'whole' | 'more' | 'less' | 'lying' | 'cut-off' | 'unasked-part' | 'fault';

interface Purge {
  readonly kind: 'purge';
  readonly soft: boolean;
}

type Step = Ask | Purge;

const position = fc.nat(23);
const anyRange = fc.oneof(
  fc.constant(undefined),
  fc.tuple(position, position).map(([a, b]) => `bytes=${Math.min(a, b)}-${Math.max(a, b)}`),
  position.map((first) => `bytes=${first}-`),
  position.map((length) => `bytes=-${length}`),
  fc.tuple(position, position).map(([a, b]) => `bytes=${a}-${a + 1},${b}-${b + 2}`),
);
const anyManner = fc.constantFrom<Manner>(
  ...(['well', 'well', 'well', 'well', 'well', 'whole', 'more', 'less', 'lying'] as const),
  ...(['cut-off', 'cut-off', 'unasked-part', 'fault'] as const),
);
const ask: fc.Arbitrary<Ask> = fc.record({
  kind: fc.constant('ask'),
  after: fc.constantFrom(0, 0, 1, 30, 61),
  method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD'),
  range: anyRange,
  ifRange: fc.constantFrom(undefined, undefined, undefined, 'current', 'old'),
  ifMatch: fc.nat(6).map((drawn) => drawn === 0),
  changed: fc.nat(4).map((drawn) => drawn === 0),
  tag: fc.constantFrom<Tag>('strong', 'strong', 'strong', 'strong', 'weak', 'none'),
  cacheControl: fc.constantFrom('max-age=60', 'max-age=60', 'max-age=60', 'no-cache', 'no-store'),
  manners: fc.tuple(anyManner, anyManner),
});
const purge: fc.Arbitrary<Purge> = fc.record({ kind: fc.constant('purge'), soft: fc.boolean() });
const story = fc.array(fc.oneof({ arbitrary: ask, weight: 8 }, { arbitrary: purge, weight: 1 }), {
  minLength: 2,
  maxLength: 12,
});

/** Twenty bytes, one more in every fourth version: which version a letter belongs to, and where it stands, is plain to see. */
function bodyOfVersion(version: number): string {
  const length = version % 4 === 0 ? 21 : 20;
  let text = '';
  for (let index = 0; index < length; index++)
    text += String.fromCharCode(0x30 + ((version * 29 + index) % 79));
  return text;
}

class ChangingOrigin implements PureOrigin {
  version = 1;
  #ask: Ask | undefined;
  #seen: UpstreamObservation[] = [];

  now(current: Ask): void {
    this.#ask = current;
    if (current.changed) this.version += 1;
  }

  get seen(): readonly UpstreamObservation[] {
    return this.#seen;
  }

  get refusesNext(): boolean {
    return false;
  }

  beginStep(): void {
    this.#seen = [];
  }

  get #manner(): Manner {
    return this.#ask?.manners[Math.min(this.#seen.length, 1)] ?? 'well';
  }

  ask(request: OriginRequest, nowMs: number): PlannedAnswer {
    const planned = this.#answer(request, nowMs);
    const answeredStatus = planned.kind === 'fault' ? null : planned.status;
    this.#seen.push({ ...request, answeredStatus });
    return planned;
  }

  #answer(request: OriginRequest, nowMs: number): PlannedAnswer {
    const manner = this.#manner;
    if (manner === 'fault') return { kind: 'fault', fault: 'reset' };
    const fields = new IncomingFields(request.lines);
    const { tag = 'none', cacheControl = 'no-store' } = this.#ask ?? {};
    const strong = `"v${this.version}"`;
    const lines = ['Date', formatHttpDate(nowMs), 'Cache-Control', cacheControl];
    if (tag !== 'none') lines.push('ETag', tag === 'weak' ? `W/${strong}` : strong);
    const body = bodyOfVersion(this.version);
    const say = (status: number, text: string, more: readonly string[] = []): PlannedAnswer => ({
      kind: 'answer',
      status,
      lines: [...lines, ...more, 'Content-Length', String(text.length)],
      body: request.method === 'HEAD' ? '' : text,
      delayMs: 0,
      cutOffAfterBytes: manner === 'cut-off' ? Math.floor(text.length / 2) : undefined,
      trailers: [],
      informational: [],
      purge: undefined,
      raw: undefined,
    });
    const noneMatch = fields.get('if-none-match');
    if (noneMatch?.includes(strong) === true) return say(304, '');
    const asked = fields.get('range');
    const span = this.#spanFor(asked, body.length, manner);
    const ifRange = fields.get('if-range');
    const isRefused = ifRange !== undefined && ifRange !== strong && manner !== 'lying';
    if (span === undefined || manner === 'whole' || isRefused) return say(200, body);
    const [first, end] = span;
    const contentRange = `bytes ${first}-${end - 1}/${body.length}`;
    return say(206, body.slice(first, end), ['Content-Range', contentRange]);
  }

  #spanFor(
    asked: string | undefined,
    length: number,
    manner: Manner,
  ): readonly [number, number] | undefined {
    const text = asked ?? (manner === 'unasked-part' ? 'bytes=3-12' : '');
    const [only, ...rest] = resolveRanges(parseRange(text)?.ranges ?? [], length);
    if (only === undefined || rest.length > 0) return undefined;
    const { startByte, endByte } = only;
    if (manner === 'more') return [Math.max(0, startByte - 2), Math.min(length, endByte + 2)];
    if (manner === 'less' && endByte - startByte > 1) return [startByte, endByte - 1];
    return [startByte, endByte];
  }
}

/** Which versions the bytes may be of; a message where they are of none. */
function versionsOf(seen: Observation, latest: number): readonly number[] | string {
  const fields = new IncomingFields(seen.lines);
  const contentType = fields.get('content-type') ?? '';
  const contentRange = fields.get('content-range');
  const pieces =
    seen.status === 200
      ? [{ range: null, text: seen.body }]
      : contentType.startsWith('multipart/byteranges')
        ? piecesOf(seen.body, contentType)
        : [{ range: parseContentRange(contentRange ?? ''), text: seen.body }];
  const fitting: number[] = [];
  for (let version = 1; version <= latest; version++) {
    const body = bodyOfVersion(version);
    const fits = pieces.every(({ range: place, text }) =>
      place === null
        ? seen.status === 200 && text === body
        : place.completeBytes === body.length &&
          text === body.slice(place.startByte, place.endByte),
    );
    if (fits) fitting.push(version);
  }
  return fitting.length > 0 ? fitting : `bytes of no version: ${JSON.stringify(seen.body)}`;
}

function piecesOf(
  body: string,
  contentType: string,
): { range: ReturnType<typeof parseContentRange>; text: string }[] {
  const boundary = /boundary=(\S+)/u.exec(contentType)?.[1] ?? '';
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((piece) => {
      const [head = '', text = ''] = piece.split('\r\n\r\n');
      const range = /Content-Range: (.*)/u.exec(head)?.[1]?.trim() ?? '';
      return { range: parseContentRange(range), text: text.replace(/\r\n$/u, '') };
    });
}

describe('parts of a body', () => {
  test(`never mix, and are what they say (seed ${SEED})`, { timeout: 120_000 }, () => {
    const reached = { joined: 0, fromPart: 0, unfit: 0, cutOffStored: 0 };
    fc.assert(
      fc.property(story, (steps: readonly Step[]) => {
        const origin = new ChangingOrigin();
        const run = new PureRun({ id: 'parts' }, { origin });
        let at = 0;
        for (const [index, step] of steps.entries()) {
          if (step.kind === 'purge') {
            run.purge({ path: '/', ...(step.soft ? { soft: true as const } : {}) });
            continue;
          }
          at += step.after;
          run.moveTo(at);
          const before = origin.version;
          origin.now(step);
          const seen = run.exchange(index + 1, {
            request: { method: step.method, headers: headersOf(step, before) },
            expect: { from: 'origin' },
          });
          if (seen.reasons.includes('part-joined')) reached.joined += 1;
          if (seen.reasons.includes('part-unfit')) reached.unfit += 1;
          if (seen.reasons.includes('client-range') && seen.upstream.length === 0)
            reached.fromPart += 1;
          if (seen.cutOff) reached.cutOffStored += 1;
          if (step.method === 'HEAD' || seen.cutOff) continue;
          if (seen.status !== 200 && seen.status !== 206) continue;
          const versions = versionsOf(seen, origin.version);
          if (typeof versions === 'string') throw new Error(`step ${index + 1}: ${versions}`);
          const etag = /"v(\d+)"/u.exec(new IncomingFields(seen.lines).get('etag') ?? '')?.[1];
          if (etag !== undefined && !versions.includes(Number(etag)))
            throw new Error(`step ${index + 1}: not the bytes of version ${etag}`);
          // RFC 9110 §14.2: a part only for who asked for one; what the origin sends unasked is its own affair.
          const isUnasked = seen.status === 206 && step.range === undefined;
          if (isUnasked && seen.upstream.at(-1)?.answeredStatus !== 206)
            throw new Error(`step ${index + 1}: a part, though the whole was asked for`);
        }
      }),
      RUNS,
    );
    // Nothing is proved by what never happens.
    const seldom = Object.entries(reached).filter(([, times]) => times < 0.01 * RUNS.numRuns);
    expect(seldom).toEqual([]);
  });
});

function headersOf({ range: asked, ifRange, ifMatch }: Ask, before: number): [string, string][] {
  const headers: [string, string][] = [];
  if (asked !== undefined) headers.push(['Range', asked]);
  if (ifRange !== undefined)
    headers.push(['If-Range', `"v${ifRange === 'current' ? before : before - 1}"`]);
  if (ifMatch) headers.push(['If-Match', '*']);
  return headers;
}
