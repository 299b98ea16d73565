import { defineCases } from '@poplet/conformance';

const INTERIM = {
  only: 'sockets',
  because: 'interim responses pass by the pure functions, which see the final one',
} as const;

const TRAILERS = {
  only: 'sockets',
  because: 'trailers follow the body, when the pure functions have spoken',
} as const;

const CUT_OFF = {
  only: 'sockets',
  because: 'how much of a body arrived is seen by whoever reads it, after the pure functions',
} as const;

/** What only sockets can show: interim responses, trailers, bodies that end early. */
export const transferCases = defineCases([
  {
    id: 'transfer-interim-responses',
    title:
      'Interim responses reach the client as they come, unknown ones included, and are not stored',
    kind: 'required',
    spec: ['RFC 9110 §15.2', 'RFC 8297 §2', 'RFC 9111 §3'],
    runs: INTERIM,
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60' },
          informational: [
            { status: 102 },
            { status: 103, headers: { Link: '</a.css>; rel=preload' } },
            { status: 199 },
          ],
        },
        expect: { from: 'origin', stored: true, informational: [102, 103, 199] },
      },
      {
        request: {},
        expect: { from: 'cache', outcome: 'hit', informational: [], absent: ['link'] },
      },
    ],
  },
  {
    id: 'transfer-interim-unsafe',
    title: 'Interim responses to what is passed through reach the client, too',
    kind: 'required',
    spec: ['RFC 9110 §15.2'],
    runs: INTERIM,
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { informational: [{ status: 102 }] },
        expect: { from: 'origin', informational: [102] },
      },
    ],
  },
  {
    id: 'transfer-trailers',
    title: 'Trailers reach the client behind the body, from the origin and from the store',
    kind: 'optimal',
    spec: ['RFC 9110 §6.5', 'RFC 9111 §3.1'],
    runs: TRAILERS,
    steps: [
      {
        request: { headers: { TE: 'trailers', Connection: 'TE' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Trailer: 'X-Sum' },
          trailers: { 'X-Sum': '42' },
        },
        expect: { from: 'origin', stored: true, trailers: { 'X-Sum': '42' }, absent: ['x-sum'] },
      },
      {
        request: { headers: { TE: 'trailers', Connection: 'TE' } },
        expect: { from: 'cache', outcome: 'hit', trailers: { 'X-Sum': '42' }, absent: ['x-sum'] },
      },
    ],
  },
  {
    id: 'transfer-cut-off-chunked',
    title:
      'A chunked body that ends without its last chunk is not complete: not stored, and the client notices',
    kind: 'required',
    spec: ['RFC 9112 §8', 'RFC 9111 §3.3'],
    runs: CUT_OFF,
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60' },
          body: '0123456789',
          chunked: true,
          cutOffAfterBytes: 4,
        },
        expect: { from: 'origin', stored: false, cutOff: true },
      },
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  },
  {
    id: 'transfer-cut-off-while-replacing',
    title: 'A replacement that is cut off leaves what was stored in its place',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §4.3.3'],
    runs: CUT_OFF,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', ETag: '"v2"' },
          body: '0123456789',
          cutOffAfterBytes: 4,
        },
        expect: { from: 'origin', stored: false, cutOff: true },
      },
      {
        at: 101,
        request: {},
        origin: { status: 304, headers: { ETag: '"v1"' } },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'transfer-205',
    title: 'A 205 has no content, neither from the origin nor from the store',
    kind: 'required',
    spec: ['RFC 9110 §15.3.6'],
    steps: [
      {
        request: {},
        origin: { status: 205, headers: { 'Cache-Control': 'max-age=60' }, body: 'surplus' },
        expect: { from: 'origin', status: 205, body: '' },
      },
      { at: 1, request: {}, expect: { from: 'cache', status: 205, body: '' } },
    ],
  },
  {
    id: 'transfer-205-unstored',
    title: 'Nor has a 205 that is not stored',
    kind: 'required',
    spec: ['RFC 9110 §15.3.6'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'no-store' } },
        origin: { status: 205, headers: { 'Cache-Control': 'no-store' }, body: 'surplus' },
        expect: { from: 'origin', status: 205, body: '' },
      },
    ],
  },
  {
    id: 'transfer-205-unsafe',
    title: 'Nor has the 205 to a form',
    kind: 'required',
    spec: ['RFC 9110 §15.3.6'],
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { status: 205, body: '' },
        expect: { from: 'origin', status: 205, body: '' },
      },
    ],
  },
  {
    id: 'transfer-body-of-request',
    title: 'The content of a request arrives whole, with its length',
    kind: 'required',
    spec: ['RFC 9110 §7.6', 'RFC 9111 §4'],
    steps: [
      {
        request: { method: 'PUT', body: 'ten bytes!', headers: { 'Content-Type': 'text/plain' } },
        origin: { status: 204 },
        expect: {
          from: 'origin',
          status: 204,
          upstream: {
            method: 'PUT',
            body: 'ten bytes!',
            headers: { 'Content-Type': 'text/plain' },
          },
        },
      },
    ],
  },
]);
