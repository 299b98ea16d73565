/** A policy that asks for ranges in chunks: here of four bytes. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, OriginAnswer, PolicyPatch } from '@poplet/conformance';

const CHUNKS: PolicyPatch = { fill: { rangeBytes: 4 } };
const BODY = 'abcdefghij';

function told(found: Omit<Case, 'kind' | 'policy'>): Case {
  return { kind: 'check', policy: CHUNKS, ...found };
}

function part(startByte: number, endByte: number, headers: object = {}): OriginAnswer {
  return {
    status: 206,
    headers: {
      'Cache-Control': 'max-age=60',
      'Content-Range': `bytes ${startByte}-${endByte - 1}/10`,
      ETag: '"v1"',
      ...headers,
    },
    body: BODY.slice(startByte, endByte),
  };
}

const WHOLE: OriginAnswer = {
  headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' },
  body: BODY,
};

function asking(range: string): ExchangeStep['request'] {
  return { headers: { Range: `bytes=${range}` } };
}

/** Bytes 5 and 6, as they were asked for. */
const WANTED = { status: 206, body: 'fg', headers: { 'Content-Range': 'bytes 5-6/10' } } as const;

const chunks = [
  told({
    id: 'policy-chunks',
    title:
      'A range that is not stored is asked for in whole chunks, which later ranges find stored',
    spec: ['RFC 9110 §14.2', 'RFC 9111 §3.3'],
    steps: [
      {
        request: asking('5-6'),
        origin: part(4, 8),
        expect: {
          from: 'origin',
          stored: true,
          outcome: 'miss',
          ...WANTED,
          reasons: ['asks-for-chunks', 'part-stored'],
          words: [/asking for bytes 4-7/u],
          upstream: { headers: { Range: 'bytes=4-7' }, absent: ['if-range'] },
        },
      },
      {
        request: asking('4-7'),
        expect: { from: 'cache', status: 206, body: 'efgh' },
      },
      {
        request: asking('1-1'),
        origin: part(0, 4),
        expect: {
          from: 'origin',
          status: 206,
          body: 'b',
          reasons: ['asks-for-missing', 'part-joined'],
          upstream: { headers: { Range: 'bytes=0-3', 'If-Range': '"v1"' } },
        },
      },
      {
        request: asking('9-9'),
        origin: part(8, 10),
        expect: {
          from: 'origin',
          status: 206,
          body: 'j',
          upstream: { headers: { Range: 'bytes=8-9', 'If-Range': '"v1"' } },
        },
      },
      { request: {}, expect: { from: 'cache', status: 200, body: BODY } },
    ],
  }),
  told({
    id: 'policy-chunks-several',
    title: 'A range across chunks is asked for in all of them at once',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: asking('3-4'),
        origin: part(0, 8),
        expect: {
          from: 'origin',
          stored: true,
          status: 206,
          body: 'de',
          upstream: { headers: { Range: 'bytes=0-7' } },
        },
      },
    ],
  }),
  told({
    id: 'policy-chunks-all',
    title: 'A chunk that is all there is is stored as the whole',
    spec: ['RFC 9110 §15.3.7.3'],
    steps: [
      {
        request: asking('1-1'),
        origin: {
          status: 206,
          headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-2/3' },
          body: 'abc',
        },
        expect: {
          from: 'origin',
          stored: true,
          status: 206,
          body: 'b',
          notReasons: ['part-stored'],
        },
      },
      { request: {}, expect: { from: 'cache', status: 200, body: 'abc' } },
    ],
  }),
  told({
    id: 'policy-chunks-whole',
    title: 'An origin that answers with the whole has it stored, and its client gets the range',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: asking('5-6'),
        origin: WHOLE,
        expect: { from: 'origin', stored: true, ...WANTED },
      },
      { request: {}, expect: { from: 'cache', body: BODY } },
    ],
  }),
  ...(
    [
      ['other', part(0, 2), 'part-unfit'],
      ['no-store', part(4, 8, { 'Cache-Control': 'no-store' }), 'not-stored-no-store'],
      ['unreadable', part(4, 8, { 'Content-Range': 'bytes 4-7/*' }), 'not-stored-partial'],
    ] as const
  ).map(([name, answer, why]) =>
    told({
      id: `policy-chunks-unfit-${name}`,
      title: `A chunk that cannot be stored, or is another (${name}), is no answer: the range itself is asked for`,
      spec: ['RFC 9110 §14.2'],
      steps: [
        {
          request: asking('5-6'),
          origin: [answer, part(5, 7, { 'Cache-Control': 'no-store' })],
          expect: {
            from: 'origin',
            stored: false,
            ...WANTED,
            reasons: [why],
            upstream: { requests: 2, headers: { Range: 'bytes=4-7' } },
            upstreamAgain: { headers: { Range: 'bytes=5-6' } },
          },
        },
      ],
    }),
  ),
  told({
    id: 'policy-chunks-416',
    title: 'What lies behind the end is a 416',
    spec: ['RFC 9110 §15.5.17'],
    steps: [
      {
        request: asking('50-60'),
        origin: { status: 416, headers: { 'Content-Range': 'bytes */10' } },
        expect: { from: 'origin', stored: false, headers: { 'Content-Range': 'bytes */10' } },
      },
    ],
  }),
  ...(
    [
      ['from', { Range: 'bytes=5-' }, 'fghij'],
      ['suffix', { Range: 'bytes=-2' }, 'ij'],
      ['several', { Range: 'bytes=1-1,1-2' }, 'bc'],
      ['unit', { Range: 'lines=1-2' }, BODY],
      ['none', {}, BODY],
      ['if-range', { Range: 'bytes=5-6', 'If-Range': '"v1"' }, 'fg'],
    ] as const
  ).map(([name, headers, body]) =>
    told({
      id: `policy-chunks-fill-${name}`,
      title: `Of a range that is not one with an end (${name}), all of the body is asked for`,
      spec: ['RFC 9110 §14.2'],
      steps: [
        {
          request: { headers },
          origin: WHOLE,
          expect: {
            from: 'origin',
            stored: true,
            status: body === BODY ? 200 : 206,
            body,
            notReasons: ['asks-for-chunks'],
            upstream: { absent: ['range', 'if-range'] },
          },
        },
      ],
    }),
  ),
  told({
    id: 'policy-chunks-head',
    title: 'nor of a HEAD, which has no ranges',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: { method: 'HEAD', headers: { Range: 'bytes=5-6' } },
        origin: WHOLE,
        expect: { from: 'origin', stored: true, body: '', upstream: { absent: ['range'] } },
      },
    ],
  }),
  told({
    id: 'policy-chunks-stale',
    title: 'What is stored and stale is fetched anew as a whole',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: BODY },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 62,
        request: asking('5-6'),
        origin: WHOLE,
        expect: {
          from: 'origin',
          outcome: 'expired',
          ...WANTED,
          upstream: { absent: ['range'] },
        },
      },
    ],
  }),
  told({
    id: 'policy-chunks-error',
    title: 'An error is passed on',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: asking('5-6'),
        origin: { status: 503, body: 'down' },
        expect: { from: 'origin', status: 503, body: 'down', upstream: { requests: 1 } },
      },
    ],
  }),
];

export const policyChunkCases = defineCases(chunks);
