// What an upstream may send that is no response, or not all of one.

import { END, RESET, type Step } from './scene.ts';

/** The head of a response that may be stored, with these lines added. */
export function ok(...lines: readonly string[]): string {
  return ['HTTP/1.1 200 OK', 'Cache-Control: max-age=60', ...lines, '', ''].join('\r\n');
}

export interface Refused {
  readonly name: string;
  readonly script: readonly Step[];
  /** What the body of the 502 says is wrong. */
  readonly says: RegExp;
}

export const NOTHING_USABLE: readonly Refused[] = [
  { name: 'no byte, FIN', script: [END], says: /closed/i },
  { name: 'no byte, RST', script: [RESET], says: /reset|closed/i },
  { name: 'half a status line, FIN', script: ['HTTP/1.1 20', END], says: /HTTP|closed/i },
  {
    name: 'half a head, FIN',
    script: ['HTTP/1.1 200 OK\r\nCache-Control: max-', END],
    says: /HTTP|closed/i,
  },
  {
    name: 'half a head, RST',
    script: ['HTTP/1.1 200 OK\r\nCache-Control: max-', { pauseMs: 50 }, RESET],
    says: /reset|closed/i,
  },
  {
    name: 'only an interim response',
    script: ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', END],
    says: /closed/i,
  },
];

export const NOT_HTTP: readonly Refused[] = [
  { name: 'garbage', script: [Buffer.from('15030300020228', 'hex'), END], says: /HTTP/ },
  { name: 'words', script: ['220 mail.example ESMTP\r\n'], says: /HTTP/ },
  {
    name: 'a body without a head (HTTP/0.9)',
    script: ['<!doctype html><h1>Hi</h1>', END],
    says: /HTTP/,
  },
  { name: 'a request', script: ['GET / HTTP/1.1\r\nHost: a\r\n\r\n'], says: /HTTP/ },
  {
    name: 'HTTP/9.9',
    script: ['HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
    says: /version/i,
  },
  {
    name: 'a status of two digits',
    script: ['HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nhi'],
    says: /status/i,
  },
  {
    name: 'a status of four digits',
    script: ['HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nhi'],
    says: /status/i,
  },
  {
    name: 'a status that is no number',
    script: ['HTTP/1.1 two OK\r\nContent-Length: 2\r\n\r\nhi'],
    says: /status/i,
  },
  {
    name: 'status 099',
    script: ['HTTP/1.1 099 Odd\r\nContent-Length: 2\r\n\r\nhi'],
    says: /status/i,
  },
  {
    name: 'status 600',
    script: ['HTTP/1.1 600 Odd\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi'],
    says: /status/i,
  },
  {
    name: 'a switch of protocols nobody asked for',
    script: ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    says: /upgrade|switch|protocol/i,
  },
  {
    name: 'a 304 nobody asked for',
    script: ['HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'],
    says: /304/,
  },
];

export const FIELDS: readonly Refused[] = [
  {
    name: 'a line without a colon',
    script: [ok('X-A', 'Content-Length: 2'), 'hi'],
    says: /header|field/i,
  },
  { name: 'no name', script: [ok(': 1', 'Content-Length: 2'), 'hi'], says: /header|field/i },
  {
    name: 'a space before the colon',
    script: [ok('X-A : 1', 'Content-Length: 2'), 'hi'],
    says: /header|field/i,
  },
  {
    name: 'a name that is no token',
    script: [ok('X(A): 1', 'Content-Length: 2'), 'hi'],
    says: /header|field/i,
  },
  {
    name: 'a NUL in a value',
    script: [ok('X-A: 1\x002', 'Content-Length: 2'), 'hi'],
    says: /header|field/i,
  },
  {
    name: 'a bare CR in a value',
    script: [ok('X-A: 1\rX-B: 2', 'Content-Length: 2'), 'hi'],
    says: /header|field|CR|LF/i,
  },
  {
    name: 'a field of 100 KB',
    script: [ok(`X-A: ${'a'.repeat(100_000)}`, 'Content-Length: 2'), 'hi'],
    says: /header section .*large/i,
  },
  {
    name: '100 KB of fields',
    script: [
      ok(
        ...Array.from({ length: 100 }, (_, i) => `X-${i}: ${'a'.repeat(1000)}`),
        'Content-Length: 2',
      ),
      'hi',
    ],
    says: /header section .*large/i,
  },
  {
    name: '100 KB of reason phrase',
    script: [`HTTP/1.1 200 ${'a'.repeat(100_000)}\r\nContent-Length: 2\r\n\r\nhi`],
    says: /./,
  },
];

export const FRAMING: readonly Refused[] = [
  {
    name: 'Content-Length and Transfer-Encoding',
    script: [ok('Content-Length: 2', 'Transfer-Encoding: chunked'), '2\r\nhi\r\n0\r\n\r\n'],
    says: /Content-Length|Transfer-Encoding/i,
  },
  {
    name: 'Transfer-Encoding and Content-Length',
    script: [ok('Transfer-Encoding: chunked', 'Content-Length: 2'), '2\r\nhi\r\n0\r\n\r\n'],
    says: /Content-Length|Transfer-Encoding/i,
  },
  {
    name: 'two different Content-Lengths',
    script: [ok('Content-Length: 2', 'Content-Length: 3'), 'hi!'],
    says: /Content-Length/i,
  },
  {
    name: 'the same Content-Length twice',
    script: [ok('Content-Length: 2', 'Content-Length: 2'), 'hi'],
    says: /Content-Length/i,
  },
  {
    name: 'a list of different Content-Lengths',
    script: [ok('Content-Length: 2, 3'), 'hi!'],
    says: /Content-Length/i,
  },
  {
    name: 'a negative Content-Length',
    script: [ok('Content-Length: -2'), 'hi'],
    says: /Content-Length/i,
  },
  {
    name: 'a signed Content-Length',
    script: [ok('Content-Length: +2'), 'hi'],
    says: /Content-Length/i,
  },
  {
    name: 'a Content-Length that is no number',
    script: [ok('Content-Length: two'), 'hi'],
    says: /Content-Length/i,
  },
  {
    name: 'an empty Content-Length',
    script: [ok('Content-Length:'), 'hi'],
    says: /Content-Length/i,
  },
  {
    name: 'a Content-Length beyond all bounds',
    script: [ok('Content-Length: 99999999999999999999999'), 'hi'],
    says: /Content-Length/i,
  },
  {
    name: 'an unknown transfer coding',
    script: [ok('Transfer-Encoding: cow'), 'hi', END],
    says: /Transfer-Encoding/i,
  },
  {
    name: 'gzip before chunked',
    script: [ok('Transfer-Encoding: gzip, chunked'), '2\r\nhi\r\n0\r\n\r\n'],
    says: /Transfer-Encoding|gzip/i,
  },
  {
    name: 'chunked before gzip',
    script: [ok('Transfer-Encoding: chunked, gzip'), '2\r\nhi\r\n0\r\n\r\n', END],
    says: /Transfer-Encoding|gzip/i,
  },
];

export interface CutOff {
  readonly name: string;
  readonly script: readonly Step[];
  /** What may have reached the client of the body: these bytes, or a part of them from the first on. */
  readonly body: string;
}

export const CHUNKED = ok('Transfer-Encoding: chunked');
export const PAUSE: Step = { pauseMs: 50 };

export const CUT_OFF: readonly CutOff[] = [
  {
    name: 'FIN before the end of a Content-Length',
    script: [ok('Content-Length: 10'), 'short', END],
    body: 'short',
  },
  {
    name: 'RST before the end of a Content-Length',
    script: [ok('Content-Length: 10'), 'short', PAUSE, RESET],
    body: 'short',
  },
  { name: 'FIN after the head alone', script: [ok('Content-Length: 10'), END], body: '' },
  {
    name: 'FIN one byte early, with a weak validator',
    script: [ok('Content-Length: 6', 'ETag: W/"v1"'), 'short', END],
    body: 'short',
  },
  { name: 'FIN within a chunk', script: [CHUNKED, 'a\r\nshort', END], body: 'short' },
  { name: 'FIN between chunks', script: [CHUNKED, '5\r\nshort\r\n', END], body: 'short' },
  {
    name: 'RST between chunks',
    script: [CHUNKED, '5\r\nshort\r\n', PAUSE, RESET],
    body: 'short',
  },
  {
    name: 'FIN within the last chunk',
    script: [CHUNKED, '5\r\nshort\r\n0\r\n', END],
    body: 'short',
  },
  {
    name: 'FIN within the trailers',
    script: [CHUNKED, '5\r\nshort\r\n0\r\nX-A: 1\r\n', END],
    body: 'short',
  },
  {
    name: 'RST between chunks of a connection that will close',
    script: [ok('Transfer-Encoding: chunked', 'Connection: close'), '5\r\nshort\r\n', PAUSE, RESET],
    body: 'short',
  },
  {
    name: 'RST in a body framed by the close',
    script: [ok('Connection: close'), 'short', PAUSE, RESET],
    body: 'short',
  },
  {
    name: 'a size that is no number',
    script: [CHUNKED, '5\r\nshort\r\n', PAUSE, 'zz\r\nabc\r\n0\r\n\r\n'],
    body: 'short',
  },
  { name: 'a first size that is no number', script: [CHUNKED, 'zz\r\nabc\r\n0\r\n\r\n'], body: '' },
  {
    name: 'a negative size',
    script: [CHUNKED, '5\r\nshort\r\n', '-3\r\nabc\r\n0\r\n\r\n'],
    body: 'short',
  },
  {
    name: 'a size beyond all bounds',
    script: [CHUNKED, '5\r\nshort\r\n', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
    body: 'short',
  },
  {
    name: 'a chunk longer than its size',
    script: [CHUNKED, '5\r\nshorter\r\n0\r\n\r\n'],
    body: 'short',
  },
  {
    name: 'trailers of 100 KB',
    script: [CHUNKED, '5\r\nshort\r\n', `0\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`],
    body: 'short',
  },
];
