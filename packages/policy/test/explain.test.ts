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
  rfc9111,
  suggest,
  type Explanation,
  type FieldLines,
  type Goal,
  type HeaderPatch,
  type PresentedRequest,
  type Scene,
  type Side,
  type SidePatch,
  type Suggestion,
} from '../src/index.ts';

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
  'not-stored-partial',
  'not-stored-conditional',
  'not-stored-too-large',
];

// ── what is drawn ──────────────────────────────────────────────────────────────────────────────

interface Drawn {
  readonly method: string;
  readonly request: FieldLines;
  readonly status: number;
  readonly response: FieldLines;
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
    line('Vary', 3, fc.constantFrom('Accept', 'X-Kind', '*', 'X-Kind, *', 'Cookie', 'a b')),
    line('Content-Encoding', 1, fc.constantFrom('gzip', 'dcb', 'gzip, dcz')),
    line('Set-Cookie', 2, fc.constant('sid=1')),
    line('Content-Length', 1, fc.constantFrom('1', '99999999')),
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
    line('If-None-Match', 1, fc.constantFrom('"v1"', '"v0"')),
  )
  .map((lines) => lines.flat());

const STATUSES =
  '200 200 200 200 200 203 204 299 301 302 307 308 400 401 403 404 404 410 412 416 429 500 503 599'
    .split(' ')
    .map(Number);

const drawn: fc.Arbitrary<Drawn> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD'),
  request: requestLines,
  status: fc.constantFrom(...STATUSES),
  response: responseLines,
});

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
    const { status, response } = this.#drawn;
    const answer = this.isBroken
      ? { status: 503, lines: ['Date', NOON], body: 'broken' }
      : { status, lines: response, body: 'x' };
    this.seen = [...this.seen, { ...request, answeredStatus: answer.status }];
    return {
      kind: 'answer',
      ...answer,
      delayMs: 0,
      cutOffAfterBytes: undefined,
      trailers: [],
      informational: [],
      purge: undefined,
      raw: undefined,
    };
  }
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
    this.#run = new PureRun({ id: 'explain' }, this.origin);
  }

  ask(atSeconds = 0): Observation {
    this.#run.moveTo(atSeconds);
    this.#steps += 1;
    const { method, request } = this.#drawn;
    const headers = pairsOf(request).filter(([name]) => name !== 'Host');
    return this.#run.exchange(this.#steps, {
      request: { method, headers },
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
    const play = new Play(after);
    play.ask();
    const second = play.ask();
    const hasCookie = new IncomingFields(second.lines).has('set-cookie');
    return second.outcome === 'hit' && second.upstream.length === 0 && !hasCookie;
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
};

function patched(found: Drawn, patches: readonly SidePatch[]): Drawn {
  const side = (on: Side): FieldLines =>
    patches
      .filter((patch) => patch.on === on)
      .reduce<FieldLines>((lines, patch) => applyHeaderPatch(lines, patch), found[on]);
  return { ...found, request: side('request'), response: side('response') };
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

function sceneOf({ method, request, status, response }: Drawn): Scene {
  return {
    request: presented({ method, request }),
    response: { kind: 'response', status, statusText: '', fields: new IncomingFields(response) },
    primaryKey: 'default http://edge.test/',
    policy: rfc9111,
    times: TIMES,
  };
}

function presented({ method, request }: Pick<Drawn, 'method' | 'request'>): PresentedRequest {
  return {
    siteId: 'default',
    method,
    scheme: 'http',
    authority: 'edge.test',
    target: '/',
    fields: new IncomingFields(request),
    hasContent: false,
    clientAddress: undefined,
  };
}

function explained(found: Drawn): Explanation {
  const { request, primaryKey, policy, response, times } = sceneOf(found);
  const nothing = { selected: [], siblings: [], inLanguage: [] };
  const edge = { bypass: false, doNotCollapse: false, refreshHeldBack: false };
  const decision = decide({ request, found: nothing, policy, edge, nowMs: times.nowMs });
  const isAsked = decision.kind === 'fetch' || decision.kind === 'pass';
  return explain({
    request,
    primaryKey,
    found: nothing,
    policy,
    edge,
    nowMs: times.nowMs,
    decision,
    exchange: isAsked ? { outcome: response, times, notes: [] } : undefined,
  });
}

describe(`suggestions (seed ${SEED})`, () => {
  test(
    'each does what it promises, needs all of its patch, and may be applied twice',
    { timeout: TIMEOUT },
    () => {
      const given = new Map<Goal, number>();
      fc.assert(
        fc.property(drawn, (found) => {
          for (const { goal, patches } of suggest(sceneOf(found)).suggestions) {
            given.set(goal, (given.get(goal) ?? 0) + 1);
            const after = patched(found, patches);
            expect([goal, patches, KEEPS[goal](after, found)]).toEqual([goal, patches, true]);
            expect(patched(after, patches)).toEqual(after);
            for (const fewer of withOneLess(patches)) {
              const isKept = KEEPS[goal](patched(found, fewer), found);
              expect([goal, patches, fewer, isKept]).toEqual([goal, patches, fewer, false]);
            }
          }
        }),
        RUNS,
      );
      console.log(
        `suggestions: seed ${SEED}, ${RUNS.numRuns} exchanges`,
        JSON.stringify(Object.fromEntries(given)),
      );
      expect([...given.keys()].toSorted()).toEqual(Object.keys(KEEPS).toSorted());
    },
  );

  test(
    'what is not cached has a suggestion, or a reason that no header can change',
    { timeout: TIMEOUT },
    () => {
      fc.assert(
        fc.property(drawn, (found) => {
          expect(wayOut(found)).toBeOneOf(expectedWays(found));
        }),
        RUNS,
      );
    },
  );

  test('unknown directives stay, in their order', { timeout: TIMEOUT }, () => {
    fc.assert(
      fc.property(drawn, (found) => {
        expect(suggest(sceneOf(found)).suggestions.flatMap((one) => lost(found, one))).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** What `suggest` has to say of how to have it cached: `none needed`, `suggested`, or the obstacle's code. */
function wayOut(found: Drawn): string | undefined {
  const { suggestions, obstacle } = suggest(sceneOf(found));
  const hasWay = suggestions.some(({ goal }) => goal === 'cached');
  if (obstacle !== null) return hasWay ? `suggested, and yet ${obstacle.code}` : obstacle.code;
  return hasWay ? 'suggested' : 'none needed';
}

function expectedWays(found: Drawn): readonly string[] {
  if (KEEPS.cached(found, found)) return ['none needed'];
  // A HEAD that is passed on as it is brings no body to store.
  return [
    'suggested',
    ...NO_HEADER_HELPS,
    ...(found.method === 'HEAD' ? ['not-stored-method'] : []),
  ];
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

describe(`explanations (seed ${SEED})`, () => {
  test(
    'say of the next request, and of a stale one, what then happens',
    { timeout: TIMEOUT },
    () => {
      fc.assert(
        fc.property(drawn, (found) => {
          const { next, stored, whenStale, outcome, steps } = explained(found);
          const play = new Play(found);
          const first = play.ask();
          expect(outcome).toBe(first.outcome);
          expect(steps.map(({ text }) => text)).toEqual(first.words);
          expect(stored !== null).toBe(first.stored);
          if (next === null) throw new Error('the origin was asked');
          const second = play.ask();
          expect(next.isHit).toBe(second.outcome === 'hit');
          if (whenStale === null || first.outcome !== 'miss') return;
          const later = whenStale.inSeconds === 0 ? 0 : whenStale.inSeconds + 1;
          const third = new Play(found);
          third.ask();
          third.origin.isBroken = true;
          const broken = third.ask(later);
          expect(whenStale.onError.isServed).toBe(['stale', 'updating'].includes(broken.outcome));
          expect(whenStale.request === 'served-and-refreshed').toBe(broken.outcome === 'updating');
        }),
        RUNS,
      );
    },
  );
});
