// Whole answers as the edge writes them.
import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { describe, expect, test } from 'vitest';

import {
  MATCHES_ALL,
  StoredFields,
  planProblem,
  planStored,
  planUpstream,
  reason,
  rfc9111,
  type PresentedRequest,
  type ResponsePlan,
  type StoredPart,
  type StoredResponse,
} from '../src/index.ts';
import { presented } from './presented.ts';

const DATE = 'Sun, 22 Nov 2026 12:00:00 GMT';
const DATE_AT_MS = Date.parse(DATE);

function request(method: string, lines: readonly string[] = []): PresentedRequest {
  return presented(lines, { method });
}

interface Stored {
  readonly status?: number;
  readonly lines?: readonly string[];
  readonly etag?: string | null;
  readonly dateAtMs?: number;
  readonly part?: StoredPart | null;
  readonly bodyBytes?: number | undefined;
}

/** The answer with ten bytes that were stored at once. */
function fromStore(asked: PresentedRequest, options: Stored = {}): ResponsePlan {
  const { status = 200, lines = [], etag = '"v1"', dateAtMs = DATE_AT_MS, part = null } = options;
  const response: StoredResponse = {
    primaryKey: 'default http://shop.test/',
    rule: MATCHES_ALL,
    variantKey: '',
    variance: null,
    status,
    statusText: 'As It Was',
    fields: StoredFields.fromLines(lines),
    trailers: [],
    bodyBytes: 10,
    part,
    requestAtMs: DATE_AT_MS,
    responseAtMs: DATE_AT_MS,
    residentSinceMs: DATE_AT_MS,
    fetchedSeq: 0,
    validatedSeq: 0,
    tags: [],
    groups: [],
    facts: {
      ...FRESH_FOR_A_MINUTE,
      etag: etag === null ? null : { weak: false, opaque: etag },
      dateAtMs,
    },
  };
  const bodyBytes = 'bodyBytes' in options ? options.bodyBytes : 10;
  const cacheStatus = 'poplet; hit';
  return planStored({
    request: asked,
    response,
    bodyBytes,
    nowMs: DATE_AT_MS,
    policy: rfc9111,
    cacheStatus,
  });
}

const OWN = ['Age', '0', 'Cache-Status', 'poplet; hit'];

describe('from the store', () => {
  test('a whole body', () => {
    expect(fromStore(request('GET'), { lines: ['X', 'y'] })).toEqual({
      status: 200,
      statusText: 'As It Was',
      lines: ['X', 'y', ...OWN, 'Content-Length', '10'],
      body: { kind: 'whole' },
      reasons: [],
    });
  });

  test('a body of which nobody knows the length yet', () => {
    expect(fromStore(request('GET'), { bodyBytes: undefined }).lines).toEqual(OWN);
  });

  test('no part of a body of which nobody knows the length yet', () => {
    const asked = request('GET', ['Range', 'bytes=2-4']);
    expect(fromStore(asked, { bodyBytes: undefined })).toMatchObject({
      status: 200,
      body: { kind: 'whole' },
    });
  });

  test('a 204 has no length, a 205 none but 0', () => {
    const none = { body: { kind: 'none' }, reasons: [] };
    expect(fromStore(request('GET'), { status: 204, bodyBytes: 0 })).toMatchObject({
      ...none,
      lines: OWN,
    });
    expect(fromStore(request('GET'), { status: 205, bodyBytes: 0 })).toMatchObject({
      ...none,
      lines: [...OWN, 'Content-Length', '0'],
    });
  });

  test('a 304 leaves out what is about content', () => {
    const about = [
      ['Content-Type', 'text/html'],
      ['Content-Length', '10'],
      ['Content-Encoding', 'gzip'],
      ['Content-Language', 'en'],
      ['Content-Range', 'bytes 0-9/10'],
      ['Accept-Ranges', 'bytes'],
      ['Trailer', 'X-Sum'],
    ].flat();
    const lines = ['ETag', '"v1"', ...about, 'Cache-Control', 'max-age=60, no-transform'];
    expect(fromStore(request('GET', ['If-None-Match', '"v1"']), { lines })).toEqual({
      status: 304,
      statusText: 'Not Modified',
      lines: ['ETag', '"v1"', 'Cache-Control', 'max-age=60, no-transform', ...OWN],
      body: { kind: 'none' },
      reasons: [{ code: 'client-not-modified', values: { field: 'If-None-Match' } }],
    });
  });

  test('a part', () => {
    expect(fromStore(request('GET', ['Range', 'bytes=2-4']))).toEqual({
      status: 206,
      statusText: 'Partial Content',
      lines: [...OWN, 'Content-Length', '3', 'Content-Range', 'bytes 2-4/10'],
      body: { kind: 'range', startByte: 2, endByte: 5 },
      reasons: [{ code: 'client-range', values: { count: 1 } }],
    });
  });

  test('no part that there is', () => {
    const lines = [
      'Cache-Control',
      'max-age=60',
      'Expires',
      DATE,
      'CDN-Cache-Control',
      'max-age=9',
    ];
    expect(fromStore(request('GET', ['Range', 'bytes=10-']), { lines })).toEqual({
      status: 416,
      statusText: 'Range Not Satisfiable',
      lines: [...OWN, 'Content-Range', 'bytes */10', 'Content-Length', '0'],
      body: { kind: 'none' },
      reasons: [{ code: 'client-range-unsatisfiable', values: { bytes: 10 } }],
    });
  });

  test('a part of another version is asked for', () => {
    const asked = request('GET', ['Range', 'bytes=2-4', 'If-Range', '"v0"']);
    const changed = { code: 'client-if-range-changed' };
    expect(fromStore(asked)).toMatchObject({ status: 200, reasons: [changed] });
    expect(fromStore(asked, { status: 404 })).toMatchObject({ status: 404, reasons: [] });
    expect(fromStore(asked, { bodyBytes: undefined })).toMatchObject({ status: 200, reasons: [] });
    const head = request('HEAD', ['Range', 'bytes=2-4', 'If-Range', '"v0"']);
    expect(fromStore(head)).toMatchObject({ status: 200, reasons: [] });
  });

  test('parts of different versions have different boundaries', () => {
    const asked = request('GET', ['Range', 'bytes=0-1,4-5']);
    const of = (options: Stored): string => JSON.stringify(fromStore(asked, options).body);
    const versions = [
      of({}),
      of({ etag: '"v2"' }),
      of({ etag: null }),
      of({ dateAtMs: DATE_AT_MS + 1000 }),
    ];
    expect(new Set(versions).size).toBe(4);
    expect(of({})).toBe(of({}));
  });
});

describe('from what is stored in parts', () => {
  const part = { completeBytes: 10, spans: [{ startByte: 4, endByte: 8 }] };

  test('a part of it', () => {
    expect(fromStore(request('GET', ['Range', 'bytes=5-6']), { part }).body).toEqual({
      kind: 'range',
      startByte: 1,
      endByte: 3,
    });
  });

  test('several parts of it', () => {
    const { body } = fromStore(request('GET', ['Range', 'bytes=4-4,7-7']), { part });
    expect(body).toMatchObject({
      kind: 'multipart',
      parts: [
        { startByte: 0, endByte: 1 },
        { startByte: 3, endByte: 4 },
      ],
    });
  });

  test('its head', () => {
    expect(fromStore(request('HEAD'), { part }).body).toEqual({ kind: 'none' });
  });

  test('never all of it', () => {
    expect(() => fromStore(request('GET'), { part })).toThrow(
      'an incomplete response cannot be sent as a whole',
    );
  });
});

describe('from the upstream', () => {
  function fromUpstream(status: number, applyRequest: boolean, asked = request('GET')) {
    const lines = ['Date', DATE, 'Content-Length', '10'];
    return planUpstream({
      request: asked,
      answer: { kind: 'upstream', status, statusText: 'As It Is', lines, applyRequest },
      bodyBytes: 10,
      isShared: false,
      policy: rfc9111,
      cacheStatus: 'poplet; fwd=miss',
    });
  }

  const lines = ['Date', DATE, 'Content-Length', '10', 'Cache-Status', 'poplet; fwd=miss'];

  test.each([
    ['GET', 200, 'whole'],
    ['GET', 404, 'whole'],
    ['HEAD', 200, 'none'],
    ['GET', 204, 'none'],
    ['GET', 304, 'none'],
  ])('a %s answered with %i as it is', (method, status, kind) => {
    expect(fromUpstream(status, false, request(method))).toEqual({
      status,
      statusText: 'As It Is',
      lines,
      body: { kind },
      reasons: [],
    });
  });

  test('a range is cut out of what was asked for as a whole', () => {
    const plan = fromUpstream(200, true, request('GET', ['Range', 'bytes=0-0']));
    expect(plan).toMatchObject({ status: 206, body: { kind: 'range', startByte: 0, endByte: 1 } });
  });
});

describe('a problem', () => {
  const text =
    'poplet: 504 Gateway Timeout\n- the client wants a stored response or none (only-if-cached)\n';

  function problem(method: string, status: number): ResponsePlan {
    const reasons = [reason('only-if-cached')];
    return planProblem({ request: request(method), status, reasons, policy: rfc9111 });
  }

  test('is told in words', () => {
    expect(problem('GET', 504)).toEqual({
      status: 504,
      statusText: 'Gateway Timeout',
      lines: [
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Content-Length', String(text.length)],
        ['Cache-Control', 'no-store'],
      ].flat(),
      body: { kind: 'text', text },
      reasons: [],
    });
  });

  test('has no content for a HEAD', () => {
    expect(problem('HEAD', 504).body).toEqual({ kind: 'none' });
  });

  test('has a name, whatever its status', () => {
    expect(problem('GET', 599).statusText).toBe('Error');
  });
});
