// What is wrong with a request, word for word, and where one target URI ends in which request.
import { expect, test } from 'vitest';

import { IncomingFields } from '../src/index.ts';
import { hasContent, readRequest, type RequestHead } from '../src/read-request.ts';

function read(head: Partial<RequestHead>): ReturnType<typeof readRequest> {
  return readRequest({
    method: 'GET',
    target: '/',
    version: '1.1',
    lines: ['Host', 'shop.test'],
    scheme: 'http',
    localAuthority: '127.0.0.1:8080',
    clientAddress: undefined,
    ...head,
  });
}

const coded = (value: string) => ['Host', 'shop.test', 'Transfer-Encoding', value];
const hosted = (value: string) => ['Host', value];

test.each<[string, Partial<RequestHead>, number, string]>([
  ['no version', { version: '' }, 400, 'its version is HTTP/, and only HTTP/1.1 is spoken here'],
  [
    'another version',
    { version: '1.2' },
    400,
    'its version is HTTP/1.2, and only HTTP/1.1 is spoken here',
  ],
  [
    'chunked, and something behind it',
    { lines: coded('chunked, gzip') },
    400,
    'Transfer-Encoding "chunked, gzip" does not end in chunked',
  ],
  [
    'what begins with chunked',
    { lines: coded('chunkedx') },
    400,
    'Transfer-Encoding "chunkedx" does not end in chunked',
  ],
  [
    'what ends in chunked',
    { lines: coded('xchunked') },
    400,
    'Transfer-Encoding "xchunked" does not end in chunked',
  ],
  [
    'another coding before chunked',
    { lines: coded('GZIP, Chunked') },
    501,
    'Transfer-Encoding "gzip, chunked" is not known here',
  ],
  [
    'another coding and white space before chunked',
    { lines: coded('gzip chunked') },
    501,
    'Transfer-Encoding "gzip chunked" is not known here',
  ],
  [
    'two hosts',
    { lines: [...hosted('a.test'), ...hosted('a.test')] },
    400,
    'more than one Host field',
  ],
  ['no host', { lines: [] }, 400, 'no Host field'],
  ['a host that is none', { lines: hosted('a b') }, 400, '"a b" is not a host'],
  ['an address that is not closed', { lines: hosted('[::1') }, 400, '"[::1" is not a host'],
  ['an address of letters', { lines: hosted('[xyz]') }, 400, '"[xyz]" is not a host'],
  ['half an escaped octet', { lines: hosted('a%2') }, 400, '"a%2" is not a host'],
  ['a port beyond all', { lines: hosted('a:65536') }, 400, '"a:65536" is not a host'],
  ['a fragment', { target: '/a#b' }, 400, 'the request target has a fragment (#)'],
  ['a star for a GET', { target: '*' }, 400, 'the target * belongs to OPTIONS, not GET'],
  [
    'a relative target',
    { target: 'a' },
    400,
    'the request target is neither a path nor an http URL',
  ],
  [
    'a URL behind something',
    { target: 'xhttp://a.test/' },
    400,
    'the request target is neither a path nor an http URL',
  ],
  [
    'a URL of two lines',
    { target: 'http://a.test/\nb' },
    400,
    'the request target is neither a path nor an http URL',
  ],
  [
    'a URL of another scheme than the connection',
    { target: 'https://a.test/' },
    421,
    'the target is https: but the connection is http:',
  ],
  [
    'a TRACE with content',
    { method: 'TRACE', lines: ['Host', 'a.test', 'Content-Length', '1'] },
    400,
    'a TRACE has no content',
  ],
])('%s', (_, head, status, problem) => {
  expect(read(head)).toEqual({ kind: 'malformed', status, problem });
});

test('a request as it is read', () => {
  const lines = ['Host', 'Shop.Test:80', 'Content-Length', '3'];
  expect(read({ method: 'POST', target: '/a?b', lines, clientAddress: '203.0.113.9' })).toEqual({
    kind: 'request',
    request: {
      method: 'POST',
      scheme: 'http',
      authority: 'shop.test',
      target: '/a?b',
      receivedVersion: '1.1',
      fields: new IncomingFields(lines),
      hasContent: true,
      clientAddress: '203.0.113.9',
    },
  });
});

/** `authority target` */
function asked(head: Partial<RequestHead>): string {
  const found = read(head);
  return found.kind === 'malformed'
    ? found.problem
    : `${found.request.authority} ${found.request.target}`;
}

test.each<[Partial<RequestHead>, string]>([
  [{ target: '*', method: 'OPTIONS' }, 'shop.test *'],
  [{ target: 'http://a.test', method: 'OPTIONS' }, 'a.test *'],
  [{ target: 'http://a.test/', method: 'OPTIONS' }, 'a.test /'],
  [{ target: 'http://a.test?b', method: 'OPTIONS' }, 'a.test /?b'],
  [{ target: 'http://a.test' }, 'a.test /'],
  [{ target: 'HTTP://A.test/B' }, 'a.test /B'],
  [{ target: 'http://a.test?b' }, 'a.test /?b'],
  [{ target: 'http://a.test/b?c' }, 'a.test /b?c'],
  [{ version: '1.0', lines: [] }, '127.0.0.1:8080 /'],
  [{ lines: hosted('a:65535') }, 'a:65535 /'],
  [{ lines: hosted('a:') }, 'a /'],
  [{ lines: hosted('a:0080') }, 'a /'],
  [{ lines: hosted('a:443') }, 'a:443 /'],
  [{ scheme: 'https', lines: hosted('a:443') }, 'a /'],
  [{ scheme: 'https', lines: hosted('a:80') }, 'a:80 /'],
  [{ lines: hosted('[::1]:8080') }, '[::1]:8080 /'],
  [{ lines: hosted('a%2Fb') }, 'a%2fb /'],
])('%o is for %s', (head, target) => {
  expect(asked(head)).toBe(target);
});

test.each<[readonly string[], boolean]>([
  [[], false],
  [['Content-Length', '0'], false],
  [['Content-Length', '000'], false],
  [['Content-Length', ''], false],
  [['Content-Length', '10'], true],
  [['Content-Length', '01'], true],
  [['Transfer-Encoding', 'chunked'], true],
])('content after %j: %s', (lines, expected) => {
  expect(hasContent(new IncomingFields(lines))).toBe(expected);
});
