import { defineCases } from '@poplet/conformance';
import type { ExchangeStep } from '@poplet/conformance';

function stored(directives: string): ExchangeStep {
  return {
    request: {},
    origin: { headers: { 'Cache-Control': directives, ETag: '"v1"' } },
    expect: { from: 'origin', stored: true },
  };
}

const RELOAD = { headers: { 'Cache-Control': 'max-age=0' } };

export const immutableCases = defineCases([
  {
    id: 'immutable-reload',
    title: 'A reload of a fresh immutable response is answered from the store',
    kind: 'optimal',
    spec: ['RFC 8246 §2.1'],
    steps: [
      stored('max-age=600, immutable'),
      {
        at: 5,
        request: RELOAD,
        expect: { from: 'cache', outcome: 'hit', reasons: ['fresh', 'request-immutable-reload'] },
      },
    ],
  },
  {
    id: 'immutable-conditional-reload',
    title: 'A conditional reload of a fresh immutable response is answered 304 from the store',
    kind: 'optimal',
    spec: ['RFC 8246 §2.1'],
    steps: [
      stored('max-age=600, immutable'),
      {
        at: 5,
        request: { headers: { 'Cache-Control': 'max-age=0', 'If-None-Match': '"v1"' } },
        expect: { from: 'cache', outcome: 'hit', status: 304 },
      },
    ],
  },
  {
    id: 'immutable-forced-reload',
    title: 'A forced reload (no-cache) is a sign that validation is wanted',
    kind: 'required',
    spec: ['RFC 8246 §2.1', 'RFC 8246 §3'],
    steps: [
      stored('max-age=600, immutable'),
      {
        at: 5,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['request-no-cache'] },
      },
    ],
  },
  {
    id: 'immutable-stale',
    title: 'Once stale, an immutable response is validated like any other',
    kind: 'required',
    spec: ['RFC 8246 §2'],
    steps: [
      stored('max-age=60, immutable'),
      { at: 61, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'immutable-without-lifetime',
    title: 'immutable alone is no lifetime',
    kind: 'required',
    spec: ['RFC 8246 §2'],
    steps: [
      stored('immutable'),
      { request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'immutable-with-argument',
    title: 'An argument of immutable has no meaning and is ignored',
    kind: 'required',
    spec: ['RFC 8246 §2'],
    steps: [
      stored('max-age=600, immutable="x"'),
      { at: 5, request: RELOAD, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'immutable-in-request',
    title: 'immutable in a request has no effect',
    kind: 'required',
    spec: ['RFC 8246 §2'],
    steps: [
      stored('max-age=600'),
      {
        at: 5,
        request: { headers: { 'Cache-Control': 'max-age=0, immutable' } },
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['request-no-cache'] },
      },
    ],
  },
  {
    id: 'immutable-twice',
    title: 'immutable twice is immutable',
    kind: 'required',
    spec: ['RFC 8246 §2'],
    steps: [
      stored('immutable, max-age=600, immutable'),
      { at: 5, request: RELOAD, expect: { from: 'cache' } },
    ],
  },
  {
    id: 'immutable-min-fresh',
    title: 'immutable answers a reload, not the wish for more freshness than there is',
    kind: 'check',
    spec: ['RFC 8246 §2.1', 'RFC 9111 §5.2.1.3'],
    steps: [
      stored('max-age=600, immutable'),
      {
        at: 5,
        request: { headers: { 'Cache-Control': 'max-age=0, min-fresh=600' } },
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['request-min-fresh'] },
      },
    ],
  },
]);
