/**
 * Each kind of settlement as a whole: what the client gets, what becomes of the store, what is told to
 * requests that wait, and why.
 */
import { describe, expect, test } from 'vitest';

import {
  IncomingFields,
  STORE_AWAY,
  StoredFields,
  reason,
  rfc9111,
  settle,
  whileStoreAway,
  type AskingDecision,
  type Candidate,
  type CompleteDecision,
  type FetchDecision,
  type FieldLines,
  type PresentedRequest,
  type RevalidateDecision,
  type SettleInput,
  type Settlement,
  type StoredResponse,
  type UpstreamResponse,
} from '../src/index.ts';
import { presented } from './presented.ts';

const NOW_MS = Date.UTC(2026, 0, 2);
const DATE = 'Fri, 02 Jan 2026 00:00:00 GMT';
const HOUR_AGO = 'Thu, 01 Jan 2026 23:00:00 GMT';
const KEY = 'default|https://shop.test/a';
const ALL = { id: 'all', names: [] };

const GET: PresentedRequest = presented([], { scheme: 'https', target: '/a' });

function asking(lines: FieldLines, changes: Partial<PresentedRequest> = {}): PresentedRequest {
  return { ...GET, fields: new IncomingFields(lines), ...changes };
}

/** With a Date of now. */
function answering(lines: FieldLines, status = 200): UpstreamResponse {
  return {
    kind: 'response',
    status,
    statusText: 'So Be It',
    fields: new IncomingFields(['Date', DATE, ...lines]),
  };
}

function fetching(changes: Partial<FetchDecision> = {}): FetchDecision {
  return {
    kind: 'fetch',
    fallback: undefined,
    others: [],
    ask: { kind: 'fill' },
    collapsible: true,
    reasons: [reason('nothing-stored')],
    ...changes,
  };
}

function revalidating(
  candidate: Candidate | undefined,
  changes: Partial<RevalidateDecision> = {},
): RevalidateDecision {
  return {
    kind: 'revalidate',
    candidate,
    others: [],
    offered: candidate === undefined ? [] : [candidate],
    ask: { kind: 'validate', etags: ['"1"'], modifiedSince: null },
    collapsible: true,
    reasons: [reason('nothing-stored')],
    ...changes,
  };
}

function completing(candidate: Candidate, others: readonly Candidate[] = []): CompleteDecision {
  const ask = { kind: 'part', span: { startByte: 4, endByte: 8 }, etag: '"1"' } as const;
  const reasons = [reason('nothing-stored')];
  return { kind: 'complete', candidate, others, ask, collapsible: true, reasons };
}

/** 100 s after the store heard of it last. */
function settled(
  decision: AskingDecision,
  outcome: SettleInput['outcome'],
  changes: Partial<SettleInput> = {},
): Settlement {
  return settle({
    request: GET,
    primaryKey: KEY,
    decision,
    outcome,
    policy: rfc9111,
    times: { requestAtMs: NOW_MS, responseAtMs: NOW_MS, nowMs: NOW_MS + 100_000, seq: 7 },
    ...changes,
  });
}

/** Stored just now, from a request of the given fields. */
function stored(lines: FieldLines, changes: Partial<SettleInput> = {}): StoredResponse {
  const times = { requestAtMs: NOW_MS, responseAtMs: NOW_MS, nowMs: NOW_MS, seq: 3 };
  const { store } = settled(fetching(), answering(lines), { times, ...changes });
  if (store.kind !== 'insert') throw new Error(`not stored: ${store.kind}`);
  return store.response;
}

function candidateOf(response: StoredResponse): Candidate {
  return { response, softPurgedAtMs: undefined };
}

/** Four of eight bytes. */
function storedPart(lines: FieldLines): StoredResponse {
  const part = { completeBytes: 8, spans: [{ startByte: 0, endByte: 4 }] };
  return { ...stored(lines), part, bodyBytes: 4 };
}

const MINUTE = ['Cache-Control', 'max-age=60', 'ETag', '"1"'];
const old = candidateOf(stored(MINUTE));
const other = candidateOf(stored(['Vary', 'Accept', ...MINUTE]));

describe('no answer', () => {
  const failure = { kind: 'failure', failure: 'timeout', message: 'too slow' } as const;
  const failed = reason('upstream-failure', { failure: 'timeout', message: 'too slow' });

  test('and nothing to stand in', () => {
    expect(settled(fetching(), failure)).toEqual({
      outcome: 'error',
      answer: { kind: 'problem', status: 504 },
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unknown',
      reasons: [failed],
    });
  });

  test('a stored response stands in, stale', () => {
    expect(settled(revalidating(old), failure)).toEqual({
      outcome: 'stale',
      answer: { kind: 'stored', candidate: old },
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unknown',
      reasons: [failed, reason('stale-disconnected', { staleSeconds: 40 })],
    });
  });

  // RFC 9111 §5.2.2.4, §5.2.2.2
  test('a stored response that must not', () => {
    const refusals = [
      ['no-cache', 'response-no-cache'],
      ['max-age=60, must-revalidate', 'stale-forbidden-must-revalidate'],
    ] as const;
    for (const [value, code] of refusals) {
      const bound = candidateOf(stored(['Cache-Control', value, 'ETag', '"1"']));
      const { answer, reasons } = settled(revalidating(bound), { ...failure, failure: 'refused' });
      expect(answer).toEqual({ kind: 'problem', status: 504 });
      expect(reasons.slice(1)).toEqual([reason(code), reason('must-revalidate-unreachable')]);
    }
  });

  test('a 304 that nobody asked for is none', () => {
    const message = 'a 304 to a request without conditions';
    expect(settled(fetching({ fallback: old }), answering([], 304))).toEqual({
      outcome: 'error',
      answer: { kind: 'problem', status: 502 },
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unknown',
      reasons: [reason('upstream-failure', { failure: 'malformed', message })],
    });
  });
});

describe('passed through', () => {
  const post = asking([], { method: 'POST' });

  test('an unsafe request makes its target invalid, and no group', () => {
    const pass = { kind: 'pass', outcome: 'pass', reasons: [] } as const;
    const url = 'https://shop.test/a';
    expect(settled(pass, answering([]), { request: post })).toEqual({
      outcome: 'pass',
      answer: {
        kind: 'upstream',
        status: 200,
        statusText: 'So Be It',
        lines: ['Date', DATE],
        applyRequest: false,
      },
      store: { kind: 'none' },
      invalidate: [{ kind: 'url', url }],
      sharing: 'unknown',
      reasons: [reason('invalidated', { method: 'POST', url })],
    });
  });

  // RFC 9110 §9.3.3
  test('the answer to a POST stands for its target', () => {
    const pass = { kind: 'pass', outcome: 'pass', mayStore: true, reasons: [] } as const;
    const lines = ['Content-Location', '/a', ...MINUTE];
    const { sharing, store } = settled(pass, answering(lines), { request: post });
    expect(sharing).toBe('unknown');
    expect(store).toEqual({
      kind: 'insert',
      response: {
        ...stored(lines),
        residentSinceMs: NOW_MS + 100_000,
        fetchedSeq: 7,
        validatedSeq: 7,
      },
      replaces: [],
      mayBeIncomplete: false,
    });
  });
});

describe('a 304', () => {
  const confirmation = ['ETag', '"1"', 'Cache-Control', 'max-age=60'];

  test('to the client’s own condition is the client’s', () => {
    const decision = fetching({ ask: { kind: 'as-is' } });
    expect(settled(decision, answering(confirmation, 304))).toEqual({
      outcome: 'bypass',
      answer: {
        kind: 'upstream',
        status: 304,
        statusText: 'So Be It',
        lines: ['Date', DATE, ...confirmation],
        applyRequest: false,
      },
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unshareable',
      reasons: [reason('forwarded-304')],
    });
  });

  test('confirms what is stored', () => {
    const updated: StoredResponse = {
      ...old.response,
      fields: StoredFields.fromLines(['Date', DATE, ...confirmation]),
      residentSinceMs: NOW_MS + 100_000,
      validatedSeq: 7,
    };
    expect(settled(revalidating(old), answering(confirmation, 304))).toEqual({
      outcome: 'revalidated',
      answer: { kind: 'stored', candidate: { response: updated, softPurgedAtMs: undefined } },
      store: { kind: 'update', pairs: [{ old: old.response, updated }] },
      invalidate: [],
      sharing: 'shareable',
      reasons: [reason('confirmed', { lifetimeSeconds: 60 })],
    });
  });

  test.each(['max-age=0', 'max-age=60, no-cache'])('%s leaves nothing to share', (value) => {
    const again = answering(['ETag', '"1"', 'Cache-Control', value], 304);
    expect(settled(revalidating(old), again).sharing).toBe('unknown');
  });

  test('confirms another variant by its tag', () => {
    const baked = stored(['Set-Cookie', 'b=2', ...twice]);
    const decision = revalidating(old, { offered: [old, candidateOf(baked)] });
    const { reasons } = settled(decision, answering(['ETag', '"2"', 'Set-Cookie', 'a=1'], 304));
    expect(reasons).toEqual([reason('confirmed-variant', { etag: '"2"' })]);
  });

  // RFC 9111 §5.2.2.7
  test('confirms another variant, and takes its tag from it', () => {
    const decision = revalidating(old, { offered: [old, candidateOf(stored(twice))] });
    const lines = ['ETag', '"2"', 'Cache-Control', 'max-age=60, private="etag"'];
    const { reasons } = settled(decision, answering(lines, 304));
    expect(reasons).toEqual([reason('confirmed', { lifetimeSeconds: 60 })]);
  });

  test('names no cookie but one that it stores', () => {
    const baked = candidateOf(stored(['Set-Cookie', 'a=1', ...MINUTE]));
    const kept = reason('stored-set-cookie');
    const codes = (was: Candidate, lines: FieldLines) =>
      settled(revalidating(was), answering(lines, 304)).reasons.slice(1);
    expect(codes(old, [...confirmation, 'Set-Cookie', 'a=1'])).toEqual([kept]);
    expect(codes(baked, confirmation)).toEqual([]);
    const withheld = ['ETag', '"1"', 'Cache-Control', 'max-age=60, private="set-cookie"'];
    expect(codes(old, [...withheld, 'Set-Cookie', 'a=1'])).toEqual([]);
  });

  test('that fits nothing is asked for again, without conditions', () => {
    const decision = revalidating(old, { others: [other] });
    expect(settled(decision, answering(['ETag', '"9"'], 304))).toEqual({
      outcome: 'miss',
      answer: {
        kind: 'again',
        decision: {
          kind: 'fetch',
          fallback: old,
          others: [other],
          ask: { kind: 'fill' },
          collapsible: false,
          reasons: [reason('nothing-stored'), reason('unmatched-304')],
        },
      },
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unknown',
      reasons: [],
    });
  });

  test('that forbids storing takes away what is stored', () => {
    const decision = revalidating(old, { others: [other] });
    const forbidding = answering(['ETag', '"1"', 'Cache-Control', 'no-store'], 304);
    const why = reason('not-stored-no-store', { field: 'cache-control' });
    expect(settled(decision, forbidding)).toEqual({
      outcome: 'miss',
      answer: {
        kind: 'again',
        decision: {
          kind: 'fetch',
          fallback: undefined,
          others: [other],
          ask: { kind: 'fill' },
          collapsible: false,
          reasons: [reason('nothing-stored'), why],
        },
      },
      store: { kind: 'remove', responses: [old.response] },
      invalidate: [],
      sharing: 'unknown',
      reasons: [],
    });
  });

  // RFC 9111 §4.2.2
  test('to somebody’s own request leaves no lifetime to guess', () => {
    const dated = ['ETag', '"1"', 'Last-Modified', HOUR_AGO];
    const decision = revalidating(candidateOf(stored(dated)));
    const sourceFor = (lines: FieldLines) => {
      const { store } = settled(decision, answering(['ETag', '"1"'], 304), {
        request: asking(lines),
      });
      return store.kind === 'update' ? store.pairs[0]?.updated.facts.lifetimeSource : store.kind;
    };
    expect(sourceFor([])).toBe('heuristic');
    expect(sourceFor(['Cookie', 'a=1'])).toBe('none');
  });
});

const twice = ['Cache-Control', 'max-age=60', 'ETag', '"2"', 'Vary', 'Accept'];

describe('a part', () => {
  const held = candidateOf(storedPart(MINUTE));
  const rest = ['ETag', '"1"', 'Content-Range', 'bytes 4-7/8', 'Content-Length', '4'];
  const fresh = ['Cache-Control', 'max-age=60'];

  test('joins what is stored', () => {
    const response: StoredResponse = {
      ...held.response,
      part: null,
      bodyBytes: 0,
      fields: StoredFields.fromLines(['Date', DATE, 'ETag', '"1"', ...fresh]),
      residentSinceMs: NOW_MS + 100_000,
      validatedSeq: 7,
    };
    const part = answering(['ETag', '"1"', ...fresh, ...rest.slice(2)], 206);
    expect(settled(completing(held, [other]), part)).toEqual({
      outcome: 'miss',
      answer: { kind: 'arriving', response },
      store: {
        kind: 'insert',
        response,
        replaces: [other.response],
        mayBeIncomplete: true,
        arriving: {
          bytes: 4,
          splice: { base: held.response, beforeBytes: 4, afterStartByte: 4 },
        },
      },
      invalidate: [],
      sharing: 'shareable',
      reasons: [reason('part-joined', { etag: '"1"', bytes: 8, completeBytes: 8 })],
    });
  });

  test('joined is shared only as far as it is fresh', () => {
    const part = answering([...rest, 'Cache-Control', 'max-age=0'], 206);
    expect(settled(completing(held), part).sharing).toBe('unknown');
  });

  // RFC 9111 §7.3
  test('brings a cookie along', () => {
    const part = answering([...rest, ...fresh, 'Set-Cookie', 'a=1'], 206);
    expect(settled(completing(held), part).reasons).toContainEqual(reason('stored-set-cookie'));
  });

  test('that does not fit: the whole is asked for, in the place of all that is selected', () => {
    const part = answering(['ETag', '"9"', ...rest.slice(2)], 206);
    const { answer } = settled(completing(held, [other]), part);
    expect(answer).toEqual({
      kind: 'again',
      decision: {
        kind: 'fetch',
        fallback: undefined,
        others: [held, other],
        ask: { kind: 'fill' },
        collapsible: false,
        reasons: [reason('nothing-stored'), reason('part-unfit', { status: 206 })],
      },
    });
  });

  // RFC 9111 §5.2.2.5
  test('that forbids storing: what it belongs to goes, and only that', () => {
    const part = answering([...rest, 'Cache-Control', 'no-store'], 206);
    const { answer, store } = settled(completing(held, [other]), part);
    expect(store).toEqual({ kind: 'remove', responses: [held.response] });
    expect(answer).toMatchObject({ kind: 'again', decision: { others: [other] } });
  });

  // RFC 9111 §4.2.2
  test('for somebody’s own request leaves no lifetime to guess', () => {
    const dated = ['ETag', '"1"', 'Last-Modified', HOUR_AGO];
    const decision = completing(candidateOf(storedPart(dated)));
    const sourceFor = (lines: FieldLines) => {
      const { store } = settled(decision, answering(rest, 206), { request: asking(lines) });
      return store.kind === 'insert' ? store.response.facts.lifetimeSource : store.kind;
    };
    expect(sourceFor([])).toBe('heuristic');
    expect(sourceFor(['Cookie', 'a=1'])).toBe('none');
  });

  // RFC 9111 §3.3
  test('with nothing stored is stored as an incomplete 200', () => {
    const decision = fetching({ ask: { kind: 'as-is' } });
    const part = answering([...rest, ...fresh], 206);
    const { store, sharing, reasons } = settled(decision, part);
    expect(store).toEqual({
      kind: 'insert',
      response: {
        ...stored(['ETag', '"1"', ...fresh]),
        status: 200,
        statusText: 'OK',
        part: { completeBytes: 8, spans: [{ startByte: 4, endByte: 8 }] },
        residentSinceMs: NOW_MS + 100_000,
        fetchedSeq: 7,
        validatedSeq: 7,
      },
      replaces: [],
      mayBeIncomplete: true,
      arriving: { bytes: 4, splice: undefined },
    });
    expect(sharing).toBe('unknown');
    expect(reasons).toEqual([
      reason('stored', { lifetimeSeconds: 60, source: 'max-age' }),
      reason('part-stored', { bytes: 4, completeBytes: 8 }),
    ]);
  });

  test('to If-Range is refused for what the origin says first', () => {
    const part = answering([...rest, 'Cache-Control', 'no-store'], 206);
    const decision = fetching({ ask: { kind: 'as-is' } });
    const own = { request: asking(['Range', 'bytes=4-7', 'If-Range', '"1"']) };
    const refused = settled(decision, part, own);
    expect(refused.reasons).toEqual([reason('not-stored-no-store', { field: 'cache-control' })]);
    expect(refused.sharing).toBe('unshareable');
    const useless = settled(decision, answering([...rest, ...fresh], 206), own);
    expect(useless.reasons).toEqual([reason('not-stored-partial', { status: 206 })]);
    expect(useless.sharing).toBe('unknown');
  });
});

describe('a response', () => {
  const answer = {
    kind: 'upstream',
    status: 200,
    statusText: 'So Be It',
    applyRequest: true,
  } as const;

  test('that may be stored', () => {
    expect(settled(fetching(), answering(MINUTE))).toEqual({
      outcome: 'miss',
      answer: { ...answer, lines: ['Date', DATE, ...MINUTE] },
      store: {
        kind: 'insert',
        response: {
          primaryKey: KEY,
          rule: ALL,
          variantKey: '',
          variance: null,
          status: 200,
          statusText: 'So Be It',
          fields: StoredFields.fromLines(['Date', DATE, ...MINUTE]),
          trailers: [],
          bodyBytes: 0,
          part: null,
          requestAtMs: NOW_MS,
          responseAtMs: NOW_MS,
          residentSinceMs: NOW_MS + 100_000,
          fetchedSeq: 7,
          validatedSeq: 7,
          tags: [],
          groups: [],
          facts: {
            lifetimeSeconds: 60,
            lifetimeSource: 'max-age',
            initialAgeMs: 0,
            alwaysValidate: false,
            staleForbiddenBy: null,
            staleWhileRevalidateSeconds: null,
            staleIfErrorSeconds: null,
            immutable: false,
            provenance: 'anonymous',
            isPersonal: false,
            etag: { weak: false, opaque: '"1"' },
            lastModifiedAtMs: null,
            isLastModifiedStrong: false,
            dateAtMs: NOW_MS,
          },
        },
        replaces: [],
        mayBeIncomplete: true,
      },
      invalidate: [],
      sharing: 'shareable',
      reasons: [reason('stored', { lifetimeSeconds: 60, source: 'max-age' })],
    });
  });

  test.each(['max-age=0', 'max-age=60, no-cache'])('%s leaves nothing to share', (value) => {
    const lines = ['Cache-Control', value, 'ETag', '"1"'];
    expect(settled(fetching(), answering(lines)).sharing).toBe('unknown');
  });

  test('that may not be stored', () => {
    const lines = ['Cache-Control', 'no-store'];
    expect(settled(fetching(), answering(lines))).toEqual({
      outcome: 'bypass',
      answer: { ...answer, lines: ['Date', DATE, ...lines] },
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unshareable',
      reasons: [reason('not-stored-no-store', { field: 'cache-control' })],
    });
  });

  test('that may not be stored takes away what is', () => {
    const lines = ['Cache-Control', 'no-store'];
    expect(settled(fetching({ fallback: old, others: [other] }), answering(lines))).toEqual({
      outcome: 'bypass',
      answer: { ...answer, lines: ['Date', DATE, ...lines] },
      store: { kind: 'remove', responses: [old.response, other.response] },
      invalidate: [],
      sharing: 'unshareable',
      reasons: [
        reason('replaced', { status: 200 }),
        reason('not-stored-no-store', { field: 'cache-control' }),
      ],
    });
  });

  test('that this client wants not stored leaves what is', () => {
    const request = asking(['Cache-Control', 'no-store']);
    const refused = settled(fetching({ fallback: old }), answering(MINUTE), { request });
    expect(refused.store).toEqual({ kind: 'none' });
    expect(refused.sharing).toBe('unknown');
    expect(refused.reasons).toEqual([reason('request-no-store')]);
  });

  // RFC 9111 §4
  test('takes the place of what would be selected still', () => {
    const { response } = old;
    const variance = stored(['No-Vary-Search', 'params', ...MINUTE]).variance;
    const apart: readonly StoredResponse[] = [
      { ...response, primaryKey: `${KEY}?b` },
      { ...response, rule: { id: 'vary:accept', names: ['accept'] } },
      { ...response, variantKey: 'accept\n' },
      { ...response, variance },
    ];
    const decision = fetching({ fallback: old, others: apart.map(candidateOf) });
    const { outcome, store, reasons } = settled(decision, answering(MINUTE));
    expect(outcome).toBe('expired');
    expect(store).toMatchObject({ kind: 'insert', replaces: apart, mayBeIncomplete: false });
    expect(reasons[0]).toEqual(reason('replaced', { status: 200 }));
  });

  test('may be cut off where what is stored is a part as well', () => {
    const held = candidateOf(storedPart(MINUTE));
    const { store } = settled(fetching({ fallback: held }), answering(MINUTE));
    expect(store).toMatchObject({ kind: 'insert', mayBeIncomplete: true });
    const both = settled(fetching({ fallback: held, others: [other] }), answering(MINUTE));
    expect(both.store).toMatchObject({ kind: 'insert', mayBeIncomplete: false });
  });

  test('says whose request brought it', () => {
    const provenances = [
      [['Cookie', 'a=1'], 'cookie'],
      [['Authorization', 'Basic YTpi', 'Cookie', 'a=1'], 'authorization'],
      [[], 'anonymous'],
    ] as const;
    for (const [lines, provenance] of provenances) {
      const shared = ['Cache-Control', 'public, max-age=60'];
      expect(stored(shared, { request: asking(lines) }).facts.provenance).toBe(provenance);
    }
  });

  test('names a guess that was not made only where there was one to make', () => {
    const codes = (lines: FieldLines) =>
      settled(fetching(), answering(lines)).reasons.map(({ code }) => code);
    const cookie = ['Set-Cookie', 'a=1'];
    expect(codes(cookie)).toEqual(['not-stored-set-cookie']);
    expect(codes([...cookie, 'Last-Modified', HOUR_AGO])).toEqual([
      'heuristic-refused-cookie',
      'not-stored-set-cookie',
    ]);
  });

  describe('that is too large', () => {
    const bytes = String(rfc9111.storability.maxBodyBytes + 1);
    const large = answering([...MINUTE, 'Content-Length', bytes]);
    const ranged = asking(['Range', 'bytes=0-1']);

    // RFC 9110 §14.2
    test('a range of it is asked for instead', () => {
      expect(settled(fetching({ fallback: old }), large, { request: ranged })).toEqual({
        outcome: 'miss',
        answer: {
          kind: 'again',
          decision: {
            kind: 'fetch',
            fallback: undefined,
            others: [],
            ask: { kind: 'as-is' },
            collapsible: false,
            reasons: [reason('nothing-stored'), reason('range-instead', { bytes })],
          },
        },
        store: { kind: 'remove', responses: [old.response] },
        invalidate: [],
        sharing: 'unknown',
        reasons: [],
      });
    });

    test.each<[string, AskingDecision, PresentedRequest]>([
      ['not when it was asked for already', fetching({ ask: { kind: 'as-is' } }), ranged],
      ['not after a question on a condition', revalidating(old), ranged],
      ['not for a HEAD', fetching(), { ...ranged, method: 'HEAD' }],
      ['not when none is wanted', fetching(), GET],
      ['not in a unit that is not known', fetching(), asking(['Range', 'lines=0-1'])],
    ])('%s', (_, decision, request) => {
      expect(settled(decision, large, { request }).answer.kind).toBe('upstream');
    });
  });
});

describe('the answer to a HEAD', () => {
  const head = asking([], { method: 'HEAD' });
  const policy = { ...rfc9111, fill: { ...rfc9111.fill, headAsGet: false } };
  const lines = ['Date', DATE, ...MINUTE];

  test('that was asked as GET is stored as that', () => {
    const { store } = settled(fetching(), answering(MINUTE), { request: head });
    expect(store).toMatchObject({ kind: 'insert', mayBeIncomplete: true, replaces: [] });
  });

  test('asked as such is for its client', () => {
    const answer = { kind: 'upstream', status: 200, statusText: 'So Be It', lines } as const;
    const whole = {
      outcome: 'bypass',
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unknown',
      reasons: [reason('not-stored-method', { method: 'HEAD' })],
    };
    expect(settled(fetching(), answering(MINUTE), { request: head, policy })).toEqual({
      ...whole,
      answer: { ...answer, applyRequest: true },
    });
    const asIs = fetching({ ask: { kind: 'as-is' } });
    expect(settled(asIs, answering(MINUTE), { request: head, policy })).toEqual({
      ...whole,
      answer: { ...answer, applyRequest: false },
    });
  });

  // RFC 9111 §4.2.2, §4.3.5
  test('to somebody’s own leaves no lifetime to guess', () => {
    const dated = ['ETag', '"1"', 'Last-Modified', HOUR_AGO];
    const decision = fetching({ others: [candidateOf(stored(dated))] });
    const sourceFor = (own: FieldLines) => {
      const request = asking(own, { method: 'HEAD' });
      const { store } = settled(decision, answering(dated), { request, policy });
      return store.kind === 'freshen' ? store.confirmed[0]?.updated.facts.lifetimeSource : store;
    };
    expect(sourceFor([])).toBe('heuristic');
    expect(sourceFor(['Cookie', 'a=1'])).toBe('none');
  });
});

describe('an error to a request with a large header section', () => {
  const lasting = ['Cache-Control', 'max-age=60'];
  const stores = (request: PresentedRequest, status: number): boolean =>
    settled(fetching(), answering(lasting, status), { request }).store.kind === 'insert';
  // Name and value, and the four bytes around them.
  const ofBytes = (bytes: number): PresentedRequest => asking(['X-A', 'a'.repeat(bytes - 7)]);
  const ofFields = (count: number): PresentedRequest =>
    asking(Array.from({ length: 2 * count }, () => 'A'));

  test.each([
    ['8192 bytes', ofBytes(8192), true],
    ['8193 bytes', ofBytes(8193), false],
    ['100 fields', ofFields(100), true],
    ['101 fields', ofFields(101), false],
  ])('of %s is stored: %j', (_, request, isStored) => {
    expect(stores(request, 400)).toBe(isStored);
    expect(stores(request, 399)).toBe(true);
  });

  test('says how large it was', () => {
    const request = asking(['X-A', 'a'.repeat(9000), 'X-B', '']);
    expect(settled(fetching(), answering(lasting, 404), { request }).reasons).toEqual([
      reason('not-stored-large-request', { status: 404, bytes: 9014, fields: 2 }),
    ]);
  });
});

describe('while the store cannot be reached', () => {
  test.each([
    ['max-age=60', ['Vary', 'Accept', 'Set-Cookie', 'a=1', 'No-Vary-Search', 'key-order']],
    ['no-cache', ['ETag', '"1"']],
    ['public', ['Last-Modified', HOUR_AGO]],
  ])('what would be stored (%s) is passed on, and nothing is promised', (value, lines) => {
    const settlement = settled(fetching(), answering(['Cache-Control', value, ...lines]));
    expect(settlement.store.kind).toBe('insert');
    expect(whileStoreAway(settlement)).toEqual({
      outcome: 'bypass',
      answer: settlement.answer,
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unknown',
      reasons: [STORE_AWAY],
    });
  });

  test('a part is passed on, too', () => {
    const part = answering(['Content-Range', 'bytes 0-3/8', ...MINUTE], 206);
    const request = asking(['Range', 'bytes=0-3']);
    const settlement = settled(fetching({ ask: { kind: 'as-is' } }), part, { request });
    expect(settlement.reasons.map(({ code }) => code)).toEqual(['stored', 'part-stored']);
    expect(whileStoreAway(settlement).reasons).toEqual([STORE_AWAY]);
  });

  test.each([
    reason('default-lifetime', { lifetimeSeconds: 60 }),
    reason('refusal-overruled', { lifetimeSeconds: 60 }),
    reason('heuristic-lifetime', { lifetimeSeconds: 60 }),
    reason('stored-for-validation', { source: 'no-cache' }),
  ])('nothing is said of why it would be stored: $code', (why) => {
    const settlement = { ...settled(fetching(), answering(MINUTE)), reasons: [why] };
    expect(whileStoreAway(settlement).reasons).toEqual([STORE_AWAY]);
  });

  test('what has nothing to do with storing is said all the same', () => {
    const settlement = settled(fetching(), answering(['No-Vary-Search', '???', ...MINUTE]));
    const codes = whileStoreAway(settlement).reasons.map(({ code }) => code);
    expect(codes).toEqual(['search-variance-malformed', 'store-away']);
  });

  test('what is not stored anyway, or joins what is stored, stays as it is', () => {
    const refused = settled(fetching(), answering(['Cache-Control', 'no-store']));
    expect(whileStoreAway(refused)).toBe(refused);
    const rest = answering(['Content-Range', 'bytes 4-7/8', ...MINUTE], 206);
    const joined = settled(completing(candidateOf(storedPart(MINUTE))), rest);
    expect(joined.answer.kind).toBe('arriving');
    expect(whileStoreAway(joined)).toBe(joined);
  });
});
