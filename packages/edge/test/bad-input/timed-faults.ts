// What an upstream may do with time: nothing, too little of it, or the same for ever. Each is over when
// the timeouts of `TIMED` are.

import type { UpstreamTimeouts } from '../../src/index.ts';
import { CHUNKED, ok } from './response-faults.ts';
import type { Step } from './scene.ts';

/** Real milliseconds; what goes on does so well within them. */
export const TIMED: Partial<UpstreamTimeouts> = { connectMs: 5000, headMs: 1500, bodyIdleMs: 1500 };

interface Timed {
  readonly name: string;
  readonly script: readonly Step[];
}

const STEP_MS = 300;

/** Each piece after a pause. */
function slowly(pieces: readonly string[]): readonly Step[] {
  return pieces.flatMap((piece): readonly Step[] => [piece, { pauseMs: STEP_MS }]);
}

/** No head within the time for it. */
export const NO_HEAD: readonly Timed[] = [
  { name: 'silence', script: [] },
  { name: 'half a status line, then silence', script: ['HTTP/1.1 20'] },
  { name: 'half a head, then silence', script: ['HTTP/1.1 200 OK\r\nX-A: 1\r\n'] },
  {
    name: 'a head that comes byte by byte, and too slowly',
    script: slowly('HTTP/1.1 200 OK\r\nX-A: 1'.split('')),
  },
  {
    name: 'interim responses, one after the other',
    script: slowly(Array.from({ length: 20 }, () => 'HTTP/1.1 102 Processing\r\n\r\n')),
  },
];

/** More than any head may have. */
export const ENDLESS_HEADS: readonly Timed[] = [
  { name: 'fields without end', script: ['HTTP/1.1 200 OK\r\n', 'X-A: 1\r\n'.repeat(20_000)] },
  { name: 'a field without end', script: [`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(200_000)}`] },
  {
    name: 'interim responses without end',
    script: ['HTTP/1.1 102 Processing\r\n\r\n'.repeat(2000)],
  },
];

/** A head, and then a silence within the body. */
export const SILENT_BODIES: readonly Timed[] = [
  { name: 'silence after the head', script: [ok('Content-Length: 10')] },
  { name: 'silence within a Content-Length', script: [ok('Content-Length: 10'), 'short'] },
  { name: 'silence within a chunk', script: [CHUNKED, 'a\r\nshort'] },
  { name: 'silence between chunks', script: [CHUNKED, '5\r\nshort\r\n'] },
  { name: 'silence within the trailers', script: [CHUNKED, '5\r\nshort\r\n0\r\nX-A: 1\r\n'] },
  { name: 'silence before the close', script: [ok('Connection: close'), 'short'] },
];

/** Unusual, slow, or followed by too much; but whole. */
export const WHOLE: readonly Timed[] = [
  {
    name: 'a body that comes byte by byte',
    script: [ok('Content-Length: 8'), ...slowly('the body'.split(''))],
  },
  {
    name: 'HTTP/1.0, until the close',
    script: ['HTTP/1.0 200 OK\r\n\r\nthe body', { close: 'FIN' }],
  },
  {
    name: 'HTTP/1.0, by length',
    script: ['HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\nthe body', { close: 'FIN' }],
  },
  {
    name: 'HTTP/1.0, kept alive',
    script: ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 8\r\n\r\nthe body'],
  },
  { name: 'more than its Content-Length', script: [ok('Content-Length: 8'), 'the body and more'] },
  {
    name: 'more than its last chunk',
    script: [CHUNKED, '8\r\nthe body\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
  },
];

/** Whole, if it is read in time: a reset takes with it what the system has received and nobody has read. */
export const RESET_BEHIND: readonly Timed[] = [
  {
    name: 'a reset behind it',
    script: [ok('Content-Length: 8'), 'the body', { pauseMs: 20 }, { close: 'RST' }],
  },
];
