/**
 * `explain` and its suggestions, held to what really happens: every suggestion is applied, and the
 * exchange played through `PureRun`, which has a store, a pipeline and an origin of its own.
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

import {
  IncomingFields,
  applyHeaderPatch,
  decide,
  explain,
  isAsking,
  reasonView,
  rfc9111,
  settle,
  suggest,
  type ExplainedExchange,
  type Explanation,
  type FieldLines,
  type Goal,
  type HeaderPatch,
  type PresentedRequest,
  type Side,
  type SidePatch,
  type Suggestion,
} from '../src/index.ts';
import { presented } from './presented.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 1000), seed: SEED };
const TIMEOUT = 20_000 + RUNS.numRuns * 20;

/** What `PureRun` begins with: Sun, 22 Nov 2026 12:00:00 GMT and a quarter of a second. */
const START_AT_MS = 1_795_348_800_250;
const TIMES = {
  requestAtMs: START_AT_MS,
  responseAtMs: START_AT_MS + 3,
  nowMs: START_AT_MS,
  seq: 0,
};
const NOON = 'Sun, 22 Nov 2026 12:00:00 GMT';

/** Reasons that no header of request or response can change: known here, not asked of the code. */
const NO_HEADER_HELPS = [
  'not-stored-forbidden-status',
  // A part that cannot be kept as such, and one that lacks what was asked for.
  'not-stored-partial',
  'stored-in-part',
  'not-stored-conditional',
  'not-stored-too-large',
];

// ── what is drawn ──────────────────────────────────────────────────────────────────────────────

interface Drawn {
  readonly method: string;
  readonly target: string;
  readonly request: FieldLines;
  readonly status: number;
  readonly response: FieldLines;
  /** Whether the origin has a large file, and answers a Range with a part of it. */
  readonly isLargeFile: boolean;
}

const directive = fc.constantFrom(
  'max-age=60',
  'max-age=60',
  'max-age=0',
  's-maxage=30',
  's-maxage=0',
  'no-store',
  'no-cache',
  'private',
  'public',
  'must-revalidate',
  'proxy-revalidate',
  'must-understand',
  'immutable',
  'no-transform',
  'stale-while-revalidate=30',
  'stale-if-error=30',
  'private="set-cookie"',
  'no-cache="x-user"',
  'x-tier="a, no-store"',
  'X-Unknown',
  'MAX-AGE=5',
  'max-age=60; no-store',
  'max-age=soon',
  's-maxage=-1',
  'max-age=31536000',
  '"quoted',
  'x="never closed',
);

const targetedDirective = fc.constantFrom(
  'max-age=60',
  'max-age=60',
  'max-age=0',
  'max-age="60"',
  's-maxage=30',
  'no-store',
  'no-cache',
  'private',
  'must-revalidate',
  'stale-while-revalidate=30',
  'x-tier=(1 2);q=3',
  'Malformed',
);

const list = (one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(one, { minLength: 1, maxLength: 4 }).map((found) => found.join(', '));

/** A field line, so many times in ten. */
function line(name: string, tenths: number, value: fc.Arbitrary<string>): fc.Arbitrary<FieldLines> {
  return fc.oneof(
    { weight: tenths, arbitrary: value.map((text) => [name, text]) },
    { weight: 10 - tenths, arbitrary: fc.constant([]) },
  );
}

const responseLines = fc
  .tuple(
    line(
      'Date',
      8,
      fc.constantFrom(
        NOON,
        NOON,
        NOON,
        'Sun, 22 Nov 2026 11:50:00 GMT',
        'Thu, 01 Jan 1970 00:00:00 GMT',
      ),
    ),
    line('Cache-Control', 7, list(directive)),
    line('cache-control', 1, list(directive)),
    line('CDN-Cache-Control', 2, list(targetedDirective)),
    line('Expires', 2, fc.constantFrom('0', NOON, 'Sun, 22 Nov 2026 13:00:00 GMT')),
    line('Age', 2, fc.constantFrom('0', '30', '400', '99999999', 'old')),
    line('ETag', 5, fc.constantFrom('"v1"', 'W/"v1"', 'v1')),
    line('Last-Modified', 4, fc.constantFrom('Sun, 22 Nov 2026 10:00:00 GMT', NOON)),
    line('Content-Encoding', 1, fc.constantFrom('gzip', 'dcb', 'gzip, dcz')),
    line(
      'Vary',
      4,
      fc.constantFrom(
        'Accept',
        'X-Kind',
        '*',
        'X-Kind, *',
        'Cookie',
        'a b',
        'User-Agent',
        'Accept, user-agent, Referer',
      ),
    ),
    line('Set-Cookie', 2, fc.constant('sid=1')),
    line('Content-Length', 1, fc.constantFrom('1', '99999999')),
    line(
      'No-Vary-Search',
      2,
      fc.constantFrom(
        'key-order',
        'params',
        'params=("id")',
        'key-order, params=("a b" "%C3%BC")',
        'params, except=("id" "gclid")',
        'params, except=("gclid")',
        'params=(utm_source)',
      ),
    ),
    line('Content-Location', 1, fc.constantFrom('/', '/other', 'http://edge.test/?id=1')),
  )
  .map((lines) => lines.flat());

const requestLines = fc
  .tuple(
    line('Host', 10, fc.constant('edge.test')),
    line(
      'Cache-Control',
      2,
      list(
        fc.constantFrom(
          'no-store',
          'no-cache',
          'max-age=0',
          'max-age=10',
          'min-fresh=10',
          'min-fresh=999999',
          'max-stale',
          'x-unknown=1',
          'only-if-cached',
        ),
      ),
    ),
    line('Pragma', 1, fc.constant('no-cache')),
    line('Cookie', 2, fc.constant('sid=2')),
    line('Authorization', 2, fc.constant('Basic YTpi')),
    line('X-Kind', 3, fc.constantFrom('a', 'b')),
    line('Accept', 1, fc.constantFrom('text/html', 'text/event-stream')),
    line('User-Agent', 2, fc.constant('test')),
    line('If-None-Match', 1, fc.constantFrom('"v1"', '"v0"')),
    line('Range', 2, fc.constantFrom('bytes=0-0', 'bytes=2-5', 'bytes=-1', 'bytes=0-0,2-3', 'x=1')),
    line('If-Range', 1, fc.constantFrom('"v1"', '"v0"')),
  )
  .map((lines) => lines.flat());

/** Parts: of one byte and of ten, all of them and some, in and out of the ranges above, unknown and unreadable. */
const contentRange = line(
  'Content-Range',
  9,
  fc.constantFrom(
    'bytes 0-0/1',
    'bytes 0-0/10',
    'bytes 2-5/10',
    'bytes 0-8/10',
    'bytes 9-9/10',
    'bytes 0-9/10',
    'bytes 0-0/*',
    'bytes 5-1/10',
  ),
);

const STATUSES =
  '200 200 200 200 200 200 206 206 203 204 299 301 302 307 308 400 401 403 404 404 410 412 416 429 500 503 599'
    .split(' ')
    .map(Number);

const exchanges: fc.Arbitrary<Drawn> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PATCH'),
    target: fc.constantFrom('/', '/', '/?id=1', '/?utm_source=a', '/?id=1&gclid=b&utm_medium=c&a'),
    request: requestLines,
    status: fc.constantFrom(...STATUSES),
    response: responseLines,
    isLargeFile: fc.constant(false),
  })
  .chain((found) =>
    found.status === 206
      ? contentRange.map((lines) => ({ ...found, response: [...found.response, ...lines] }))
      : fc.constant(found),
  );

const largeFiles: fc.Arbitrary<Drawn> = fc
  .tuple(exchanges, fc.constantFrom('bytes=0-0', 'bytes=2-5', 'bytes=-1', 'bytes=0-0,2-3'))
  .map(([found, range]) => ({
    ...found,
    method: 'GET',
    request: [...without(without(found.request, 'If-None-Match'), 'Range'), 'Range', range],
    status: 200,
    response: [
      ...without(without(found.response, 'Content-Length'), 'Content-Range'),
      'Content-Length',
      String(LARGE_BYTES),
    ],
    isLargeFile: true,
  }));

const drawn: fc.Arbitrary<Drawn> = fc.oneof(
  { weight: 19, arbitrary: exchanges },
  { weight: 1, arbitrary: largeFiles },
);

/** More than is stored. */
const LARGE_BYTES = 99_999_999;

function without(lines: FieldLines, name: string): FieldLines {
  return pairsOf(lines)
    .filter(([one]) => one !== name)
    .flat();
}

// ── what is played ─────────────────────────────────────────────────────────────────────────────

/** An origin with one answer to everything, that can be told to fail. */
class OneAnswer implements PureOrigin {
  readonly #drawn: Drawn;
  isBroken = false;
  refusesNext = false;
  seen: readonly UpstreamObservation[] = [];

  constructor(found: Drawn) {
    this.#drawn = found;
  }

  beginStep(): void {
    this.seen = [];
  }

  ask(request: OriginRequest): PlannedAnswer {
    const answer = this.isBroken
      ? { status: 503, lines: ['Date', NOON], body: 'broken' }
      : answerTo(this.#drawn, request.lines);
    this.seen = [...this.seen, { ...request, answeredStatus: answer.status }];
    const isGzip = new IncomingFields(answer.lines).get('content-encoding') === 'gzip';
    return {
      kind: 'answer',
      ...answer,
      ...(isGzip && answer.status !== 206 ? { coding: 'gzip' } : {}),
      delayMs: 0,
      cutOffAfterBytes: undefined,
      trailers: [],
      informational: [],
      purge: undefined,
      raw: undefined,
    };
  }
}

interface Answer {
  readonly status: number;
  readonly lines: FieldLines;
  readonly body: string;
}

/** The drawn response; of a large file, what a file server answers. */
function answerTo({ status, response, isLargeFile }: Drawn, asked: FieldLines): Answer {
  const [request, fields] = [new IncomingFields(asked), new IncomingFields(response)];
  const ifRange = request.get('if-range') ?? fields.get('etag');
  const wanted = /^bytes=(?<first>\d*)-(?<last>\d+)$/u.exec(request.get('range') ?? '')?.groups;
  if (isLargeFile && isConfirmed(request, fields))
    return { status: 304, lines: response, body: '' };
  if (!isLargeFile || wanted === undefined || ifRange !== fields.get('etag')) {
    return { status, lines: response, body: 'x'.repeat(partBytes(fields)) };
  }
  const isSuffix = wanted['first'] === '';
  const last = isSuffix ? LARGE_BYTES - 1 : Number(wanted['last']);
  const first = isSuffix ? LARGE_BYTES - Number(wanted['last']) : Number(wanted['first']);
  const bytes = last - first + 1;
  const lines = [
    ...without(response, 'Content-Length'),
    'Content-Length',
    String(bytes),
    'Content-Range',
    `bytes ${first}-${last}/${LARGE_BYTES}`,
  ];
  return { status: 206, lines, body: 'x'.repeat(bytes) };
}

/** Whether what the edge has is what there is. */
function isConfirmed(request: IncomingFields, fields: IncomingFields): boolean {
  const [tag, date] = [request.get('if-none-match'), request.get('if-modified-since')];
  if (tag !== undefined) return tag === fields.get('etag');
  return date !== undefined && date === fields.get('last-modified');
}

/** As many as Content-Range says, or else one. */
function partBytes(fields: IncomingFields): number {
  const range = /^bytes (?<first>\d+)-(?<last>\d+)\//u.exec(fields.get('content-range') ?? '');
  const { first = 0, last = 0 } = range?.groups ?? {};
  return Math.max(1, Number(last) - Number(first) + 1);
}

/** The same request again and again, before one cache. */
class Play {
  readonly origin: OneAnswer;
  readonly #run: PureRun;
  readonly #drawn: Drawn;
  #steps = 0;

  constructor(found: Drawn) {
    this.#drawn = found;
    this.origin = new OneAnswer(found);
    this.#run = new PureRun({ id: 'explain' }, { origin: this.origin });
  }

  ask(atSeconds = 0, other: Partial<Drawn> = {}): Observation {
    this.#run.moveTo(atSeconds);
    this.#steps += 1;
    const { method, target, request } = { ...this.#drawn, ...other };
    const headers = pairsOf(request).filter(([name]) => name !== 'Host');
    return this.#run.exchange(this.#steps, {
      request: { method, target, headers },
      expect: { from: 'origin' },
    });
  }
}

function pairsOf(lines: FieldLines): readonly (readonly [string, string])[] {
  return lines.flatMap((name, index) =>
    index % 2 === 0 ? [[name, lines[index + 1] as string] as const] : [],
  );
}

/** Freshness left, as the first answer's Cache-Status tells it. */
function ttlOf({ lines }: Observation): number {
  const member = new IncomingFields(lines).get('cache-status') ?? '';
  return Number(/;ttl=(-?\d+)/u.exec(member)?.[1] ?? 0);
}

const TEN_YEARS = 10 * 365 * 86_400;

/** Whether an exchange keeps a promise; `before` is the exchange without the patch. */
const KEEPS: Readonly<Record<Goal, (after: Drawn, before: Drawn) => boolean>> = {
  cached(after) {
    return isHitAfter(after, {});
  },
  'not-cached'(after) {
    const play = new Play(after);
    const first = play.ask();
    return !first.stored && first.upstream.length > 0 && play.ask().upstream.length > 0;
  },
  validated(after) {
    const play = new Play(after);
    const first = play.ask();
    const second = play.ask();
    const asked = new IncomingFields(second.upstream[0]?.lines ?? []);
    play.origin.refusesNext = true;
    const now = play.ask();
    const later = play.ask(TEN_YEARS);
    const isConditional = asked.has('if-none-match') || asked.has('if-modified-since');
    return (
      first.stored && isConditional && [now, later].every(({ outcome }) => outcome === 'error')
    );
  },
  'fresh-longer'(after, before) {
    const unchanged = new Play(before);
    const until = ttlOf(unchanged.ask()) + 1;
    if (unchanged.ask().outcome !== 'hit') return false;
    const play = new Play(after);
    play.ask();
    return play.ask(until).outcome === 'hit';
  },
  'fresh-shorter'(after, before) {
    const [shorter, longer] = [new Play(after), new Play(before)];
    const [first] = [shorter.ask(), longer.ask()];
    const isHit = shorter.ask().outcome === 'hit' && ttlOf(first) <= 60;
    return isHit && shorter.ask(300).outcome !== 'hit' && longer.ask(300).outcome === 'hit';
  },
  'stale-while-revalidate'(after) {
    const play = new Play(after);
    const until = ttlOf(play.ask()) + 1;
    return play.ask(until).outcome === 'updating';
  },
  'stale-on-error'(after) {
    const play = new Play(after);
    const until = ttlOf(play.ask()) + 1;
    play.origin.isBroken = true;
    return ['stale', 'updating'].includes(play.ask(until).outcome);
  },
  'fewer-variants'(after, before) {
    const vary = new IncomingFields(before.response).lines('vary').join(',').toLowerCase();
    const names = WIDE.filter((name) => vary.split(/ *, */u).includes(name.toLowerCase()));
    const others = names.flatMap((name) => [name, 'of another visitor']);
    const request = [...names.reduce(without, after.request), ...others];
    return names.length > 0 && isHitAfter(after, { request });
  },
  'fewer-urls'(after) {
    const target = TARGETS_WITHOUT_TRACKING[after.target];
    return target !== undefined && isHitAfter(after, { target });
  },
  'answers-get'(after) {
    return isHitAfter(after, { method: 'GET' });
  },
};

const WIDE = ['User-Agent', 'Cookie', 'Referer'];

/** Written out, not asked of the code. */
const TARGETS_WITHOUT_TRACKING: Readonly<Record<string, string>> = {
  '/?utm_source=a': '/',
  '/?id=1&gclid=b&utm_medium=c&a': '/?id=1&a',
};

/** Whether another request is a hit after this one, and hands out no cookie. */
function isHitAfter(found: Drawn, other: Partial<Drawn>): boolean {
  const play = new Play(found);
  play.ask();
  const { outcome, upstream, lines } = play.ask(0, other);
  const hasCookie = new IncomingFields(lines).has('set-cookie');
  return outcome === 'hit' && upstream.length === 0 && !hasCookie;
}

function patched(found: Drawn, patches: readonly SidePatch[]): Drawn {
  const side = (on: Side): FieldLines =>
    patches
      .filter((patch) => patch.on === on)
      .reduce<FieldLines>((lines, patch) => applyHeaderPatch(lines, patch), found[on]);
  return { ...found, request: side('request'), response: side('response') };
}

/** Whether a promise is kept under patches: each is played once, however often it is asked. */
function promisesOf(found: Drawn): Place['isKept'] {
  const played = new Map<string, boolean>();
  return (goal, patches) => {
    const changes = patches.filter(({ set, remove }) => set.length + remove.length > 0);
    const key = JSON.stringify([goal, changes.map(({ on, set, remove }) => [on, set, remove])]);
    const known = played.get(key) ?? KEEPS[goal](patched(found, changes), found);
    played.set(key, known);
    return known;
  };
}

/** Every way to leave one set or remove out. */
function withOneLess(patches: readonly SidePatch[]): readonly (readonly SidePatch[])[] {
  const less = (patch: SidePatch): readonly HeaderPatch[] => [
    ...patch.set.map((_, index) => ({ ...patch, set: patch.set.toSpliced(index, 1) })),
    ...patch.remove.map((_, index) => ({ ...patch, remove: patch.remove.toSpliced(index, 1) })),
  ];
  return patches.flatMap((patch, at) =>
    less(patch).map((one) => patches.with(at, { ...patch, ...one })),
  );
}

function requestOf({ method, target, request }: Drawn): PresentedRequest {
  return presented(request, { method, authority: 'edge.test', target });
}

/** As the edge explains a request: the upstream is asked for as long as `settle` wants to know more. */
function explained(found: Drawn): Explanation {
  const request = requestOf(found);
  const primaryKey = `default http://edge.test${found.target}`;
  const nothing = { selected: [], siblings: [], inLanguage: [] };
  const edge = { bypass: false, doNotCollapse: false, refreshHeldBack: false };
  const { nowMs } = TIMES;
  const shared = { request, primaryKey, policy: rfc9111 };
  let decision = decide({ ...shared, found: nothing, edge, nowMs });
  let exchange: ExplainedExchange | undefined;
  for (let resumes = 0; isAsking(decision) && resumes <= 2; resumes++) {
    const isFill = decision.kind !== 'pass' && decision.ask.kind === 'fill';
    const asked = isFill ? without(found.request, 'Range') : found.request;
    const { status, lines } = answerTo(found, asked);
    const fields = new IncomingFields(lines);
    const outcome = { kind: 'response', status, statusText: '', fields } as const;
    exchange = { outcome, times: TIMES, notes: [] };
    const { answer } = settle({ ...shared, decision, outcome, times: TIMES });
    if (answer.kind !== 'again') break;
    ({ decision } = answer);
  }
  const explanation = explain({ ...shared, found: nothing, edge, nowMs, decision, exchange });
  if (exchange !== undefined) return explanation;
  // What it did not ask for, it knows nothing of: here the response is known.
  const { status, lines } = answerTo(found, found.request);
  const fields = new IncomingFields(lines);
  const response = { kind: 'response', status, statusText: '', fields } as const;
  const { suggestions, obstacle } = suggest({ ...shared, response, times: TIMES });
  return { ...explanation, suggestions, obstacle: obstacle === null ? null : reasonView(obstacle) };
}

/** Each by itself, of one exchange and of what was said about it. */
const PROPERTIES: readonly ((place: Place) => void)[] = [
  keepPromises,
  leaveNobodyWithoutAWay,
  leaveUnknownDirectives,
  foretell,
];

interface Place {
  readonly found: Drawn;
  readonly explanation: Explanation;
  readonly isKept: (goal: Goal, patches: readonly SidePatch[]) => boolean;
  /** How often each goal was suggested. */
  readonly given: Map<Goal, number>;
}

describe(`explanations (seed ${SEED})`, () => {
  test('of random exchanges, held to what then happens', { timeout: TIMEOUT }, () => {
    const given = new Map<Goal, number>();
    fc.assert(
      fc.property(drawn, (found) => {
        const isKept = promisesOf(found);
        const place = { found, explanation: explained(found), isKept, given };
        for (const property of PROPERTIES) property(place);
      }),
      RUNS,
    );
    console.log(
      `suggestions: seed ${SEED}, ${RUNS.numRuns} exchanges`,
      JSON.stringify(Object.fromEntries(given)),
    );
    expect([...given.keys()].toSorted()).toEqual(Object.keys(KEEPS).toSorted());
  });
});

/** Each suggestion does what it promises, needs all of its patch, and may be applied twice. */
function keepPromises({ found, explanation, isKept, given }: Place): void {
  for (const { goal, patches } of explanation.suggestions) {
    given.set(goal, (given.get(goal) ?? 0) + 1);
    const after = patched(found, patches);
    expect([goal, patches, isKept(goal, patches)]).toEqual([goal, patches, true]);
    expect(patched(after, patches)).toEqual(after);
    for (const fewer of withOneLess(patches)) {
      expect([goal, patches, fewer, isKept(goal, fewer)]).toEqual([goal, patches, fewer, false]);
    }
  }
}

/** What is not cached has a suggestion, or a reason that no header can change. */
function leaveNobodyWithoutAWay({ found, explanation, isKept }: Place): void {
  const isHit = isKept('cached', []);
  expect(wayOut(explanation)).toBeOneOf(expectedWays(found, isHit));
  const goals = explanation.suggestions.map(({ goal }) => goal);
  for (const goal of missedBy(found, isHit)) {
    const way = isKept(goal, []) ? 'none needed' : goals.find((one) => one === goal);
    expect([goal, way]).toEqual([goal, expect.any(String)]);
  }
}

/** What else should be, or be suggested. */
function missedBy({ method, target, status, response }: Drawn, isHit: boolean): readonly Goal[] {
  const fields = new IncomingFields(response);
  const missed: Goal[] = [];
  const isWide = /user-agent|cookie|referer/iu.test(fields.get('vary') ?? '');
  if (isHit && isWide) missed.push('fewer-variants');
  if (isHit && target in TARGETS_WITHOUT_TRACKING) missed.push('fewer-urls');
  const isElsewhere = fields.has('content-location') || fields.get('content-length') === '99999999';
  if ((method === 'POST' || method === 'PATCH') && status === 200 && !isElsewhere) {
    missed.push('answers-get');
  }
  return missed;
}

/** What is said of how to have it cached: `none needed`, `suggested`, or the obstacle's code. */
function wayOut({ suggestions, obstacle }: Explanation): string {
  const hasWay = suggestions.some(({ goal }) => goal === 'cached');
  if (obstacle !== null) return hasWay ? `suggested, and yet ${obstacle.code}` : obstacle.code;
  return hasWay ? 'suggested' : 'none needed';
}

function expectedWays({ method }: Drawn, isHit: boolean): readonly string[] {
  if (isHit) return ['none needed'];
  if (method === 'POST' || method === 'PATCH') return ['unsafe-method'];
  // A HEAD that is passed on as it is brings no body to store.
  return ['suggested', ...NO_HEADER_HELPS, ...(method === 'HEAD' ? ['not-stored-method'] : [])];
}

/** Unknown directives stay, in their order. */
function leaveUnknownDirectives({ found, explanation }: Place): void {
  expect(explanation.suggestions.flatMap((one) => lost(found, one))).toEqual([]);
}

const EXTENSIONS = ['x-tier="a, no-store"', 'X-Unknown', 'no-transform', 'x-tier=(1 2);q=3'];

/** Directives that have nothing to do with the matter, and are gone from a field that is still there. */
function lost(found: Drawn, { patches }: Suggestion): readonly string[] {
  const before = new IncomingFields(found.response);
  const after = new IncomingFields(patched(found, patches).response);
  return ['cache-control', 'cdn-cache-control'].flatMap((name) => {
    const [old, now] = [before.get(name) ?? '', after.get(name)];
    if (now === undefined) return [];
    return EXTENSIONS.filter((one) => isReadable(old, one) && !now.includes(one));
  });
}

/** Whether the directive is one of the field, and not swallowed by a quoted string that is never closed. */
function isReadable(value: string, extension: string): boolean {
  return value.includes(extension) && !/"quoted|x="never closed|Malformed/u.test(value);
}

/** What is said of the next request, and of a stale one, is what then happens. */
function foretell({ found, explanation }: Place): void {
  const { next, stored, whenStale, outcome, steps } = explanation;
  const play = new Play(found);
  const first = play.ask();
  expect(outcome).toBe(first.outcome);
  expect(steps.map(({ text }) => text)).toEqual(first.words);
  expect(stored !== null).toBe(first.stored);
  if (next === null) throw new Error('the origin was asked');
  const second = play.ask();
  expect(next.isHit).toBe(second.outcome === 'hit');
  expect(second.words).toEqual(expect.arrayContaining(next.reasons.map(({ text }) => text)));
  if (whenStale === null || first.outcome !== 'miss') return;
  const later = whenStale.inSeconds === 0 ? 0 : whenStale.inSeconds + 1;
  const third = new Play(found);
  third.ask();
  third.origin.isBroken = true;
  const broken = third.ask(later);
  expect(whenStale.onError.isServed).toBe(['stale', 'updating'].includes(broken.outcome));
  expect(whenStale.request === 'served-and-refreshed').toBe(broken.outcome === 'updating');
}
