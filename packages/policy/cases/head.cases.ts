import { defineCases } from '@poplet/conformance';

export const headCases = defineCases([
  {
    id: 'head-from-get',
    title: 'A stored GET answers HEAD: the same fields, no content',
    kind: 'optimal',
    spec: ['RFC 9110 §9.3.2', 'RFC 9111 §4'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/plain' },
          body: 'twelve bytes',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: { method: 'HEAD' },
        expect: {
          from: 'cache',
          outcome: 'hit',
          headers: { 'Content-Length': '12', 'Content-Type': 'text/plain', Age: '5' },
        },
      },
    ],
  },
  {
    id: 'head-miss-fetches-get',
    title: 'A HEAD that misses asks with GET, so that the answer can be stored',
    kind: 'optimal',
    spec: ['RFC 9110 §9.3.2'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'twelve bytes' },
        expect: {
          from: 'origin',
          body: '',
          outcome: 'miss',
          stored: true,
          headers: { 'Content-Length': '12' },
          upstream: { method: 'GET' },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', body: 'twelve bytes' } },
    ],
  },
  {
    id: 'head-miss-as-head',
    title: 'Where the policy forwards HEAD as HEAD, its answer is not stored for GET',
    kind: 'check',
    spec: ['RFC 9110 §9.3.2', 'RFC 9111 §3'],
    policy: { fill: { headAsGet: false } },
    steps: [
      {
        request: { method: 'HEAD' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: false,
          reasons: ['not-stored-method'],
          upstream: { method: 'HEAD' },
        },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', upstream: { method: 'GET' } },
      },
    ],
  },
  {
    id: 'head-no-store-request',
    title: 'A HEAD whose answer may not be stored anyway is forwarded as HEAD',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.5'],
    steps: [
      {
        request: { method: 'HEAD', headers: { 'Cache-Control': 'no-store' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: false, upstream: { method: 'HEAD' } },
      },
    ],
  },
  {
    id: 'head-204',
    title: 'A stored 204 has no Content-Length, for HEAD either',
    kind: 'required',
    spec: ['RFC 9110 §8.6'],
    steps: [
      {
        request: {},
        origin: { status: 204, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, absent: ['content-length'] },
      },
      { request: {}, expect: { from: 'cache', absent: ['content-length'] } },
      { request: { method: 'HEAD' }, expect: { from: 'cache', absent: ['content-length'] } },
    ],
  },
]);
