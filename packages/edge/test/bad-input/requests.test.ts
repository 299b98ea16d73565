// Requests that are no HTTP, or more than the edge takes: a 4xx that names the problem, nothing
// reaches the origin, and the next client is served.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponses } from '@poplet/conformance/raw-http';
import { expectOneAnswer, expectUnharmed } from './expectations.ts';
import { Scene, type Step } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.close());

interface Refused {
  readonly name: string;
  readonly send: readonly Step[];
  readonly status: number;
  /** What the body says is wrong. */
  readonly says: RegExp;
}

/** A GET whose lines after Host are these. */
function get(...lines: readonly string[]): string {
  return ['GET /scripted HTTP/1.1', 'Host: edge.test', ...lines, '', ''].join('\r\n');
}

/** A POST with these lines, and bytes after its head. */
function post(lines: readonly string[], content: string): string {
  return ['POST /scripted HTTP/1.1', 'Host: edge.test', ...lines, '', content].join('\r\n');
}

const CLIENT_HELLO = Buffer.from('160301002f010000', 'hex');

const NOT_HTTP: readonly Refused[] = [
  { name: 'a TLS handshake', send: [CLIENT_HELLO], status: 400, says: /method/i },
  { name: 'words', send: ['hello, is anybody there?\r\n\r\n'], status: 400, says: /method/i },
  { name: 'NULs', send: [Buffer.alloc(64)], status: 400, says: /method/i },
  {
    name: 'a lower-case method',
    send: ['get / HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /method/i,
  },
  {
    name: 'a method that is no token',
    send: ['G@T / HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /method/i,
  },
  { name: 'HTTP/0.9', send: ['GET /scripted\r\n\r\n'], status: 400, says: /http/i },
  {
    name: 'the preface of HTTP/2',
    send: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    status: 400,
    says: /HTTP\/2/i,
  },
  {
    name: 'HTTP/2.0 on a request line',
    send: ['GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /version/i,
  },
  { name: 'HTTP/9.9', send: ['GET / HTTP/9.9\r\nHost: a\r\n\r\n'], status: 400, says: /version/i },
  { name: 'no version', send: ['GET / HTTP/\r\nHost: a\r\n\r\n'], status: 400, says: /version/i },
];

const TARGET_AND_HOST: readonly Refused[] = [
  { name: 'no Host', send: ['GET / HTTP/1.1\r\n\r\n'], status: 400, says: /host/i },
  { name: 'two Hosts', send: [get('Host: other.test')], status: 400, says: /host/i },
  { name: 'two equal Hosts', send: [get('Host: edge.test')], status: 400, says: /host/i },
  { name: 'an empty Host', send: ['GET / HTTP/1.1\r\nHost:\r\n\r\n'], status: 400, says: /host/i },
  {
    name: 'a Host with a path',
    send: ['GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
    status: 400,
    says: /"a\/b" is not a host/,
  },
  {
    name: 'a Host with user information',
    send: ['GET / HTTP/1.1\r\nHost: me@a\r\n\r\n'],
    status: 400,
    says: /"me@a" is not a host/,
  },
  {
    name: 'two Hosts in one line',
    send: ['GET / HTTP/1.1\r\nHost: a, b\r\n\r\n'],
    status: 400,
    says: /"a, b" is not a host/,
  },
  {
    name: 'a port out of range',
    send: ['GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n'],
    status: 400,
    says: /"a:99999" is not a host/,
  },
  {
    name: 'a quote in Host',
    send: ['GET / HTTP/1.1\r\nHost: a"b\r\n\r\n'],
    status: 400,
    says: /is not a host/,
  },
  { name: 'no target', send: ['GET HTTP/1.1\r\nHost: a\r\n\r\n'], status: 400, says: /./ },
  {
    name: 'a target without a slash',
    send: ['GET scripted HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /target|path|url/i,
  },
  {
    name: 'a space in the target',
    send: ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /http/i,
  },
  {
    name: 'a NUL in the target',
    send: ['GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /url|target|character/i,
  },
  {
    name: 'a fragment',
    send: ['GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /fragment|#/i,
  },
  {
    name: 'a URL with user information',
    send: ['GET http://me@a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /"me@a" is not a host/,
  },
  {
    name: 'a URL of another scheme',
    send: ['GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /target/i,
  },
  { name: 'GET *', send: ['GET * HTTP/1.1\r\nHost: a\r\n\r\n'], status: 400, says: /OPTIONS/ },
  {
    name: 'CONNECT',
    send: ['CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'],
    status: 405,
    says: /CONNECT/,
  },
  {
    name: 'a target of 20 KB',
    send: [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    status: 414,
    says: /target is over 16384 bytes/,
  },
  {
    name: 'a target of 100 KB',
    send: [`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    status: 414,
    says: /target/,
  },
];

const FIELDS: readonly Refused[] = [
  { name: 'a space before the colon', send: [get('X-A : 1')], status: 400, says: /header|field/i },
  { name: 'a line without a colon', send: [get('X-A')], status: 400, says: /header|field/i },
  { name: 'no name', send: [get(': 1')], status: 400, says: /header|field/i },
  { name: 'a name that is no token', send: [get('X(A): 1')], status: 400, says: /header|field/i },
  { name: 'a non-ASCII name', send: [get('X-\xe4: 1')], status: 400, says: /header|field/i },
  { name: 'a NUL in a value', send: [get('X-A: 1\x002')], status: 400, says: /header|field/i },
  {
    name: 'a bare CR in a value',
    send: [get('X-A: 1\rX-B: 2')],
    status: 400,
    says: /CR|LF|header|field/i,
  },
  {
    name: 'a bare LF in a value',
    send: [get('X-A: 1\nX-B: 2')],
    status: 400,
    says: /CR|LF|header|field/i,
  },
  {
    name: 'bare LFs as line ends',
    send: ['GET /scripted HTTP/1.1\nHost: a\n\n'],
    status: 400,
    says: /CR|LF/i,
  },
  {
    name: 'a folded value',
    send: [get('X-A: 1\r\n 2')],
    status: 400,
    says: /header|field|fold|continu/i,
  },
  {
    name: 'white space before the first field',
    send: ['GET / HTTP/1.1\r\n X: 1\r\nHost: a\r\n\r\n'],
    status: 400,
    says: /./,
  },
  {
    name: 'a field of 100 KB',
    send: [get(`X-A: ${'a'.repeat(100_000)}`)],
    status: 431,
    says: /header|field/i,
  },
  {
    name: '100 KB of fields',
    send: [get(...Array.from({ length: 100 }, (_, i) => `X-${i}: ${'a'.repeat(1000)}`))],
    status: 431,
    says: /header|field/i,
  },
  {
    name: '201 fields',
    send: [get(...Array.from({ length: 200 }, (_, i) => `X-${i}: 1`))],
    status: 431,
    says: /201 header fields; at most 200/,
  },
  {
    name: '10,000 fields',
    send: [get(...Array.from({ length: 10_000 }, () => 'A: 1'))],
    status: 431,
    says: /header|field/i,
  },
  {
    name: 'an expectation that nobody knows',
    send: [get('Expect: the-unexpected', 'Connection: close')],
    status: 417,
    says: /the-unexpected/,
  },
];

const FRAMING: readonly Refused[] = [
  {
    name: 'Content-Length and Transfer-Encoding',
    send: [post(['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
    status: 400,
    says: /Content-Length/,
  },
  {
    name: 'Transfer-Encoding and Content-Length',
    send: [post(['Transfer-Encoding: chunked', 'Content-Length: 5'], '0\r\n\r\n')],
    status: 400,
    says: /Content-Length/,
  },
  {
    name: 'two different Content-Lengths',
    send: [post(['Content-Length: 5', 'Content-Length: 6'], 'abcdef')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'the same Content-Length twice',
    send: [post(['Content-Length: 5', 'Content-Length: 5'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'a list of Content-Lengths',
    send: [post(['Content-Length: 5, 5'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'a signed Content-Length',
    send: [post(['Content-Length: +5'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'a negative Content-Length',
    send: [post(['Content-Length: -5'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'a hexadecimal Content-Length',
    send: [post(['Content-Length: 0x5'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'an empty Content-Length',
    send: [post(['Content-Length:'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'a Content-Length beyond all bounds',
    send: [post(['Content-Length: 99999999999999999999999'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'a Content-Length with a letter',
    send: [post(['Content-Length: 5a'], 'abcde')],
    status: 400,
    says: /Content-Length/i,
  },
  {
    name: 'an unknown transfer coding',
    send: [post(['Transfer-Encoding: cow'], 'abcde')],
    status: 400,
    says: /Transfer-Encoding/i,
  },
  {
    name: 'chunked before another coding',
    send: [post(['Transfer-Encoding: chunked, gzip'], '0\r\n\r\n')],
    status: 400,
    says: /Transfer-Encoding/i,
  },
  {
    name: 'chunked in two lines',
    send: [post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
    status: 400,
    says: /Transfer-Encoding/i,
  },
  {
    name: 'a transfer coding with a vertical tab',
    send: [post(['Transfer-Encoding: \x0bchunked'], '0\r\n\r\n')],
    status: 400,
    says: /./,
  },
  {
    name: 'gzip before chunked',
    send: [post(['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n')],
    status: 501,
    says: /gzip/,
  },
  {
    name: 'identity',
    send: [post(['Transfer-Encoding: identity'], '')],
    status: 400,
    says: /Transfer-Encoding/i,
  },
];

describe.each([
  { kind: 'what is no HTTP', cases: NOT_HTTP },
  { kind: 'a bad target or Host', cases: TARGET_AND_HOST },
  { kind: 'bad fields', cases: FIELDS },
  { kind: 'bad framing', cases: FRAMING },
])('refuses $kind', ({ cases }) => {
  it.for(cases)('$name', async ({ send, status, says }) => {
    const answer = expectOneAnswer(await scene.say(send));
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toMatch(says);
    expect(scene.origin.requests).toEqual([]);
    await expectUnharmed(scene);
  });
});

interface BadContent {
  readonly name: string;
  readonly content: readonly Step[];
  readonly says: RegExp;
}

const BAD_CHUNKS: readonly BadContent[] = [
  { name: 'a size that is no number', content: ['xyz\r\nabc\r\n0\r\n\r\n'], says: /chunk/i },
  { name: 'a negative size', content: ['-3\r\nabc\r\n0\r\n\r\n'], says: /chunk/i },
  { name: 'a size with 0x', content: ['0x3\r\nabc\r\n0\r\n\r\n'], says: /chunk/i },
  {
    name: 'a size beyond all bounds',
    content: ['fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
    says: /chunk/i,
  },
  {
    name: 'a chunk longer than its size',
    content: ['3\r\nabcdef\r\n0\r\n\r\n'],
    says: /chunk|CR|LF/i,
  },
  { name: 'no line end after a chunk', content: ['3\r\nabc0\r\n\r\n'], says: /chunk|CR|LF/i },
  { name: 'a bare LF after a size', content: ['3\nabc\r\n0\r\n\r\n'], says: /chunk|CR|LF/i },
  { name: 'a NUL in a chunk extension', content: ['3;a=\0\r\nabc\r\n0\r\n\r\n'], says: /chunk/i },
  {
    name: 'a chunk extension of 100 KB',
    content: [`3;${'a'.repeat(100_000)}\r\nabc\r\n0\r\n\r\n`],
    says: /chunk/i,
  },
  {
    name: 'a Content-Length among the trailers',
    content: ['3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n'],
    says: /Content-Length/,
  },
  {
    name: 'trailers of 100 KB',
    content: [`3\r\nabc\r\n0\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`],
    says: /header|field|trailer/i,
  },
];

// The head of such a request is good, and passed on before the fault shows: the client is told, and
// the origin never sees the request completed.
describe('cuts off a request whose chunks are bad', () => {
  const HEAD = post(['Transfer-Encoding: chunked'], '');

  it.for(BAD_CHUNKS)('$name', async ({ content, says }) => {
    scene.origin.script = ['HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nstored!'];
    const answer = expectOneAnswer(await scene.say([HEAD, ...content]));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body.toString()).toMatch(says);
    await scene.settled();
    expect(scene.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
    await expectUnharmed(scene);
  });
});

describe('does not pass on what is hidden in a request', () => {
  it('takes bytes after a body for the next request, and refuses them in their turn', async () => {
    const hidden = 'zzz\r\n\r\n';
    scene.origin.script = [{ pauseMs: 50 }, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'];
    const { bytes, end } = await scene.say([post(['Content-Length: 3'], `abc${hidden}`)]);
    const { responses, rest } = parseResponses(bytes, ['POST']);
    expect(responses.map(({ status }) => status)).toEqual([200, 400]);
    expect(rest.toString('latin1')).toBe('');
    expect(end).not.toBe('open');
    for (const { head, body } of scene.origin.requests) expect(head + body).not.toContain('zzz');
    await expectUnharmed(scene);
  });

  it('answers a good request before the garbage that follows it', async () => {
    const { bytes } = await scene.say([
      'GET /good HTTP/1.1\r\nHost: edge.test\r\n\r\n',
      { pauseMs: 200 },
      'garbage\r\n\r\n',
    ]);
    const { responses } = parseResponses(bytes);
    expect(responses.map(({ status }) => status)).toEqual([200, 400]);
    await expectUnharmed(scene);
  });

  it('passes encoded line ends on as they are', async () => {
    const target = '/good?a=%0d%0aX-Injected:%201&b=%00';
    const answer = expectOneAnswer(await scene.get(target));
    expect(answer.status).toBe(200);
    expect(scene.origin.requests.map(({ requestLine }) => requestLine)).toEqual([
      `GET ${target} HTTP/1.1`,
    ]);
    expect(scene.origin.requests[0]?.head).not.toMatch(/^x-injected/imu);
  });

  it.for([
    { name: 'quotes and semicolons', target: '/good?"; fwd=hit; x="' },
    { name: 'a backslash', target: '/good?\\' },
    { name: 'bytes beyond ASCII', target: '/good?\xe4\xf6\xff' },
  ])('keeps its own fields whole around $name in the target', async ({ target }) => {
    const answer = expectOneAnswer(await scene.get(target.replaceAll(' ', '')));
    // Either as it is, or refused: never a field made of it.
    expect([200, 400]).toContain(answer.status);
    for (const [, value] of answer.fields) expect(value).not.toMatch(/[\u0080-\u00ff]/u);
    const cacheStatus = answer.fields.filter(([name]) => name.toLowerCase() === 'cache-status');
    for (const [, value] of cacheStatus) expect(unquoted(value)).not.toContain('fwd=hit');
  });

  it('keeps the trailers of a request out of its head', async () => {
    scene.origin.script = ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'];
    const trailers = 'Host: other.test\r\nX-Trailer: 1\r\n';
    const content = `3\r\nabc\r\n0\r\n${trailers}\r\n`;
    const answer = expectOneAnswer(
      await scene.say([post(['Transfer-Encoding: chunked', 'Connection: close'], content)]),
    );
    expect(answer.status).toBe(200);
    const [request] = scene.origin.requests;
    expect(request?.head).not.toMatch(/other\.test|^x-trailer:/imu);
    expect(request?.body).toContain('abc');
    expect(request?.body).not.toMatch(/other\.test|x-trailer/iu);
    expect(request?.isComplete).toBe(true);
  });

  it('drops what Connection names, and hop-by-hop fields', async () => {
    await scene.get(
      '/good',
      'X-Hop: 1',
      'Connection: X-Hop',
      'Keep-Alive: timeout=9',
      'TE: trailers',
      'Proxy-Connection: close',
    );
    const [request] = scene.origin.requests;
    expect(request?.head).not.toMatch(/^(?:x-hop|keep-alive|te|proxy-connection):/imu);
  });

  it('does not let Connection take Host away', async () => {
    const answer = expectOneAnswer(
      await scene.get('/good', 'Connection: host, cache-control, content-length'),
    );
    expect(answer.status).toBe(200);
    expect(scene.origin.requests[0]?.head).toMatch(/^host: /imu);
  });

  it('does not switch to HTTP/2 in the clear', async () => {
    const answer = expectOneAnswer(
      await scene.get(
        '/good',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
        'Connection: Upgrade, HTTP2-Settings',
      ),
    );
    expect(answer.status).toBe(200);
    expect(scene.origin.requests[0]?.head).not.toMatch(/^(?:upgrade|http2-settings):/imu);
  });
});

/** A structured field without its strings. */
function unquoted(value: string): string {
  return value.replaceAll(/"(?:[^"\\]|\\.)*"/gu, '""');
}
