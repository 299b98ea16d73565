// `npm run verify hostile-requests` has the full count.

import { describe, expect, it } from 'vitest';

import { fuzzRequests } from './fuzz-requests.ts';
import { readStrictly } from './strict-reading.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

it(`takes random bytes for what a strict reader takes them for, or refuses them (seed ${SEED})`, async () => {
  const { problems, ...tally } = await fuzzRequests({ count: 2000, seed: SEED });
  expect(problems).toEqual([]);
  expect(tally.connections).toBe(2000);
  // It is about something: much is refused, and much is not.
  expect(tally.connectionsRefused).toBeGreaterThan(500);
  expect(tally.requestsForwarded).toBeGreaterThan(500);
}, 120_000);

describe('the strict reader', () => {
  const HEAD = 'POST /a HTTP/1.1\r\nHost: edge.test\r\n';

  it('tells requests apart', () => {
    const bytes =
      `${HEAD}Content-Length: 3\r\n\r\nabc` +
      `${HEAD}Transfer-Encoding: CHUNKED\r\n\r\n2;x="y"\r\nde\r\n01\r\nf\r\n0\r\nX: 1\r\n\r\n` +
      '\r\nGET http://Other.test?q HTTP/1.0\r\n\r\n';
    const post = { method: 'POST', target: '/a', host: 'edge.test' };
    expect(readStrictly(bytes)).toEqual({
      requests: [
        { ...post, content: 'abc' },
        { ...post, content: 'def' },
        { method: 'GET', target: '/?q', host: 'other.test', content: '' },
      ],
      rest: 'nothing',
    });
  });

  it.each([
    ['', 'nothing'],
    [HEAD, 'beginning'],
    [`${HEAD}Content-Length: 3\r\n\r\nab`, 'beginning'],
    [`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n`, 'beginning'],
    [`${HEAD}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 'none'],
    [`${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 'none'],
    [`${HEAD}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, 'none'],
    [`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`, 'none'],
    [`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n`, 'none'],
    [`${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\nX : 1\r\n\r\n`, 'none'],
    [`${HEAD}X : 1\r\n\r\n`, 'none'],
    [`${HEAD}X: 1\r\n 2\r\n\r\n`, 'none'],
    [`${HEAD}X: 1\n2\r\n\r\n`, 'none'],
    [`${HEAD}X: 1\x002\r\n\r\n`, 'none'],
    [`${HEAD}Host: b\r\n\r\n`, 'none'],
    ['GET /a HTTP/1.1\r\n\r\n', 'none'],
    ['GET /a HTTP/1.2\r\nHost: a\r\n\r\n', 'none'],
    ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 'none'],
  ])('finds no request in %j', (bytes, rest) => {
    expect(readStrictly(bytes)).toEqual({ requests: [], rest });
  });
});
