import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

const WIRE = {
  only: 'sockets',
  because: 'the pure functions see a response after it was parsed',
} as const;

type Told = Pick<Case, 'id' | 'title' | 'spec'>;

/** The head of a response that might be stored, with these lines added. */
function ok(...lines: readonly string[]): string {
  return ['HTTP/1.1 200 OK', 'Cache-Control: max-age=60', ...lines, '', ''].join('\r\n');
}

/** Bytes of an origin that are no response: a 502, and nothing is kept for the next request. */
function refused({
  bytes,
  says,
  ...told
}: Told & { readonly bytes: string; readonly says: RegExp }): Case {
  return {
    ...told,
    kind: 'required',
    runs: WIRE,
    steps: [
      {
        request: {},
        origin: { raw: { bytes, end: 'FIN' } },
        expect: {
          from: 'edge',
          status: 502,
          body: says,
          outcome: 'error',
          reasons: ['upstream-failure'],
          stored: false,
        },
      },
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  };
}

/** Bytes of an origin that are a response: what arrives, and that it is stored as that. */
function taken({
  bytes,
  body,
  kind = 'required',
  headers = {},
  absent = [],
  ...told
}: Told & {
  readonly kind?: Case['kind'];
  readonly bytes: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
}): Case {
  return {
    ...told,
    kind,
    runs: WIRE,
    steps: [
      {
        request: {},
        origin: { raw: { bytes, end: 'FIN' }, body },
        expect: { from: 'origin', stored: true, headers, absent },
      },
      { request: {}, expect: { from: 'cache', headers, absent } },
    ],
  };
}

/** Bytes of an origin that end early: the client notices, and the next request is a new one. */
function cutOff({
  bytes,
  end,
  ...told
}: Told & { readonly bytes: string; readonly end: 'FIN' | 'RST' }): Case {
  return {
    ...told,
    kind: 'required',
    runs: WIRE,
    steps: [
      {
        request: {},
        origin: { raw: { bytes, end } },
        expect: { from: 'origin', stored: false, cutOff: true },
      },
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  };
}

const heads = defineCases([
  refused({
    id: 'wire-response-folded',
    title: 'A response with a value folded over two lines is a 502, and the fold is named',
    spec: ['RFC 9112 §5.2', 'RFC 9112 §11.1'],
    bytes: `${ok('X-A: 1\r\n Set-Cookie: a=stolen', 'Content-Length: 2')}hi`,
    says: /header|field|fold|continu/iu,
  }),
  refused({
    id: 'wire-response-white-space-before-colon',
    title: 'A response with white space before a colon is not passed on with it',
    spec: ['RFC 9112 §5.1'],
    bytes: `${ok('X-A : 1', 'Content-Length: 2')}hi`,
    says: /header|field/iu,
  }),
  ...(
    [
      ['nul', 'A NUL', '\0'],
      ['cr', 'A bare CR', '\r'],
      ['lf', 'A bare LF', '\n'],
    ] as const
  ).map(([id, what, octet]) =>
    refused({
      id: `wire-response-${id}-in-value`,
      title: `${what} in a response’s field value: 502, and it hides no field`,
      spec: ['RFC 9110 §5.5', 'RFC 9112 §2.2', 'RFC 9112 §11.1'],
      bytes: `${ok(`X-A: 1${octet}Set-Cookie: a=stolen`, 'Content-Length: 2')}hi`,
      says: /header|field|CR|LF/iu,
    }),
  ),
  refused({
    id: 'wire-response-white-space-before-first-field',
    title: 'White space between the status line and the first field: 502',
    spec: ['RFC 9112 §2.2'],
    bytes: 'HTTP/1.1 200 OK\r\n X-A: 1\r\nContent-Length: 2\r\n\r\nhi',
    says: /./u,
  }),
  refused({
    id: 'wire-response-status-600',
    title: 'A status outside 100 to 599 is taken for a failure of the server',
    spec: ['RFC 9110 §15'],
    bytes: 'HTTP/1.1 600 Odd\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi',
    says: /status/iu,
  }),
  refused({
    id: 'wire-response-101-unasked',
    title: 'A switch of protocols that nobody asked for is no answer',
    spec: ['RFC 9110 §7.8', 'RFC 9110 §15.2.2'],
    bytes: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    says: /upgrade|switch|protocol/iu,
  }),
  refused({
    id: 'wire-response-half-a-head',
    title: 'A response that ends in the middle of its head conveys nothing',
    spec: ['RFC 9112 §8'],
    bytes: 'HTTP/1.1 200 OK\r\nCache-Control: max-',
    says: /HTTP|closed/iu,
  }),
  taken({
    id: 'wire-response-without-reason-phrase',
    title: 'A status line without reason phrase is read, and written with its space',
    spec: ['RFC 9112 §4'],
    bytes: 'HTTP/1.1 200\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi',
    body: 'hi',
  }),
  taken({
    id: 'wire-response-obs-text',
    title: 'Octets beyond ASCII in a response’s field value arrive as they are, stored or not',
    spec: ['RFC 9110 §5.5'],
    bytes: `${ok('X-A: \xe4\xff\x80', 'Content-Length: 2')}hi`,
    body: 'hi',
    headers: { 'X-A': '\xe4\xff\x80' },
  }),
  taken({
    id: 'wire-response-http-1-0',
    title: 'A response in HTTP/1.0 goes on in the edge’s own version',
    spec: ['RFC 9112 §2.3', 'RFC 9110 §6.2'],
    bytes: 'HTTP/1.0 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi',
    body: 'hi',
  }),
]);

const framing = defineCases([
  refused({
    id: 'wire-response-length-and-coding',
    title: 'A response with Content-Length and Transfer-Encoding is an error',
    spec: ['RFC 9112 §6.3', 'RFC 9112 §11.1', 'RFC 9110 §8.6'],
    bytes: `${ok('Content-Length: 2', 'Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\n\r\n`,
    says: /Content-Length|Transfer-Encoding/iu,
  }),
  ...(
    [
      ['list', 'Content-Length: 2, 3'],
      ['negative', 'Content-Length: -2'],
      ['word', 'Content-Length: two'],
      ['empty', 'Content-Length:'],
      ['huge', 'Content-Length: 99999999999999999999999'],
    ] as const
  ).map(([id, line]) =>
    refused({
      id: `wire-response-length-${id}`,
      title: `A response whose Content-Length cannot be read is a 502 (${id})`,
      spec: ['RFC 9112 §6.3', 'RFC 9110 §8.6'],
      bytes: `${ok(line)}hi!`,
      says: /Content-Length/iu,
    }),
  ),
  refused({
    id: 'wire-response-coding-gzip',
    title: 'A transfer coding that the edge cannot undo is a 502',
    spec: ['RFC 9112 §6.1', 'RFC 9112 §6.3', 'RFC 9112 §7.4'],
    bytes: `${ok('Transfer-Encoding: gzip, chunked')}2\r\nhi\r\n0\r\n\r\n`,
    says: /Transfer-Encoding|gzip/iu,
  }),
  taken({
    id: 'wire-response-chunks',
    title: 'Chunks are put together, their extensions ignored, sizes read in either case',
    spec: ['RFC 9112 §6.1', 'RFC 9112 §6.3', 'RFC 9112 §7.1', 'RFC 9112 §7.1.1'],
    bytes: `${ok('Transfer-Encoding: chunked')}3;a=b;c="d"\r\nabc\r\nA\r\n0123456789\r\n0b\r\n0123456789x\r\n0\r\n\r\n`,
    body: 'abc01234567890123456789x',
  }),
  taken({
    id: 'wire-response-until-close',
    title: 'A body that ends with its connection is whole',
    spec: ['RFC 9112 §6.3', 'RFC 9112 §8', 'RFC 9110 §6.1'],
    bytes: `${ok()}to the end`,
    body: 'to the end',
  }),
  cutOff({
    id: 'wire-response-until-reset',
    title: 'A body that was to end with its connection is not whole where that is reset',
    spec: ['RFC 9112 §8', 'RFC 9111 §3.3', 'RFC 9110 §6.1'],
    bytes: `${ok()}to the mid`,
    end: 'RST',
  }),
  cutOff({
    id: 'wire-response-short-of-length',
    title: 'A body shorter than its Content-Length is not whole, one byte or all of it',
    spec: ['RFC 9112 §6.3', 'RFC 9112 §8', 'RFC 9111 §3.3'],
    bytes: `${ok('Content-Length: 6')}short`,
    end: 'FIN',
  }),
  cutOff({
    id: 'wire-response-within-trailers',
    title: 'A chunked body is whole with the line that ends its trailers, not before',
    spec: ['RFC 9112 §7.1', 'RFC 9112 §8', 'RFC 9111 §3.3'],
    bytes: `${ok('Transfer-Encoding: chunked')}5\r\nshort\r\n0\r\nX-A: 1\r\n`,
    end: 'FIN',
  }),
  cutOff({
    id: 'wire-response-chunk-too-large',
    title: 'A chunk size beyond all bounds is no small one',
    spec: ['RFC 9112 §7.1', 'RFC 9111 §3.3'],
    bytes: `${ok('Transfer-Encoding: chunked')}5\r\nshort\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n`,
    end: 'FIN',
  }),
  {
    id: 'wire-response-204-with-length',
    title: 'A 204 ends with its head, and is passed on without a length',
    kind: 'required',
    spec: [
      'RFC 9112 §6.3',
      'RFC 9110 §8.6',
      'RFC 9110 §15.3.5',
      'RFC 9110 §6.4.1',
      'RFC 9112 §6.1',
    ],
    runs: WIRE,
    steps: [
      {
        request: { method: 'DELETE' },
        origin: {
          status: 204,
          raw: { bytes: 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', end: 'FIN' },
        },
        expect: { from: 'origin', absent: ['content-length', 'transfer-encoding'] },
      },
    ],
  },
  {
    id: 'wire-response-304-with-length',
    title: 'A 304 ends with its head, whatever length that names',
    kind: 'required',
    spec: ['RFC 9112 §6.3', 'RFC 9110 §15.4.5', 'RFC 9110 §6.4.1'],
    runs: WIRE,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' }, body: 'ten bytes!' },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: {
          status: 304,
          raw: {
            bytes:
              'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nContent-Length: 10\r\nConnection: close\r\n\r\n',
          },
        },
        expect: { from: 'validated', body: 'ten bytes!' },
      },
    ],
  },
  {
    id: 'wire-response-unasked',
    title: 'A second response behind the first answers nobody: it is not for the next request',
    kind: 'required',
    spec: ['RFC 9112 §6.3', 'RFC 9112 §9.2', 'RFC 9112 §11.1'],
    runs: WIRE,
    steps: [
      {
        request: {},
        origin: {
          raw: {
            bytes: `${ok('Content-Length: 4')}fine${ok('Content-Length: 6')}poison`,
          },
          body: 'fine',
        },
        expect: { from: 'origin', body: /^fine$/u },
      },
      {
        request: { path: '/next' },
        origin: { body: 'the next' },
        expect: { from: 'origin', body: 'the next' },
      },
    ],
  },
]);

/** What comes from the origin as bytes: how responses are read, refused, and kept apart. */
export const wireResponseCases = [...heads, ...framing];
