// Response splitting and smuggling: what a hostile or broken origin sends reaches one client as one
// answer or not at all, is not stored as anything else, and is nobody's next answer.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponses, valuesOf, type RawResponse } from '@poplet/conformance/raw-http';
import { END, GOOD_BODY, Scene, type Heard, type Step } from '../bad-input/scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.close());

/** The head of a response that might be stored. */
function ok(...lines: readonly string[]): string {
  return ['HTTP/1.1 200 OK', 'Cache-Control: max-age=60', ...lines, '', ''].join('\r\n');
}

const POISON = `${ok('Content-Length: 6')}poison`;
const CHUNKED = ok('Transfer-Encoding: chunked');
/** The bytes of the poison are to be there when the connection is free again. */
const PAUSE: Step = { pauseMs: 20 };

/** Two requests on one connection of the client: the one that is attacked, and the next. */
async function askTwice(
  method = 'GET',
): Promise<Heard & { readonly finals: readonly RawResponse[] }> {
  const heard = await scene.say([
    `${method} /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n`,
    'GET /good HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n\r\n',
  ]);
  const { responses, rest } = parseResponses(heard.bytes, [method, 'GET']);
  expect(rest.toString('latin1')).toBe('');
  return { ...heard, finals: responses.filter(({ status }) => status >= 200) };
}

async function bodyOf(target: string): Promise<string> {
  const { responses } = parseResponses((await scene.get(target)).bytes);
  return responses.map(({ body }) => body.toString('latin1')).join('|');
}

/** The next requests of others get their own answers, over connections that the poison was not on. */
async function expectNoPoison(): Promise<void> {
  await scene.settled();
  for (const target of ['/good?1', '/good?2', '/good?3'])
    expect([target, await bodyOf(target)]).toEqual([target, GOOD_BODY]);
  const stored = scene.edge.store.entries({ limit: 10 });
  expect(stored.filter(({ response }) => !response.primaryKey.endsWith('/scripted'))).toEqual([]);
}

interface Attack {
  readonly name: string;
  readonly script: readonly Step[];
}

/** The client is told that the origin is at fault. */
const REFUSED: readonly Attack[] = [
  ...[
    ['Content-Length beside Transfer-Encoding', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['Transfer-Encoding beside Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 2'],
    ['two Content-Lengths', 'Content-Length: 2\r\nContent-Length: 90'],
    ['one Content-Length twice', 'Content-Length: 2\r\nContent-Length: 2'],
    ['a list of Content-Lengths', 'Content-Length: 2, 90'],
    ['a signed Content-Length', 'Content-Length: +2'],
    ['a negative Content-Length', 'Content-Length: -2'],
    ['a hexadecimal Content-Length', 'Content-Length: 0x2'],
    ['a Content-Length with a space in it', 'Content-Length: 2 0'],
    ['a space before the colon of Content-Length', 'Content-Length : 2'],
    ['a space before the colon of Transfer-Encoding', 'Transfer-Encoding : chunked'],
    ['chunked and identity', 'Transfer-Encoding: chunked, identity'],
    ['identity and chunked', 'Transfer-Encoding: identity, chunked'],
    ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
    ['xchunked', 'Transfer-Encoding: xchunked'],
    ['a vertical tab before chunked', 'Transfer-Encoding: \x0bchunked'],
    ['a folded Transfer-Encoding', 'Transfer-Encoding:\r\n chunked'],
    ['a field folded around Content-Length', 'X-A: 1\r\n Content-Length: 2'],
    ['a bare LF before Content-Length', 'X-A: 1\nContent-Length: 2'],
    ['a bare CR before Content-Length', 'X-A: 1\rContent-Length: 2'],
    ['a bare CR LF pair in disguise', 'X-A: 1\r\r\nContent-Length: 2'],
    ['a NUL before Content-Length', 'X-A: 1\0Content-Length: 2'],
    ['a bare LF that ends the head', `X-A: 1\n\n${POISON}`],
    ['a line without a colon', 'X-A'],
    ['a field without a name', ': 1'],
    ['a name that is no token', 'X(A): 1'],
    ['a control character in a value', 'X-A: 1\x012'],
  ].map(([name = '', lines = '']) => ({
    name,
    script: [`HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${lines}\r\n\r\nhi`, POISON],
  })),
  { name: 'bare LFs for line ends', script: [ok('Content-Length: 2').replaceAll('\r', ''), 'hi'] },
  { name: 'HTTP/0.9', script: ['hi', END] },
  { name: 'HTTP/1.2', script: [POISON.replace('HTTP/1.1', 'HTTP/1.2')] },
  { name: 'a status of two digits', script: [POISON.replace('200', '20')] },
  { name: 'a status of four digits', script: [POISON.replace('200', '2000')] },
  { name: 'a status that is signed', script: [POISON.replace('200', '+20')] },
  { name: 'a status of 0', script: [POISON.replace('200', '000')] },
  { name: 'a status of 600', script: [POISON.replace('200', '600')] },
  { name: 'a bare LF in the status line', script: [POISON.replace('OK', 'OK\nX-A: 1')] },
  { name: 'a bare CR in the status line', script: [POISON.replace('OK', 'OK\rX-A: 1')] },
  {
    name: 'a switch of protocols that nobody asked for',
    script: [
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
      POISON,
    ],
  },
];

describe('refuses, with a 502, what an origin says in two ways', () => {
  it.for(REFUSED)('$name', async ({ script }) => {
    scene.origin.script = script;
    const { finals, end } = await askTwice();
    expect(finals.map(({ status }) => status)).toEqual([502, 200]);
    expect(finals[1]?.body.toString()).toBe(GOOD_BODY);
    expect(end).toBe('FIN');
    for (const { body } of finals) expect(body.toString()).not.toContain('poison');
    await expectNoPoison();
    expect(scene.edge.store.entries({ limit: 10 })).toEqual([]);
  });
});

interface Ended extends Attack {
  readonly status?: number;
  readonly body: string;
  readonly method?: string;
}

/** The answer is good, and ends where it says; what is behind it is nobody's. */
const ENDED: readonly Ended[] = [
  {
    name: 'a length, whatever version the status line names',
    script: [`${ok('Content-Length: 4').replace('HTTP/1.1', 'HTTP/2.0')}fine${POISON}`],
    body: 'fine',
  },
  { name: 'a length', script: [`${ok('Content-Length: 4')}fine`, POISON], body: 'fine' },
  {
    name: 'a length, in one packet',
    script: [`${ok('Content-Length: 4')}fine${POISON}`],
    body: 'fine',
  },
  { name: 'a length of 0', script: [`${ok('Content-Length: 0')}${POISON}`], body: '' },
  { name: 'the last chunk', script: [`${CHUNKED}4\r\nfine\r\n0\r\n\r\n${POISON}`], body: 'fine' },
  {
    name: 'trailers',
    script: [`${CHUNKED}4\r\nfine\r\n0\r\nX-A: 1\r\n\r\n${POISON}`],
    body: 'fine',
  },
  {
    name: 'a 204 with a length',
    script: [`HTTP/1.1 204 No Content\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`],
    status: 204,
    body: '',
  },
  {
    name: 'a 204 with chunks',
    script: [
      `HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\npoison\r\n0\r\n\r\n${POISON}`,
    ],
    status: 204,
    body: '',
  },
  {
    name: 'a 304 with a length',
    script: [`HTTP/1.1 304 Not Modified\r\nContent-Length: ${POISON.length}\r\n\r\n${POISON}`],
    status: 304,
    body: '',
    method: 'OPTIONS',
  },
  {
    name: 'the head of the answer to a HEAD',
    script: [
      `HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 6\r\n\r\npoison${POISON}`,
    ],
    body: '',
    method: 'HEAD',
  },
];

describe('takes nothing that stands behind', () => {
  it.for(ENDED)('$name', async ({ script, status = 200, body, method = 'GET' }) => {
    scene.origin.script = [...script, PAUSE];
    const { finals } = await askTwice(method);
    expect(finals.map((one) => [one.status, one.body.toString()])).toEqual([
      [status, body],
      [200, GOOD_BODY],
    ]);
    await expectNoPoison();
    for (const { response } of scene.edge.store.entries({ limit: 10 }))
      expect(response.bodyBytes).toBe(body.length);
  });
});

describe('keeps to itself', () => {
  it('interim responses that would be fields or answers of another client', async () => {
    const interim =
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 6\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n';
    scene.origin.script = [interim + ok('Content-Length: 4'), `fine${POISON}`, PAUSE];
    const { bytes, finals } = await askTwice();
    const [hints = ''] = bytes.toString('latin1').split('\r\n\r\n', 1);
    expect(hints).toBe('HTTP/1.1 103 Early Hints\r\nLink: </a>');
    expect(finals.map(({ body }) => body.toString())).toEqual(['fine', GOOD_BODY]);
    await expectNoPoison();
  });

  it('interim responses with line ends in them', async () => {
    scene.origin.script = ['HTTP/1.1 103 Early Hints\r\nLink: </a>\nX-A: 1\r\n\r\n', POISON];
    const { finals } = await askTwice();
    expect(finals.map(({ status }) => status)).toEqual([502, 200]);
    await expectNoPoison();
  });

  it('an answer that comes before the content of its request is sent', async () => {
    scene.origin.script = [];
    const socket = scene.say([
      'POST /scripted HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 500\r\n\r\nthe beginning',
      { pauseMs: 150 },
      'GET /hidden HTTP/1.1\r\nHost: edge.test\r\n\r\n',
      END,
    ]);
    await expect.poll(() => scene.origin.received.join('')).toContain('the beginning');
    scene.origin.sayOnAll(`${ok('Content-Length: 5')}early`);
    const { bytes } = await socket;
    expect(parseResponses(bytes, ['POST']).responses.map(({ body }) => body.toString())).toEqual([
      'early',
    ]);
    await expectNoPoison();
    // Neither is the connection used again, nor is what follows taken for a request.
    const [first = ''] = scene.origin.received;
    expect(first.match(/HTTP\/1\.1\r\n/gu)).toHaveLength(1);
    expect(scene.origin.received.join('')).not.toContain('GET /hidden HTTP/1.1');
  });

  it('fields of the connection, and what Connection names', async () => {
    scene.origin.script = [
      ok(
        'Content-Length: 2',
        'Connection: keep-alive, X-Hop, Cache-Control',
        'Keep-Alive: timeout=9',
        'X-Hop: 1',
        'Proxy-Authenticate: Basic',
        'Upgrade: h2c',
        'Trailer: Content-Length',
      ),
      'hi',
    ];
    for (let turn = 0; turn < 2; turn += 1) {
      const [answer] = (await askTwice()).finals;
      const names = (answer as RawResponse).fields.map(([name]) => name.toLowerCase());
      for (const name of ['x-hop', 'proxy-authenticate', 'upgrade'])
        expect(names).not.toContain(name);
      expect(valuesOf(answer as RawResponse, 'content-length')).toEqual(['2']);
    }
  });

  it('trailers that would frame, route or set something', async () => {
    const trailers = [
      'Content-Type: text/html',
      'Set-Cookie: a=stolen',
      'Cache-Control: max-age=9999',
      'Location: http://evil.test/',
      'X-Sum: 1',
    ].join('\r\n');
    scene.origin.script = [`${CHUNKED}4\r\nfine\r\n0\r\n${trailers}\r\n\r\n`];
    for (let turn = 0; turn < 2; turn += 1) {
      const { bytes } = await scene.get('/scripted', 'TE: trailers');
      const text = bytes.toString('latin1');
      expect(text).toContain('X-Sum: 1');
      expect(text).not.toMatch(/stolen|evil|9999|text\/html/u);
    }
  });

  it('a body with Content-Length for a trailer, which is not whole', async () => {
    scene.origin.script = [`${CHUNKED}4\r\nfine\r\n0\r\nContent-Length: 9\r\n\r\n${POISON}`];
    const { bytes } = await scene.get('/scripted');
    const [answer] = parseResponses(bytes).responses;
    expect(answer === undefined || answer.status === 502 || !answer.isComplete).toBe(true);
    await expectNoPoison();
    expect(scene.edge.store.entries({ limit: 10 })).toEqual([]);
  });

  it('Transfer-Encoding for a trailer', async () => {
    scene.origin.script = [
      `${CHUNKED}4\r\nfine\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n${POISON}`,
    ];
    for (let turn = 0; turn < 2; turn += 1) {
      const { bytes } = await scene.get('/scripted', 'TE: trailers');
      const { responses, rest } = parseResponses(bytes);
      expect(responses.map(({ body }) => body.toString())).toEqual(['fine']);
      expect(rest.toString()).toBe('');
    }
    await expectNoPoison();
  });
});

describe('asks about what is stored', () => {
  // What is stored came through a parser; a store on disk may have been written to by others.
  it.for([
    { name: 'a line end', tag: '"v1"\r\nX-Injected: 1' },
    { name: 'a bare LF', tag: '"v1"\nX-Injected: 1' },
    { name: 'a request', tag: '"v1"\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n' },
    { name: 'a NUL', tag: '"v1\0"' },
  ])('in one request, although its ETag has $name in it', async ({ tag }) => {
    scene.origin.script = [ok('Content-Length: 2', 'ETag: "v1"'), 'hi'];
    await scene.get('/scripted');
    const [entry] = scene.edge.store.entries({ limit: 1 });
    if (entry === undefined) throw new Error('it is stored');
    const { facts } = entry.response;
    Object.assign(facts, { etag: { weak: false, opaque: tag.slice(1) } });
    scene.edge.clock.advance(120_000);
    const before = scene.origin.received.join('').length;
    await scene.get('/scripted');
    const asked = scene.origin.received.join('').slice(before);
    expect(asked).not.toMatch(/^(?:X-Injected|GET \/hidden)/imu);
  });
});
