import { defineCases } from '@poplet/conformance';

const MINUTE = { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } };

export const cacheStatusCases = defineCases([
  {
    id: 'cache-status-miss-and-hit',
    title: 'A miss says uri-miss, stored and its lifetime; a hit says hit and what is left',
    kind: 'required',
    spec: [
      'RFC 9211 §2.1',
      'RFC 9211 §2.2',
      'RFC 9211 §2.3',
      'RFC 9211 §2.4',
      'RFC 9211 §2.5',
      'RFC 9211 §2.7',
    ],
    steps: [
      {
        request: {},
        origin: MINUTE,
        expect: {
          from: 'origin',
          headers: { 'Cache-Status': /^poplet;/u },
          cacheStatus: {
            hit: null,
            fwd: 'uri-miss',
            'fwd-status': 200,
            key: 'default {edge}{path}/',
            stored: true,
            ttl: 60,
            collapsed: null,
          },
        },
      },
      {
        at: 15,
        request: {},
        expect: {
          from: 'cache',
          cacheStatus: { hit: true, fwd: null, 'fwd-status': null, stored: null, ttl: 45 },
        },
      },
    ],
  },
  {
    id: 'cache-status-not-stored',
    title: 'A response that is not stored says so by silence',
    kind: 'required',
    spec: ['RFC 9211 §2.5', 'RFC 9211 §2.8'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: {
          from: 'origin',
          cacheStatus: { fwd: 'uri-miss', stored: null, ttl: null, detail: 'not-stored-no-store' },
        },
      },
    ],
  },
  {
    id: 'cache-status-stale-validated',
    title: 'A validation says fwd=stale and fwd-status=304',
    kind: 'required',
    spec: ['RFC 9211 §2.2', 'RFC 9211 §2.3', 'RFC 9211 §2.1'],
    steps: [
      { request: {}, origin: MINUTE, expect: { from: 'origin' } },
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          cacheStatus: { hit: null, fwd: 'stale', 'fwd-status': 304, ttl: 60, stored: true },
        },
      },
    ],
  },
  {
    id: 'cache-status-stale-replaced',
    title: 'A replacement says fwd=stale and fwd-status=200',
    kind: 'required',
    spec: ['RFC 9211 §2.2', 'RFC 9211 §2.3'],
    steps: [
      { request: {}, origin: MINUTE, expect: { from: 'origin' } },
      {
        at: 100,
        request: {},
        origin: MINUTE,
        expect: {
          from: 'origin',
          cacheStatus: { fwd: 'stale', 'fwd-status': 200, stored: true, ttl: 60 },
        },
      },
    ],
  },
  {
    id: 'cache-status-request',
    title: 'A fresh response that the client did not want says fwd=request',
    kind: 'required',
    spec: ['RFC 9211 §2.2'],
    steps: [
      { request: {}, origin: MINUTE, expect: { from: 'origin' } },
      {
        at: 5,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { status: 304 },
        expect: { from: 'validated', cacheStatus: { fwd: 'request', 'fwd-status': 304 } },
      },
    ],
  },
  {
    id: 'cache-status-no-cache-stale',
    title: 'A stale response that its own no-cache has validated says fwd=stale',
    kind: 'required',
    spec: ['RFC 9211 §2.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, no-cache', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', cacheStatus: { fwd: 'stale', 'fwd-status': 304, hit: null } },
      },
    ],
  },
  {
    id: 'cache-status-vary-miss',
    title: 'Stored variants of which none matches: vary-miss',
    kind: 'required',
    spec: ['RFC 9211 §2.2'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind' } },
        expect: { from: 'origin', cacheStatus: { fwd: 'uri-miss' } },
      },
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind' } },
        expect: { from: 'origin', cacheStatus: { fwd: 'vary-miss' } },
      },
    ],
  },
  {
    id: 'cache-status-stale-hit',
    title: 'A stale response in place of an error went forward, and its ttl is negative',
    kind: 'required',
    spec: ['RFC 9211 §2.1', 'RFC 9211 §2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-if-error=600' } },
        expect: { from: 'origin' },
      },
      {
        at: 100,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'cache',
          upstream: { requests: 1 },
          cacheStatus: { hit: null, fwd: 'stale', 'fwd-status': 503, ttl: -40 },
        },
      },
    ],
  },
  {
    id: 'cache-status-chain-kept',
    title: 'What caches nearer to the origin said stays in front',
    kind: 'optimal',
    spec: ['RFC 9211 §2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Cache-Status': 'Near; hit; ttl=9' } },
        expect: { from: 'origin', headers: { 'Cache-Status': /^Near; hit; ttl=9, poplet;/u } },
      },
      {
        at: 1,
        request: {},
        expect: { from: 'cache', headers: { 'Cache-Status': /^Near; hit; ttl=9, poplet;hit/u } },
      },
    ],
  },
  {
    id: 'cache-status-304',
    title: 'A 304 made from a stored response is a hit',
    kind: 'required',
    spec: ['RFC 9211 §2.1'],
    steps: [
      { request: {}, origin: MINUTE, expect: { from: 'origin' } },
      {
        request: { headers: { 'If-None-Match': '"v1"' } },
        expect: { from: 'cache', status: 304, cacheStatus: { hit: true } },
      },
    ],
  },
  {
    id: 'cache-status-locally-generated',
    title: 'An answer in the edge’s own words carries no Cache-Status',
    kind: 'required',
    spec: ['RFC 9211 §2'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'only-if-cached' } },
        expect: { from: 'edge', status: 504, absent: ['cache-status'] },
      },
      {
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, absent: ['cache-status'] },
      },
    ],
  },
  {
    id: 'cache-status-name',
    title: 'The name of the cache is a field of the policy',
    kind: 'check',
    spec: ['RFC 9211 §2', 'RFC 9651 §4.1.7'],
    policy: { downstream: { cacheName: 'Example Cache' } },
    steps: [
      {
        request: {},
        origin: MINUTE,
        expect: {
          from: 'origin',
          headers: { 'Cache-Status': /^"Example Cache";/u },
          upstream: { headers: { Via: '{client-version} Example-Cache' } },
        },
      },
    ],
  },
  {
    id: 'cache-status-method',
    title: 'What its method sends forward says fwd=method, and nothing of the store',
    kind: 'required',
    spec: ['RFC 9211 §2.2', 'RFC 9211 §2.3', 'RFC 9211 §2.5'],
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { status: 201, headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          status: 201,
          cacheStatus: { fwd: 'method', 'fwd-status': 201, hit: null, stored: null },
        },
      },
    ],
  },
  {
    id: 'cache-status-bypass',
    title: 'While the operator has the cache switched off, fwd is bypass',
    kind: 'required',
    spec: ['RFC 9211 §2.2'],
    steps: [
      { bypass: true },
      {
        request: {},
        origin: MINUTE,
        expect: { from: 'origin', cacheStatus: { fwd: 'bypass', hit: null, stored: null } },
      },
    ],
  },
  {
    id: 'cache-status-updating',
    title: 'A stale response that is served without waiting is a hit with a negative ttl',
    kind: 'required',
    spec: ['RFC 9211 §2.1', 'RFC 9211 §2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: MINUTE,
        expect: {
          from: 'cache',
          outcome: 'updating',
          upstream: { requests: 1 },
          cacheStatus: { hit: true, fwd: null, ttl: -40 },
        },
      },
    ],
  },
  {
    id: 'cache-status-206',
    title: 'A 206 cut out of a stored response is a hit',
    kind: 'required',
    spec: ['RFC 9211 §2.1'],
    steps: [
      { request: {}, origin: { ...MINUTE, body: '0123456789' }, expect: { from: 'origin' } },
      {
        request: { headers: { Range: 'bytes=2-4' } },
        expect: { from: 'cache', status: 206, body: '234', cacheStatus: { hit: true, fwd: null } },
      },
    ],
  },
  {
    id: 'cache-status-heuristic-ttl',
    title: 'A lifetime that was guessed counts in ttl as one that was given',
    kind: 'required',
    spec: ['RFC 9211 §2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Last-Modified': '{now-1000}' } },
        expect: { from: 'origin', cacheStatus: { ttl: 100 } },
      },
    ],
  },
  {
    id: 'cache-status-written',
    title:
      'A parameter that is true is written without its value, an identifier that is a Token without quotes',
    kind: 'required',
    spec: ['RFC 9211 §2', 'RFC 9651 §3.1.2', 'RFC 9651 §4.1.7'],
    steps: [
      {
        request: {},
        origin: MINUTE,
        expect: {
          from: 'origin',
          headers: {
            'Cache-Status':
              /^poplet;fwd=uri-miss;fwd-status=200;ttl=60;stored;key="[^"\\]+";detail=stored$/u,
          },
        },
      },
      {
        at: 1,
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Cache-Status': /^poplet;hit;ttl=59;key="[^"\\]+";detail=fresh$/u },
        },
      },
    ],
  },
  {
    id: 'cache-status-integer-bound',
    title: 'A ttl beyond what an Integer can say is the greatest that it can',
    kind: 'required',
    spec: ['RFC 9651 §4.1.4', 'RFC 9211 §2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=99999999999999999999' } },
        expect: { from: 'origin', cacheStatus: { ttl: 999_999_999_999_999 } },
      },
    ],
  },
  {
    id: 'cache-status-escaped-string',
    title: 'Quotes and backslashes in a String are escaped',
    kind: 'required',
    spec: ['RFC 9651 §4.1.6', 'RFC 9211 §2'],
    policy: { downstream: { cacheName: 'a "b" \\' } },
    steps: [
      {
        request: {},
        origin: MINUTE,
        expect: {
          from: 'origin',
          headers: { 'Cache-Status': /^"a \\"b\\" \\\\";/u },
          cacheStatus: { fwd: 'uri-miss' },
        },
      },
    ],
  },
  {
    id: 'cache-status-stripped-fields',
    title: 'A policy may remove response fields on the way to the client, stored or not',
    kind: 'check',
    spec: ['Poplet'],
    policy: { downstream: { strip: ['surrogate-key', 'x-secret'] } },
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            'Surrogate-Key': 'a b',
            'X-Secret': '1',
            'X-Kept': '2',
          },
        },
        expect: {
          from: 'origin',
          headers: { 'X-Kept': '2' },
          absent: ['surrogate-key', 'x-secret'],
        },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          headers: { 'X-Kept': '2' },
          absent: ['surrogate-key', 'x-secret'],
        },
      },
    ],
  },
]);
