import { defineCases } from '@poplet/conformance';

const CUT_OFF = {
  only: 'sockets',
  because: 'how much of a body arrived is seen by whoever reads it, after the pure functions',
} as const;

/** Interim responses, trailers, bodies that end early. */
export const transferCases = defineCases([
  {
    id: 'transfer-interim-responses',
    title:
      'Interim responses reach the client as they come, unknown ones included, and are not stored',
    kind: 'required',
    spec: ['RFC 9110 §15.2', 'RFC 8297 §2', 'RFC 9111 §3'],
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
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { informational: [{ status: 102 }] },
        expect: { from: 'origin', informational: [102] },
      },
    ],
  },
  {
    id: 'transfer-early-hints',
    title:
      'Each 103 arrives with its own fields, those of the connection left out; none of them is in the answer or in the store',
    kind: 'required',
    spec: ['RFC 8297 §2', 'RFC 9110 §7.6.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Link: '</c.css>; rel=preload' },
          informational: [
            {
              status: 103,
              headers: [
                ['Link', '</a.css>; rel=preload'],
                ['Link', '</b,c.js>; rel=preload; as="x, y"'],
                ['Cache-Control', 'no-store'],
                ['Connection', 'X-Hop'],
                ['X-Hop', '1'],
              ],
            },
            { status: 103, headers: { Link: '</d.css>; rel=preload', 'X-Other': '1' } },
          ],
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { Link: '</c.css>; rel=preload' },
          informational: [
            {
              status: 103,
              headers: {
                Link: '</a.css>; rel=preload, </b,c.js>; rel=preload; as="x, y"',
                'Cache-Control': 'no-store',
              },
              absent: ['x-hop', 'connection'],
            },
            { status: 103, headers: { Link: '</d.css>; rel=preload', 'X-Other': '1' } },
          ],
        },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          headers: { Link: '</c.css>; rel=preload' },
          informational: [],
          absent: ['x-other'],
        },
      },
    ],
  },
  {
    id: 'transfer-interim-while-validating',
    title:
      'Interim responses to a validation reach the client, and change nothing of what is stored',
    kind: 'required',
    spec: ['RFC 8297 §2', 'RFC 9110 §15.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {},
        origin: {
          status: 304,
          informational: [{ status: 103, headers: { Link: '</a.css>; rel=preload', ETag: '"x"' } }],
        },
        expect: {
          from: 'validated',
          bodyOfStep: 1,
          headers: { ETag: '"v1"' },
          absent: ['link'],
          informational: [{ status: 103, headers: { Link: '</a.css>; rel=preload' } }],
        },
      },
    ],
  },
  {
    id: 'transfer-interim-old-client',
    title: 'A client of HTTP/1.0 is sent no interim response, nor chunks, nor trailers',
    kind: 'required',
    spec: ['RFC 9110 §15.2', 'RFC 9112 §7.1', 'RFC 9110 §6.5.1'],
    steps: [
      {
        request: { httpVersion: '1.0' },
        origin: {
          headers: { 'Cache-Control': 'no-store' },
          chunked: true,
          body: 'whole',
          informational: [{ status: 102 }, { status: 103, headers: { Link: '</a.css>' } }],
        },
        expect: {
          from: 'origin',
          body: 'whole',
          informational: [],
          absent: ['link', 'transfer-encoding'],
        },
      },
    ],
  },
  {
    id: 'transfer-interim-continue-unasked',
    title: 'A 100 that nobody asked for is an interim response like others',
    kind: 'required',
    spec: ['RFC 9110 §15.2', 'RFC 9110 §15.2.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60' },
          informational: [
            { status: 100 },
            { status: 103, headers: { Link: '</a.css>' } },
            { status: 100 },
          ],
        },
        expect: { from: 'origin', stored: true, informational: [100, 103, 100] },
      },
      {
        request: { method: 'POST', body: 'x' },
        origin: { informational: [{ status: 100 }] },
        expect: { from: 'origin', informational: [100] },
      },
    ],
  },
  {
    id: 'transfer-trailers',
    title: 'Trailers reach the client behind the body, from the origin and from the store',
    kind: 'optimal',
    spec: ['RFC 9110 §6.5', 'RFC 9111 §3.1', 'RFC 9112 §7.1.2'],
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
    id: 'transfer-trailers-hop-by-hop',
    title: 'Trailers that Connection nominates, or that belong into the head, go no further',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', 'RFC 9110 §6.5.1', 'RFC 9111 §3.1'],
    steps: [
      ...['max-age=60', 'no-store'].map((control) => ({
        request: { path: `/${control}` },
        origin: {
          headers: { 'Cache-Control': control, Connection: 'X-Hop' },
          trailers: [
            ['X-Sum', '42'],
            ['X-Hop', '1'],
            ['Cache-Control', 'private'],
            ['Set-Cookie', 'a=1'],
            ['X-Sum', '43'],
          ] as const,
        },
        expect: {
          from: 'origin' as const,
          headers: { 'Cache-Control': control },
          trailers: {
            'X-Sum': '42, 43',
            'X-Hop': null,
            'Cache-Control': null,
            'Set-Cookie': null,
          },
        },
      })),
      {
        request: { path: '/max-age=60' },
        expect: {
          from: 'cache',
          headers: { 'Cache-Control': 'max-age=60' },
          bodyOfStep: 1,
          absent: ['x-sum'],
          trailers: { 'X-Sum': '42, 43', 'X-Hop': null, 'Cache-Control': null },
        },
      },
    ],
  },
  {
    id: 'transfer-trailers-qualified',
    title: 'Trailers that private or no-cache names are for the first client only',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §5.2.2.4', 'RFC 9111 §3.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60, private="x-user", no-cache="X-Stamp"' },
          trailers: { 'X-User': 'ada', 'X-Stamp': '1', 'X-Sum': '42' },
        },
        expect: {
          from: 'origin',
          stored: true,
          trailers: { 'X-User': 'ada', 'X-Stamp': '1', 'X-Sum': '42' },
        },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          outcome: 'hit',
          trailers: { 'X-User': null, 'X-Stamp': null, 'X-Sum': '42' },
        },
      },
    ],
  },
  {
    id: 'transfer-trailers-not-merged',
    title: 'A trailer never changes the head: one that forbids storing comes too late',
    kind: 'required',
    spec: ['RFC 9111 §3.1', 'RFC 9110 §6.5.1', 'RFC 9112 §7.1.2', 'RFC 9112 §7.1.2'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', ETag: '"head"' },
          trailers: { 'Cache-Control': 'no-store', ETag: '"trailer"' },
        },
        expect: { from: 'origin', stored: true, headers: { ETag: '"head"' } },
      },
      {
        at: 30,
        request: {},
        expect: {
          from: 'cache',
          headers: { ETag: '"head"', 'Cache-Control': 'max-age=60' },
          trailers: { ETag: '"trailer"' },
        },
      },
      {
        at: 61,
        request: {},
        origin: { status: 304, headers: { ETag: '"head"' } },
        expect: { from: 'validated', upstream: { headers: { 'If-None-Match': '"head"' } } },
      },
    ],
  },
  {
    id: 'transfer-cut-off-chunked',
    title:
      'A chunked body that ends without its last chunk is not complete: not stored, and the client notices',
    kind: 'required',
    spec: ['RFC 9112 §8', 'RFC 9111 §3.3', 'RFC 9112 §7.1'],
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
