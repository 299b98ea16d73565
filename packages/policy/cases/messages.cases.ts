import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

const UNSTORED = { headers: { 'Cache-Control': 'no-store' } };

/** Everything of a 200 that says what its content is, and how long it may be kept. */
const DESCRIBED = {
  'Cache-Control': 'max-age=600',
  ETag: '"v1"',
  'Last-Modified': '{start-1000}',
  Expires: '{start+600}',
  Date: '{start}',
  Vary: 'X-Kind',
  'Content-Location': '/there',
  'Content-Type': 'text/plain',
  'Content-Language': 'en',
  'Content-Encoding': 'identity',
};

const unchanged = defineCases([
  {
    id: 'messages-credentials',
    title: 'Credentials and challenges go through as they are',
    kind: 'required',
    spec: ['RFC 9110 §11.6.1', 'RFC 9110 §11.6.2', 'RFC 9110 §11.6.3', 'RFC 9110 §7.7'],
    steps: [
      {
        request: { headers: { Authorization: 'Digest realm="a, b",  nonce="c\\"d"' } },
        origin: {
          status: 401,
          headers: [
            ['WWW-Authenticate', 'Basic realm="simple", Newauth realm="apps", type=1'],
            ['WWW-Authenticate', 'Other  title="Login to \\"apps\\""'],
            ['Authentication-Info', 'nextnonce="e,f"'],
          ],
        },
        expect: {
          from: 'origin',
          headers: {
            'WWW-Authenticate':
              'Basic realm="simple", Newauth realm="apps", type=1, Other  title="Login to \\"apps\\""',
            'Authentication-Info': 'nextnonce="e,f"',
          },
          upstream: { headers: { Authorization: 'Digest realm="a, b",  nonce="c\\"d"' } },
        },
      },
    ],
  },
  {
    id: 'messages-proxy-credentials',
    title: 'Credentials for a proxy are not for the origin, nor its challenges for the client',
    kind: 'optimal',
    spec: ['RFC 9110 §11.7.1', 'RFC 9110 §11.7.2', 'RFC 9110 §11.7.3', 'RFC 9110 §7.6.1'],
    steps: [
      {
        request: { headers: { 'Proxy-Authorization': 'Basic YTpi' } },
        origin: {
          headers: {
            'Cache-Control': 'no-store',
            'Proxy-Authenticate': 'Basic',
            'Proxy-Authentication-Info': 'x=y',
          },
        },
        expect: {
          from: 'origin',
          absent: ['proxy-authenticate', 'proxy-authentication-info'],
          upstream: { absent: ['proxy-authorization'] },
        },
      },
    ],
  },
  {
    id: 'messages-context',
    title: 'What a client says of itself and of where it comes from goes through as it is',
    kind: 'optimal',
    spec: ['RFC 9110 §10.1.3', 'RFC 9110 §7.7'],
    steps: [
      {
        request: {
          headers: {
            Referer: '{edge}/from?a=1',
            'User-Agent': 'scripted/1 (a; b)',
            From: 'me@example.test',
            Origin: '{edge}',
          },
        },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              Referer: '{edge}/from?a=1',
              'User-Agent': 'scripted/1 (a; b)',
              From: 'me@example.test',
              Origin: '{edge}',
            },
          },
        },
      },
    ],
  },
  {
    id: 'messages-allow',
    title: 'Allow goes through as it is, unknown methods included',
    kind: 'required',
    spec: ['RFC 9110 §10.2.1', 'RFC 9110 §15.5.6'],
    steps: [
      {
        request: { method: 'PUT', body: 'x' },
        origin: { status: 405, headers: { Allow: 'GET, BREW,  WHEN' } },
        expect: { from: 'origin', headers: { Allow: 'GET, BREW,  WHEN' } },
      },
    ],
  },
  {
    id: 'messages-nothing-added',
    title: 'Nothing is put into the origin’s words that is not known: no Vary, no Server, no ETag',
    kind: 'required',
    spec: ['RFC 9110 §12.5.5', 'RFC 9110 §7.7'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          absent: ['vary', 'server', 'etag', 'last-modified', 'content-type', 'expires'],
        },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          absent: ['vary', 'server', 'etag', 'last-modified', 'content-type', 'expires'],
        },
      },
    ],
  },
  {
    id: 'messages-other-origin-untouched',
    title: 'What is stored for another host stays, though a Location names it',
    kind: 'required',
    spec: ['RFC 9110 §4.3.1', 'RFC 9111 §4.4'],
    steps: [
      {
        request: { path: '/other', host: 'elsewhere.test' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { method: 'POST', body: '' },
        origin: { status: 201, headers: { Location: 'http://elsewhere.test{path}/other' } },
        expect: { from: 'origin' },
      },
      {
        request: { path: '/other', host: 'elsewhere.test' },
        expect: { from: 'cache', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'messages-path-case',
    title: 'The path is compared in its own case, and an octet is not its percent-encoding’s twin',
    kind: 'check',
    spec: ['RFC 9110 §4.2.3'],
    steps: [
      {
        request: { path: '/Page' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      ...['/page', '/P%61ge', '/Page/'].map((path) => ({
        request: { path },
        origin: UNSTORED,
        expect: { from: 'origin', reasons: ['nothing-stored'] } as const,
      })),
    ],
  },
  ...['PUT', 'DELETE'].map((method): Case => ({
    id: `messages-${method.toLowerCase()}-not-cacheable`,
    title: `A successful ${method} leaves nothing stored for its target, not even its own answer`,
    kind: 'required',
    spec: ['RFC 9110 §9.2.3', method === 'PUT' ? 'RFC 9110 §9.3.4' : 'RFC 9110 §9.3.5'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { method, body: '' },
        origin: {
          headers: { 'Cache-Control': 'public, max-age=60', 'Content-Location': '{edge}{path}/' },
        },
        expect: { from: 'origin', stored: false },
      },
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  })),
  {
    id: 'messages-unknown-status',
    title: 'A status that nobody knows goes through as it is, and counts as the first of its class',
    kind: 'required',
    spec: ['RFC 9110 §15', 'RFC 9110 §7.6'],
    steps: [
      {
        request: { path: '/a' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      // As a 500 it changed nothing, as a 200 it did.
      {
        request: { method: 'POST', path: '/a', body: 'x' },
        origin: { status: 589 },
        expect: { from: 'origin', status: 589 },
      },
      { request: { path: '/a' }, expect: { from: 'cache', bodyOfStep: 1 } },
      {
        request: { method: 'POST', path: '/a', body: 'x' },
        origin: { status: 289 },
        expect: { from: 'origin', status: 289 },
      },
      { request: { path: '/a' }, origin: {}, expect: { from: 'origin' } },
    ],
  },
]);

const BROKEN = {
  only: 'sockets',
  because: 'how a connection ends is seen by the client that uses it',
} as const;

/** A connection that has served before is closed without a word; the origin would answer the next one. */
function retried(
  told: Pick<Case, 'id' | 'title' | 'kind'> & { readonly method: string; readonly again: boolean },
): Case {
  const { method, again, ...rest } = told;
  return {
    ...rest,
    spec: ['RFC 9110 §9.2.2', 'RFC 9112 §9.3.1'],
    runs: BROKEN,
    steps: [
      { request: {}, origin: UNSTORED, expect: { from: 'origin' } },
      {
        request: { method, body: '' },
        origin: [{ fault: 'reset' }, UNSTORED],
        expect: again
          ? { from: 'origin', status: 200, upstream: { requests: 2 }, reasons: ['retried'] }
          : { from: 'edge', status: 502, upstream: { requests: 1 }, notReasons: ['retried'] },
      },
    ],
  };
}

const repeated = defineCases([
  ...['GET', 'PUT', 'DELETE'].map((method) =>
    retried({
      id: `messages-retry-${method.toLowerCase()}`,
      title: `A ${method} whose connection ended without a word is asked once more`,
      kind: 'optimal',
      method,
      again: true,
    }),
  ),
  ...['POST', 'PATCH'].map((method) =>
    retried({
      id: `messages-retry-${method.toLowerCase()}`,
      title: `A ${method} is never repeated: it may have been done`,
      kind: 'required',
      method,
      again: false,
    }),
  ),
  {
    id: 'messages-retry-once',
    title: 'What failed when it was repeated is not repeated again',
    kind: 'required',
    spec: ['RFC 9110 §9.2.2'],
    runs: BROKEN,
    steps: [
      { request: {}, origin: UNSTORED, expect: { from: 'origin' } },
      {
        request: {},
        origin: [{ fault: 'reset' }, { fault: 'reset' }, UNSTORED],
        expect: { from: 'edge', status: 502, upstream: { requests: 2 } },
      },
    ],
  },
]);

const partial = defineCases([
  {
    id: 'messages-206-fields',
    title: 'A 206 says all that the 200 would have said, of one range and of several',
    kind: 'required',
    spec: ['RFC 9110 §15.3.7'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: DESCRIBED, body: '0123456789' },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'a', Range: 'bytes=2-4' } },
        expect: {
          from: 'cache',
          status: 206,
          body: '234',
          headers: { ...DESCRIBED, 'Content-Range': 'bytes 2-4/10', 'Content-Length': '3' },
        },
      },
      {
        request: { headers: { 'X-Kind': 'a', Range: 'bytes=0-0, 9-9' } },
        expect: {
          from: 'cache',
          status: 206,
          body: /^--/u,
          headers: {
            ...DESCRIBED,
            'Content-Type': /^multipart\/byteranges; boundary=[\w'()+,./:=?-]+$/u,
          },
          absent: ['content-range'],
        },
      },
    ],
  },
  {
    id: 'messages-range-space',
    title: 'White space is allowed before the first range, as in the RFC’s own example',
    kind: 'required',
    spec: ['RFC 9110 §14.1.2', 'RFC 9110 §14.1.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: '0123456789' },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Range: 'bytes= 0-0, 4-5, -1' } },
        expect: {
          from: 'cache',
          status: 206,
          body: /^--/u,
          parts: [
            { range: 'bytes 0-0/10', body: '0' },
            { range: 'bytes 4-5/10', body: '45' },
            { range: 'bytes 9-9/10', body: '9' },
          ],
        },
      },
    ],
  },
  {
    id: 'messages-content-range-in-request',
    title: 'Content-Range in a GET means nothing',
    kind: 'required',
    spec: ['RFC 9110 §14.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: '0123456789' },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Content-Range': 'bytes 2-4/10' } },
        expect: { from: 'cache', status: 200, body: '0123456789', absent: ['content-range'] },
      },
    ],
  },
  {
    id: 'messages-content-range-beyond',
    title: 'A part that would end behind the end of its whole belongs to nothing',
    kind: 'required',
    spec: ['RFC 9110 §14.4'],
    steps: [
      {
        request: { headers: { Range: 'bytes=2-10', 'If-Match': '"v1"' } },
        origin: {
          status: 206,
          headers: {
            'Cache-Control': 'max-age=60',
            ETag: '"v1"',
            'Content-Range': 'bytes 2-10/10',
          },
          body: '23456789x',
        },
        expect: { from: 'origin', status: 206, stored: false },
      },
      {
        request: { headers: { Range: 'bytes=2-3' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: '0123456789' },
        expect: { from: 'origin', status: 206, body: '23', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'messages-condition-beside-redirect',
    title: 'Conditions are ignored where the answer is a redirect',
    kind: 'required',
    spec: ['RFC 9110 §13.2.1'],
    steps: [
      {
        request: {},
        origin: {
          status: 301,
          headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"', Location: '/there' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'If-None-Match': '"v1"' } },
        expect: { from: 'cache', status: 301 },
      },
      { request: { headers: { 'If-None-Match': '*' } }, expect: { from: 'cache', status: 301 } },
    ],
  },
  {
    id: 'messages-date-unsafe',
    title: 'If-Modified-Since with a method other than GET and HEAD is looked at by nobody here',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3'],
    steps: [
      {
        request: {
          method: 'POST',
          body: 'x',
          headers: { 'If-Modified-Since': 'Mon, 02 Jan 2090 00:00:00 GMT' },
        },
        origin: { headers: { 'Last-Modified': '{start-1000}' } },
        expect: {
          from: 'origin',
          status: 200,
          upstream: { headers: { 'If-Modified-Since': 'Mon, 02 Jan 2090 00:00:00 GMT' } },
        },
      },
    ],
  },
  {
    id: 'messages-date-by-origins-clock',
    title: 'If-Modified-Since is compared with the origin’s dates, whatever the time is here',
    kind: 'required',
    spec: ['RFC 9110 §13.1.3'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            Date: '{start+3600}',
            'Last-Modified': '{start+3500}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'If-Modified-Since': '{start+3500}' } },
        expect: { from: 'cache', status: 304 },
      },
      {
        request: { headers: { 'If-Modified-Since': '{start+3499}' } },
        expect: { from: 'cache', status: 200 },
      },
    ],
  },
  {
    id: 'messages-options-conditions',
    title: 'Conditions and ranges of an OPTIONS are nobody’s here: they are passed on',
    kind: 'required',
    spec: ['RFC 9110 §13.2.1', 'RFC 9110 §14.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: {
          method: 'OPTIONS',
          headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-0' },
        },
        origin: { headers: { ETag: '"v1"' } },
        expect: {
          from: 'origin',
          status: 200,
          upstream: {
            method: 'OPTIONS',
            headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-0' },
          },
        },
      },
    ],
  },
]);

/** What becomes of a message that goes through: what stays as it is, what is repeated, what is cut out of it. */
export const messageCases = [...unchanged, ...repeated, ...partial];
