import { defineCases } from '@poplet/conformance';

const MINUTE = { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } };

export const cacheStatusCases = defineCases([
  {
    id: 'cache-status-miss-and-hit',
    title: 'A miss says uri-miss, stored and its lifetime; a hit says hit and what is left',
    kind: 'required',
    spec: ['RFC 9211 §2.1', 'RFC 9211 §2.2', 'RFC 9211 §2.4', 'RFC 9211 §2.5', 'RFC 9211 §2.7'],
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
    spec: ['RFC 9211 §2.5'],
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
    spec: ['RFC 9211 §2.2', 'RFC 9211 §2.3'],
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
    spec: ['RFC 9211 §2'],
    policy: { downstream: { cacheName: 'Example Cache' } },
    steps: [
      {
        request: {},
        origin: MINUTE,
        expect: {
          from: 'origin',
          headers: { 'Cache-Status': /^"Example Cache";/u },
          upstream: { headers: { Via: '1.1 Example-Cache' } },
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
