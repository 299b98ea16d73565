import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  IncomingFields,
  currentAgeSeconds,
  decide,
  primaryKeyOf,
  rfc9111,
  selectionOf,
  settle,
  ttlSecondsOf,
  variantKeyOf,
} from '../src/index.ts';
import type {
  Candidate,
  Decision,
  FetchDecision,
  PresentedRequest,
  RevalidateDecision,
  Settlement,
  StoredResponse,
} from '../src/index.ts';
import { updateStored } from '../src/update-stored.ts';
import { presented } from './presented.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 500), seed: SEED };

/** Sun, 22 Nov 2026 12:00:00 GMT */
const NOW_MS = 1_795_348_800_000;

const NAMES = [
  'Cache-Control',
  'CDN-Cache-Control',
  'Expires',
  'Date',
  'Age',
  'ETag',
  'Last-Modified',
  'Vary',
  'Set-Cookie',
  'Connection',
  'Content-Type',
  'X-Other',
];

const DIRECTIVES = [
  'max-age=60',
  'max-age=0',
  's-maxage=30',
  'no-cache',
  'no-cache="x-other"',
  'must-revalidate',
  'proxy-revalidate',
  'public',
  'immutable',
  'stale-while-revalidate=30',
  'stale-if-error=30',
  'only-if-cached',
  'max-stale',
  'min-fresh=10',
  'x="a, b"',
];

const directives = fc
  .array(fc.constantFrom(...DIRECTIVES), { minLength: 1, maxLength: 4 })
  .map((found) => found.join(', '));

const value = fc.oneof(
  directives,
  fc.constantFrom(
    '"v1"',
    'W/"v1"',
    'Accept, Accept-Language',
    'Sun, 22 Nov 2026 12:00:00 GMT',
    'Sun, 22 Nov 2026 11:00:00 GMT',
    '30',
    '*',
    'x-other',
  ),
  fc.string({ maxLength: 20 }).filter((text) => !/[\r\n\0]/u.test(text)),
);

/** Field lines of any kind, as flat pairs. */
const lines = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 8 })
  .map((pairs) => pairs.flat());

const FETCH: FetchDecision = {
  kind: 'fetch',
  fallback: undefined,
  others: [],
  ask: { kind: 'fill' },
  collapsible: true,
  reasons: [],
};

function settled(
  request: PresentedRequest,
  decision: FetchDecision | RevalidateDecision,
  answer: { readonly status: number; readonly lines: readonly string[] },
): Settlement {
  return settle({
    request,
    primaryKey: primaryKeyOf(request, rfc9111, ''),
    decision,
    outcome: {
      kind: 'response',
      status: answer.status,
      statusText: '',
      fields: new IncomingFields(answer.lines),
    },
    policy: rfc9111,
    times: { requestAtMs: NOW_MS, responseAtMs: NOW_MS, nowMs: NOW_MS, seq: 1 },
  });
}

/** Whatever the store would hold after this response, if it would hold it. */
function storedFrom(
  fieldLines: readonly string[],
  requestLines: readonly string[] = [],
): StoredResponse | undefined {
  const { store } = settled(presented(requestLines), FETCH, { status: 200, lines: fieldLines });
  return store.kind === 'insert' ? store.response : undefined;
}

/** A response that is certainly stored, with further fields. */
const storable = lines
  .map((more) => ['ETag', '"v1"', ...more])
  .filter((found) => storedFrom(found) !== undefined);

function decided(
  response: StoredResponse,
  requestLines: readonly string[],
  nowMs: number,
): Decision {
  return decide({
    request: presented(requestLines),
    found: { selected: [{ response, softPurgedAtMs: undefined }], siblings: [], inLanguage: [] },
    policy: rfc9111,
    edge: { bypass: false, doNotCollapse: false, refreshHeldBack: false },
    nowMs,
  });
}

/** A directive in a random case, somewhere among others, on one line or on several. */
const forbidding = fc
  .tuple(
    fc.constantFrom('no-store', 'private'),
    fc.array(fc.constantFrom(...DIRECTIVES), { maxLength: 3 }),
    fc.nat(3),
    fc.boolean(),
    fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  )
  .map(([name, others, place, isOnLineOfItsOwn, upper]) => {
    const written = name
      .split('')
      .map((letter, index) => (upper[index % 8] === true ? letter.toUpperCase() : letter))
      .join('');
    if (isOnLineOfItsOwn) return ['Cache-Control', others.join(', '), 'Cache-Control', written];
    return ['Cache-Control', others.toSpliced(place, 0, written).join(' ,\t')];
  });

describe(`properties (seed ${SEED})`, () => {
  test('a response that says no-store or private is never stored, nor shared with who waits', () => {
    fc.assert(
      fc.property(
        forbidding,
        lines,
        lines,
        fc.constantFrom(200, 203, 301, 404, 500, 599),
        (refusal, before, request, status) => {
          const others = before.filter(
            (_, index) => !/cache-control/iu.test(before[index - (index % 2)] as string),
          );
          const settlement = settled(presented(request), FETCH, {
            status,
            lines: [...others, ...refusal],
          });
          expect(settlement.store.kind).not.toBe('insert');
          expect(settlement.sharing).not.toBe('shareable');
        },
      ),
      RUNS,
    );
  });

  test('a 304 that says no-store or private leaves nothing in the store to serve', () => {
    fc.assert(
      fc.property(storable, forbidding, (before, refusal) => {
        const response = storedFrom(before) as StoredResponse;
        const candidate: Candidate = { response, softPurgedAtMs: undefined };
        const decision: RevalidateDecision = {
          kind: 'revalidate',
          candidate,
          others: [],
          offered: [candidate],
          ask: { kind: 'validate', etags: ['"v1"'], modifiedSince: null },
          collapsible: true,
          reasons: [],
        };
        fc.pre(!response.fields.has('cdn-cache-control'));
        const { store, answer } = settled(presented([]), decision, { status: 304, lines: refusal });
        expect(store).toEqual({ kind: 'remove', responses: [response] });
        expect(answer).toMatchObject({ kind: 'again', decision: { fallback: undefined } });
      }),
      RUNS,
    );
  });

  test('what may not be served stale, or not without the origin, is not', () => {
    fc.assert(
      fc.property(storable, lines, fc.nat(200), (before, request, seconds) => {
        const response = storedFrom(before) as StoredResponse;
        const { facts } = response;
        const nowMs = NOW_MS + seconds * 1000;
        const decision = decided(response, request, nowMs);
        if (decision.kind !== 'serve' && decision.kind !== 'serve-and-refresh') return;
        expect(facts.alwaysValidate).toBe(false);
        const isStale = ttlSecondsOf({ response, softPurgedAtMs: undefined }, nowMs) <= 0;
        expect(isStale ? facts.staleForbiddenBy : null).toBeNull();
      }),
      RUNS,
    );
  });

  test('decide and settle are total, and leave a reason', () => {
    fc.assert(
      fc.property(
        lines,
        lines,
        fc.constantFrom('GET', 'HEAD', 'POST', 'X'),
        fc.integer({ min: 100, max: 599 }),
        (request, answer, method, status) => {
          const presentedRequest = presented(request, { method });
          const decision = decide({
            request: presentedRequest,
            found: { selected: [], siblings: [], inLanguage: [] },
            policy: rfc9111,
            edge: { bypass: false, doNotCollapse: false, refreshHeldBack: false },
            nowMs: NOW_MS,
          });
          expect(decision.reasons.length).toBeGreaterThan(0);
          if (decision.kind !== 'fetch' && decision.kind !== 'revalidate') return;
          const { reasons } = settled(presentedRequest, decision, { status, lines: answer });
          expect(reasons.length).toBeGreaterThan(0);
        },
      ),
      RUNS,
    );
  });

  test('age never falls, and what is left never rises, as time goes by', () => {
    fc.assert(
      fc.property(storable, fc.integer(), fc.nat(), (before, startsAtMs, laterByMs) => {
        const response = storedFrom(before) as StoredResponse;
        const candidate: Candidate = { response, softPurgedAtMs: undefined };
        const nowMs = NOW_MS + startsAtMs;
        const laterMs = nowMs + laterByMs;
        expect(currentAgeSeconds(response, laterMs)).toBeGreaterThanOrEqual(
          currentAgeSeconds(response, nowMs),
        );
        expect(currentAgeSeconds(response, nowMs)).toBeGreaterThanOrEqual(0);
        expect(ttlSecondsOf(candidate, laterMs)).toBeLessThanOrEqual(
          ttlSecondsOf(candidate, nowMs),
        );
      }),
      RUNS,
    );
  });

  test('a soft purge never makes fresher', () => {
    fc.assert(
      fc.property(storable, fc.nat(10_000), fc.nat(10_000), (before, purgedAfterMs, laterByMs) => {
        const response = storedFrom(before) as StoredResponse;
        const softPurgedAtMs = NOW_MS + purgedAfterMs;
        const nowMs = softPurgedAtMs + laterByMs;
        const purged = ttlSecondsOf({ response, softPurgedAtMs }, nowMs);
        expect(purged).toBeLessThanOrEqual(0);
        expect(purged).toBeLessThanOrEqual(
          ttlSecondsOf({ response, softPurgedAtMs: undefined }, nowMs),
        );
      }),
      RUNS,
    );
  });

  test('keys do not depend on the order of fields nor on the case of their names', () => {
    const headers = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), value), {
      selector: ([name]) => name,
    });
    const vary = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 });
    const shuffled = headers.chain((pairs) =>
      fc.tuple(
        fc.constant(pairs),
        fc.shuffledSubarray(pairs, { minLength: pairs.length, maxLength: pairs.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, vary, fc.boolean(), ([pairs, mixed], names, isUpper) => {
        const recased = mixed.map(([name, text]) => [
          isUpper ? name.toUpperCase() : name.toLowerCase(),
          text,
        ]);
        const one = presented(pairs.flat());
        const other = presented(recased.flat());
        expect(primaryKeyOf(other, rfc9111, '')).toBe(primaryKeyOf(one, rfc9111, ''));

        const { rule } = selectionOf(new IncomingFields(['Vary', names.join(', ')]), rfc9111);
        const same = selectionOf(
          new IncomingFields(names.toReversed().flatMap((name) => ['vary', name.toUpperCase()])),
          rfc9111,
        );
        expect(same.rule).toEqual(rule);
        if (rule === null) throw new Error('no * was drawn');
        expect(variantKeyOf(rule, other.fields)).toBe(variantKeyOf(rule, one.fields));
      }),
      RUNS,
    );
  });

  test('merging a 304 twice is merging it once', () => {
    fc.assert(
      fc.property(storable, lines, lines, (before, update, request) => {
        const response = storedFrom(before) as StoredResponse;
        const received = {
          fields: new IncomingFields(update),
          request: presented(request),
          isSelected: true,
        };
        const times = { requestAtMs: NOW_MS, responseAtMs: NOW_MS, nowMs: NOW_MS, seq: 2 };
        const { updated: once } = updateStored(response, received, { times, policy: rfc9111 });
        const { updated: twice } = updateStored(once, received, { times, policy: rfc9111 });
        expect(twice).toEqual(once);
        expect(twice.fields.block).toBe(once.fields.block);
      }),
      RUNS,
    );
  });
});
