import { defineCases } from '@poplet/conformance';
import type { Case, Expectation, OriginAnswer } from '@poplet/conformance';

const WIRE = {
  only: 'sockets',
  because: 'the pure functions see a request after it was parsed',
} as const;

const UNSTORED: OriginAnswer = { headers: { 'Cache-Control': 'no-store' } };

/** A GET with these lines behind Host. */
function get(...lines: readonly string[]): string {
  return ['GET {path}/ HTTP/1.1', 'Host: edge.test', ...lines, '', ''].join('\r\n');
}

/** A POST with these lines behind Host, and bytes behind its head. */
function post(lines: readonly string[], content: string): string {
  return ['POST {path}/ HTTP/1.1', 'Host: edge.test', ...lines, '', content].join('\r\n');
}

type Told = Pick<Case, 'id' | 'title' | 'spec'> & { readonly kind?: Case['kind'] };

/** Bytes that the edge refuses: it says why, ends the connection, and the origin hears nothing. */
function refused(
  told: Told & {
    readonly bytes: string;
    readonly status: number;
    readonly says: RegExp;
    readonly expect?: Partial<Expectation>;
  },
): Case {
  const { kind = 'required', bytes, status, says, expect, ...rest } = told;
  return {
    ...rest,
    kind,
    runs: WIRE,
    steps: [
      {
        request: { raw: { bytes } },
        origin: UNSTORED,
        expect: {
          from: 'edge',
          status,
          body: says,
          outcome: 'error',
          reasons: ['malformed-request'],
          upstream: { requests: 0 },
          closes: true,
          ...expect,
        },
      },
    ],
  };
}

/** Bytes that the edge takes for a request, and what the origin receives of it. */
function forwarded(
  told: Told & {
    readonly bytes: string;
    readonly origin?: OriginAnswer;
    readonly expect?: Partial<Expectation>;
  },
): Case {
  const { kind = 'required', bytes, origin = UNSTORED, expect, ...rest } = told;
  return {
    ...rest,
    kind,
    runs: WIRE,
    steps: [{ request: { raw: { bytes } }, origin, expect: { from: 'origin', ...expect } }],
  };
}

const lines = defineCases([
  refused({
    id: 'wire-request-white-space-before-colon',
    title: 'White space between a field name and its colon is refused',
    spec: ['RFC 9112 §5.1'],
    bytes: get('X-A : 1'),
    status: 400,
    says: /header|field/iu,
  }),
  refused({
    id: 'wire-request-folded',
    title: 'A field value that is folded over two lines is refused, and the fold is named',
    spec: ['RFC 9112 §5.2'],
    bytes: get('X-A: 1\r\n 2'),
    status: 400,
    says: /header|field|fold|continu/iu,
  }),
  refused({
    id: 'wire-request-white-space-before-first-field',
    title: 'White space between the request line and the first field is refused',
    spec: ['RFC 9112 §2.2'],
    bytes: 'GET {path}/ HTTP/1.1\r\n X-A: 1\r\nHost: edge.test\r\n\r\n',
    status: 400,
    says: /./u,
  }),
  ...(
    [
      ['nul', 'A NUL', '\0'],
      ['cr', 'A bare CR', '\r'],
      ['lf', 'A bare LF', '\n'],
    ] as const
  ).map(([id, what, octet]) =>
    refused({
      id: `wire-request-${id}-in-value`,
      title: `${what} in a field value is refused`,
      spec: ['RFC 9110 §5.5', 'RFC 9112 §2.2'],
      bytes: get(`X-A: 1${octet}X-B: 2`),
      status: 400,
      says: /header|field|CR|LF/iu,
    }),
  ),
  refused({
    id: 'wire-request-no-http',
    title: 'What is no HTTP is answered with 400, dated, and the connection closed',
    spec: ['RFC 9112 §2.2', 'RFC 9112 §9.6', 'RFC 9110 §6.6.1', 'RFC 9110 §15.5.1'],
    bytes: 'hello, is anybody there?\r\n\r\n',
    status: 400,
    says: /method/iu,
    expect: { headers: { Date: /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/u, Connection: 'close' } },
  }),
  forwarded({
    id: 'wire-request-empty-line-first',
    title: 'An empty line before the request line is ignored',
    kind: 'optimal',
    spec: ['RFC 9112 §2.2'],
    bytes: `\r\n${get()}`,
  }),
  forwarded({
    id: 'wire-request-obs-text',
    title: 'Octets beyond ASCII in a field value are passed on as they are',
    spec: ['RFC 9110 §5.5', 'RFC 9112 §2.2'],
    bytes: get('X-A: \xe4\xff\x80'),
    expect: { upstream: { headers: { 'X-A': '\xe4\xff\x80' } } },
  }),
  forwarded({
    id: 'wire-request-white-space-around-value',
    title: 'White space around a field value is no part of it',
    spec: ['RFC 9110 §5.5', 'RFC 9110 §5.6.3', 'RFC 9112 §5.1'],
    bytes: get('X-A: \t a b \t '),
    expect: { upstream: { headers: { 'X-A': 'a b' } } },
  }),
  refused({
    id: 'wire-request-fields-too-large',
    title: 'More header fields than the edge reads are a 431',
    spec: ['RFC 9110 §5.4', 'RFC 9110 §2.3'],
    bytes: get(`X-A: ${'a'.repeat(100_000)}`),
    status: 431,
    says: /header|field/iu,
    expect: { reasons: ['fields-too-large'] },
  }),
  refused({
    id: 'wire-request-fields-too-many',
    title: 'More header lines than the edge reads are a 431: none is dropped unseen',
    spec: ['RFC 9110 §5.4', 'RFC 9110 §2.3'],
    bytes: get('Connection: close', ...Array.from({ length: 199 }, (_, index) => `X-${index}: 1`)),
    status: 431,
    says: /201 header fields; at most 200/u,
    expect: { reasons: ['fields-too-many'] },
  }),
]);

const firstLine = defineCases([
  ...(
    [
      ['empty', ''],
      ['list', 'a, b'],
    ] as const
  ).map(([id, host]) =>
    refused({
      id: `wire-request-host-${id}`,
      title: `A Host that is none is refused (${id})`,
      spec: ['RFC 9112 §3.2', 'RFC 9112 §3.3', 'RFC 9110 §4.2.1'],
      bytes: `GET {path}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      status: 400,
      says: /is not a host/u,
    }),
  ),
  refused({
    id: 'wire-request-space-in-target',
    title: 'A space in the target is refused, not mended',
    kind: 'check',
    spec: ['RFC 9112 §3.2'],
    bytes: 'GET {path}/a b HTTP/1.1\r\nHost: edge.test\r\n\r\n',
    status: 400,
    says: /http/iu,
  }),
  ...['http', 'https'].map((scheme) =>
    refused({
      id: `wire-request-url-without-host-${scheme}`,
      title: `An ${scheme} URL without a host is refused`,
      spec: [scheme === 'http' ? 'RFC 9110 §4.2.1' : 'RFC 9110 §4.2.2'],
      bytes: `GET ${scheme}:///there HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n\r\n`,
      status: 400,
      says: /target/u,
    }),
  ),
  refused({
    id: 'wire-request-target-too-long',
    title: 'A target longer than the edge reads is a 414',
    spec: ['RFC 9112 §3', 'RFC 9110 §15.5.15', 'RFC 9110 §2.3'],
    bytes: `GET {path}/${'a'.repeat(20_000)} HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n\r\n`,
    status: 414,
    says: /target is over 16384 bytes/u,
    expect: { reasons: ['target-too-long'] },
  }),
  forwarded({
    id: 'wire-request-target-of-8000-octets',
    title: 'A request line of 8000 octets is read, and forwarded whole',
    kind: 'optimal',
    spec: ['RFC 9110 §4.1', 'RFC 9112 §3', 'RFC 9110 §2.3'],
    bytes: `GET {path}/${'a'.repeat(8000)} HTTP/1.1\r\nHost: edge.test\r\n\r\n`,
    expect: { upstream: { path: `/${'a'.repeat(8000)}` } },
  }),
  refused({
    id: 'wire-request-unknown-method',
    title: 'A method that the edge cannot pass on is a 501',
    kind: 'optimal',
    spec: ['RFC 9112 §3', 'RFC 9110 §9.1', 'RFC 9110 §15.6.2'],
    bytes: 'BREW {path}/ HTTP/1.1\r\nHost: edge.test\r\n\r\n',
    status: 501,
    says: /BREW/u,
  }),
  refused({
    id: 'wire-request-lower-case-method',
    title: 'Methods are case-sensitive: get is no method that is known',
    spec: ['RFC 9112 §3.1', 'RFC 9110 §9.1'],
    bytes: 'get {path}/ HTTP/1.1\r\nHost: edge.test\r\n\r\n',
    status: 400,
    says: /method/iu,
  }),
  refused({
    id: 'wire-request-http-1-2',
    title: 'A minor version above 1.1 is refused: the parser knows none',
    kind: 'check',
    spec: ['RFC 9110 §2.5', 'RFC 9110 §6.2'],
    bytes: 'GET {path}/ HTTP/1.2\r\nHost: edge.test\r\n\r\n',
    status: 400,
    says: /version/iu,
  }),
  forwarded({
    id: 'wire-request-http-1-0',
    title:
      'A request in HTTP/1.0 goes forward in the edge’s own version, and Via tells which it was',
    spec: ['RFC 9112 §2.3', 'RFC 9110 §6.2', 'RFC 9110 §7.6.3', 'RFC 9112 §9.3'],
    bytes: 'GET {path}/ HTTP/1.0\r\nHost: edge.test\r\n\r\n',
    expect: { upstream: { version: '1.1' }, closes: true },
  }),
  forwarded({
    id: 'wire-request-http-1-0-chunked-answer',
    title: 'No transfer coding is sent to an HTTP/1.0 client: the body ends with the connection',
    spec: ['RFC 9112 §6.1', 'RFC 9112 §6.3'],
    bytes: 'GET {path}/ HTTP/1.0\r\nHost: edge.test\r\nConnection: keep-alive\r\n\r\n',
    origin: { ...UNSTORED, chunked: true },
    expect: { absent: ['transfer-encoding', 'content-length'], closes: true },
  }),
]);

const framing = defineCases([
  refused({
    id: 'wire-request-length-and-coding',
    title: 'Content-Length beside Transfer-Encoding is refused, and the connection closed',
    spec: ['RFC 9112 §6.1', 'RFC 9112 §6.3', 'RFC 9112 §11.2'],
    bytes: post(['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    status: 400,
    says: /Content-Length/u,
  }),
  refused({
    id: 'wire-request-two-lengths',
    title: 'Two different Content-Lengths are refused, and the connection closed',
    spec: ['RFC 9112 §6.3', 'RFC 9110 §8.6', 'RFC 9112 §11.2'],
    bytes: post(['Content-Length: 5', 'Content-Length: 6'], 'abcdef'),
    status: 400,
    says: /Content-Length/iu,
  }),
  ...(
    [
      ['signed', '+5'],
      ['negative', '-5'],
      ['hexadecimal', '0x5'],
      ['empty', ''],
      ['huge', '99999999999999999999999'],
      ['letter', '5a'],
    ] as const
  ).map(([id, value]) =>
    refused({
      id: `wire-request-length-${id}`,
      title: `A Content-Length that is no number is refused, and the connection closed (${id})`,
      spec: ['RFC 9112 §6.3', 'RFC 9110 §8.6'],
      bytes: post([`Content-Length: ${value}`], 'abcde'),
      status: 400,
      says: /Content-Length/iu,
    }),
  ),
  refused({
    id: 'wire-request-length-list',
    title: 'A Content-Length that names one number twice is refused, as it may be',
    kind: 'check',
    spec: ['RFC 9112 §6.3', 'RFC 9110 §8.6'],
    bytes: post(['Content-Length: 5, 5'], 'abcde'),
    status: 400,
    says: /Content-Length/iu,
  }),
  ...(
    [
      ['unknown', 'cow'],
      ['chunked-not-last', 'chunked, gzip'],
      ['identity', 'identity'],
    ] as const
  ).map(([id, coding]) =>
    refused({
      id: `wire-request-coding-${id}`,
      title: `A body whose last coding is not chunked has no end: 400, and closed (${id})`,
      spec: ['RFC 9112 §6.3'],
      bytes: post([`Transfer-Encoding: ${coding}`], 'abcde'),
      status: 400,
      says: /Transfer-Encoding/iu,
    }),
  ),
  refused({
    id: 'wire-request-coding-gzip',
    title: 'A transfer coding that the edge cannot undo is a 501',
    kind: 'optimal',
    spec: ['RFC 9112 §6.1', 'RFC 9112 §7'],
    bytes: post(['Transfer-Encoding: gzip, chunked', 'Connection: close'], '0\r\n\r\n'),
    status: 501,
    says: /gzip/u,
  }),
  forwarded({
    id: 'wire-request-coding-upper-case',
    title: 'Names of transfer codings are case-insensitive',
    spec: ['RFC 9112 §7'],
    bytes: post(['Transfer-Encoding: Chunked'], '3\r\nabc\r\n0\r\n\r\n'),
    expect: { upstream: { body: 'abc' } },
  }),
  forwarded({
    id: 'wire-request-chunks',
    title: 'Chunks are put together, their extensions ignored, sizes read in either case',
    spec: ['RFC 9112 §6.1', 'RFC 9112 §7.1', 'RFC 9112 §7.1.1'],
    bytes: post(
      ['Transfer-Encoding: chunked'],
      '3;a=b;c="d"\r\nabc\r\nA\r\n0123456789\r\n0b;e\r\n0123456789x\r\n0\r\n\r\n',
    ),
    expect: { upstream: { body: 'abc01234567890123456789x' } },
  }),
  refused({
    id: 'wire-request-chunk-too-large',
    title: 'A chunk size beyond all bounds is no small one: the request never becomes whole',
    spec: ['RFC 9112 §7.1'],
    bytes: post(['Transfer-Encoding: chunked'], 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'),
    status: 400,
    says: /chunk/iu,
    expect: { outcome: 'error' },
  }),
  {
    id: 'wire-request-cut-off',
    title: 'A request that ends before its content does is never a whole one for the origin',
    kind: 'required',
    spec: ['RFC 9112 §6.3', 'RFC 9112 §8'],
    runs: WIRE,
    steps: [
      ['Content-Length: 10', 'short'],
      ['Transfer-Encoding: chunked', 'a\r\nshort'],
      ['Transfer-Encoding: chunked', '5\r\nshort\r\n0\r\n'],
    ].map(([line = '', content = '']) => ({
      request: { raw: { bytes: post([line], content), end: 'FIN' as const } },
      origin: UNSTORED,
      expect: { from: 'edge', status: 400, body: /./u, upstream: { requests: 0 }, closes: true },
    })),
  },
  {
    id: 'wire-request-head-cut-off',
    title: 'A request is not applied before all of its head has come',
    kind: 'required',
    spec: ['RFC 9110 §5.3', 'RFC 9112 §8'],
    runs: WIRE,
    steps: [
      {
        request: {
          raw: { bytes: 'DELETE {path}/ HTTP/1.1\r\nHost: edge.test\r\nX-A: 1\r\n', end: 'FIN' },
        },
        origin: UNSTORED,
        expect: { from: 'edge', status: 400, body: /./u, upstream: { requests: 0 }, closes: true },
      },
    ],
  },
  {
    id: 'wire-request-half-closed',
    title: 'A client that has sent its request and closes its side is answered',
    kind: 'required',
    spec: ['RFC 9112 §9.6'],
    runs: WIRE,
    steps: [
      {
        request: { raw: { bytes: get(), end: 'FIN' } },
        origin: { ...UNSTORED, delayMs: 50 },
        expect: { from: 'origin', closes: true },
      },
    ],
  },
  {
    id: 'wire-request-garbage-behind',
    title:
      'Bytes behind a request are the next one or none: the first is answered, then a 400 follows',
    kind: 'required',
    spec: ['RFC 9112 §6.3', 'RFC 9112 §9.3.2', 'RFC 9112 §11.2'],
    runs: WIRE,
    steps: [
      {
        request: { raw: { bytes: `${post(['Content-Length: 3'], 'abc')}G@RBAGE\r\n\r\n` } },
        origin: { ...UNSTORED, delayMs: 50 },
        expect: {
          from: 'origin',
          followedBy: [400],
          closes: true,
          upstream: { requests: 1, body: 'abc' },
        },
      },
    ],
  },
]);

const connections = defineCases([
  {
    id: 'wire-expect-continue',
    title: 'A client that waits for a 100 gets one before any content has come',
    kind: 'required',
    spec: ['RFC 9110 §10.1.1'],
    runs: WIRE,
    steps: [
      {
        request: {
          raw: {
            bytes: post(['Content-Length: 3', 'Expect: 100-continue'], ''),
            end: 'FIN',
            endsWhenHeard: true,
          },
        },
        origin: UNSTORED,
        expect: {
          from: 'edge',
          informational: [100],
          status: 400,
          body: /./u,
          upstream: { requests: 0 },
          closes: true,
        },
      },
    ],
  },
  {
    id: 'wire-connection-has-no-identity',
    title: 'What one request says of its client is not taken for the next on the same connection',
    kind: 'required',
    spec: ['RFC 9110 §3.3'],
    runs: WIRE,
    steps: [
      {
        request: {
          raw: {
            bytes:
              get('Authorization: Basic YTpi', 'Cookie: a=1', 'X-Forwarded-For: 203.0.113.9') +
              get(),
          },
        },
        origin: [
          { status: 404, ...UNSTORED },
          { ...UNSTORED, body: 'second' },
        ],
        expect: {
          from: 'origin',
          status: 404,
          body: /answer/u,
          followedBy: [200],
          upstream: { requests: 2, headers: { Cookie: 'a=1' } },
          upstreamAgain: {
            headers: { 'X-Forwarded-For': '127.0.0.1' },
            absent: ['authorization', 'cookie'],
          },
        },
      },
    ],
  },
  {
    id: 'wire-trailers-framing',
    title: 'A stored body goes out in chunks, without its length, where trailers are behind it',
    kind: 'required',
    spec: ['RFC 9112 §6.2', 'RFC 9112 §7.1.2'],
    runs: WIRE,
    steps: [
      {
        request: { raw: { bytes: get('TE: trailers', 'Connection: TE') } },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, trailers: { 'X-Sum': '42' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { raw: { bytes: get('TE: trailers', 'Connection: TE') } },
        expect: {
          from: 'cache',
          headers: { 'Transfer-Encoding': 'chunked' },
          absent: ['content-length'],
        },
      },
    ],
  },
  {
    id: 'wire-pipelined',
    title: 'Requests sent in one go are answered in their order, the slow one first',
    kind: 'required',
    spec: ['RFC 9112 §9.3.2', 'RFC 9112 §9.3'],
    runs: WIRE,
    steps: [
      {
        request: { raw: { bytes: get() + get('X-Second: 1') } },
        origin: [
          { status: 404, ...UNSTORED, delayMs: 100, body: 'slow' },
          { ...UNSTORED, body: 'quick' },
        ],
        expect: {
          from: 'origin',
          status: 404,
          body: 'slow',
          followedBy: [200],
          upstream: { requests: 2 },
        },
      },
    ],
  },
  {
    id: 'wire-close',
    title: 'After a request that says close the connection is closed, and nothing behind it read',
    kind: 'required',
    spec: ['RFC 9112 §9.6', 'RFC 9112 §9.3'],
    runs: WIRE,
    steps: [
      {
        request: { raw: { bytes: get('Connection: CLOSE') + get('X-Second: 1') } },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          headers: { Connection: 'close' },
          closes: true,
          upstream: { requests: 1, absent: ['x-second'] },
        },
      },
    ],
  },
  {
    id: 'wire-http-1-0-keep-alive',
    title: 'An HTTP/1.0 client that asks for it keeps its connection',
    kind: 'optimal',
    spec: ['RFC 9112 §9.3'],
    runs: WIRE,
    steps: [
      {
        request: {
          raw: {
            bytes:
              'GET {path}/ HTTP/1.0\r\nHost: edge.test\r\nConnection: keep-alive\r\n\r\nGET {path}/ HTTP/1.0\r\nHost: edge.test\r\n\r\n',
          },
        },
        origin: [UNSTORED, UNSTORED],
        expect: {
          from: 'origin',
          headers: { Connection: 'keep-alive' },
          body: /answer/u,
          followedBy: [200],
          closes: true,
          upstream: { requests: 2 },
        },
      },
    ],
  },
  forwarded({
    id: 'wire-http-1-0-transfer-encoding',
    title: 'An HTTP/1.0 request with Transfer-Encoding is not trusted: the connection is closed',
    spec: ['RFC 9112 §6.1'],
    bytes:
      'POST {path}/ HTTP/1.0\r\nHost: edge.test\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    expect: { closes: true },
  }),
  {
    id: 'wire-content-unread',
    title: 'A connection on which content was left unread is closed behind the answer',
    kind: 'required',
    spec: ['RFC 9112 §9.3', 'RFC 9112 §9.6', 'RFC 9110 §6.6.1'],
    runs: WIRE,
    steps: [
      {
        request: {
          raw: {
            bytes:
              'OPTIONS * HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 100\r\n\r\nthe beginning',
          },
        },
        expect: { from: 'edge', status: 204, headers: { Connection: 'close' }, closes: true },
      },
    ],
  },
]);

/** What arrives as bytes: how requests are told apart, refused, and kept apart. */
export const wireRequestCases = [...lines, ...firstLine, ...framing, ...connections];
