// HTTP/2 to HTTP/1.1: whatever would be two things to a server that reads HTTP/1.1 is refused, and what
// goes on is one message, of which every byte is known.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GOOD_BODY } from '../bad-input/scene.ts';
import { block, CODE, FLAG, frame, TYPE, type FrameClient, type Line } from '../http2/frames.ts';
import { Http2Scene } from '../http2/http2-scene.ts';

let scene: Http2Scene;
let client: FrameClient;
beforeEach(async () => {
  scene = await Http2Scene.open();
  client = await scene.connect();
});
afterEach(() => scene.close());

const METHOD: Line = [':method', 'GET'];
const POST: Line = [':method', 'POST'];
const SCHEME: Line = [':scheme', 'https'];
const PATH: Line = [':path', '/scripted'];
const AUTHORITY: Line = [':authority', 'edge.test'];
const SPLIT = '/ HTTP/1.1\r\nHost: edge.test\r\n\r\nGET /hidden HTTP/1.1\r\nX: y';

/** A request with these in place of its own pseudo-header fields, and these lines. */
function asking(
  pseudo: Readonly<Record<string, string | null>>,
  ...lines: readonly Line[]
): Line[] {
  const own: Record<string, string | null> = {
    ':method': 'GET',
    ':scheme': 'https',
    ':path': '/scripted',
    ':authority': 'edge.test',
    ...pseudo,
  };
  const kept = Object.entries(own).filter((line): line is [string, string] => line[1] !== null);
  return [...kept, ...lines];
}

interface Told {
  readonly name: string;
  readonly lines: readonly Line[];
}

const told = (name: string, lines: readonly Line[]): Told => ({ name, lines });

const PSEUDO: readonly Told[] = [
  ...['/a b', '/a\tb', '/a\r\nX: y', '/a\n', '/a\0b', SPLIT, '', 'a', '*', '//edge.test:x y/'].map(
    (path) => told(`:path ${JSON.stringify(path)}`, asking({ ':path': path })),
  ),
  ...['https://edge.test/a', 'http://other.test/'].map((path) =>
    told(`:path ${path}`, asking({ ':path': path })),
  ),
  ...['G ET', 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\nGET', 'GET\r\n', '', 'GE\0T', 'GET:'].map(
    (method) => told(`:method ${JSON.stringify(method)}`, asking({ ':method': method })),
  ),
  ...[
    'edge.test\r\nX: y',
    'edge.test other.test',
    'user@edge.test',
    'edge.test/x',
    'a,b',
    'a\0',
    '',
  ].map((authority) =>
    told(`:authority ${JSON.stringify(authority)}`, asking({ ':authority': authority })),
  ),
  ...['http', 'ftp', 'https\r\nX: y', '', 'https '].map((scheme) =>
    told(`:scheme ${JSON.stringify(scheme)}`, asking({ ':scheme': scheme })),
  ),
  ...[METHOD, SCHEME, PATH, AUTHORITY].map((line) =>
    told(`${line[0]} twice`, [METHOD, SCHEME, PATH, AUTHORITY, line]),
  ),
  ...[':method', ':scheme', ':path'].map((name) => told(`no ${name}`, asking({ [name]: null }))),
  told('neither :authority nor Host', asking({ ':authority': null })),
  told(':path behind a field', [METHOD, SCHEME, AUTHORITY, ['x-a', 'b'], PATH]),
  told(':authority behind a field', [METHOD, SCHEME, PATH, ['x-a', 'b'], AUTHORITY]),
  told('an unknown pseudo-header field', asking({}, [':foo', 'bar'])),
  told('a pseudo-header field of answers', asking({ ':status': '200' })),
  told(':protocol without CONNECT', asking({ ':protocol': 'websocket' })),
  told('a Host that is not :authority', asking({}, ['host', 'other.test'])),
  told('two Hosts', asking({}, ['host', 'edge.test'], ['host', 'edge.test'])),
  told(
    'two Hosts without :authority',
    asking({ ':authority': null }, ['host', 'a'], ['host', 'b']),
  ),
];

const FIELDS: readonly Told[] = [
  ['Foo', 'a'],
  ['fOO', 'a'],
  ['connection', 'close'],
  ['connection', 'x-a'],
  ['keep-alive', 'timeout=5'],
  ['proxy-connection', 'keep-alive'],
  ['transfer-encoding', 'chunked'],
  ['transfer-encoding', 'identity'],
  ['upgrade', 'websocket'],
  ['te', 'gzip'],
  ['te', 'trailers, deflate'],
  ['x-a', ' b'],
  ['x-a', 'b '],
  ['x-a', '\tb'],
].map(([name, value]) =>
  told(`${name}: ${JSON.stringify(value)}`, asking({}, [name as string, value as string])),
);

/** How a request was refused: by a reset, or in words. The connection goes on, and the origin has seen nothing whole. */
async function refusalOf(streamId: number): Promise<string | undefined> {
  await client.ended(streamId);
  client.ask(streamId + 2, scene.lines('/good'));
  await client.ended(streamId + 2);
  expect([client.status(streamId + 2), client.body(streamId + 2)]).toEqual([200, GOOD_BODY]);
  expect(client.goaway).toBeUndefined();
  expect(scene.received).toEqual(['GET /good HTTP/1.1']);
  expect(scene.faults).toEqual([]);
  const isReset = client.status(streamId) === undefined;
  return isReset ? `RST_STREAM ${client.reset(streamId)}` : client.body(streamId).slice(0, 11);
}

/** PROTOCOL_ERROR, or words. */
const REFUSAL = /^(?:RST_STREAM 1|poplet: (?:400|421|501))$/u;

describe.each([
  { what: 'pseudo-header fields', requests: PSEUDO },
  { what: 'fields', requests: FIELDS },
])('refuses $what that are none, or two', ({ requests }) => {
  it.for(requests)('$name', async ({ lines }) => {
    client.ask(1, lines);
    expect(await refusalOf(1)).toMatch(REFUSAL);
    expect(scene.origin.received.join('')).not.toContain('scripted');
  });
});

describe('refuses content that is not as long as it says', () => {
  const lengths: readonly (readonly [length: string, content: string | null])[] = [
    ['5', 'abc'],
    ['5', null],
    ['abc', 'abc'],
    ['+3', 'abc'],
    ['3, 3', 'abc'],
    ['-3', 'abc'],
    ['0x3', 'abc'],
    ['99999999999999999999', 'abc'],
    ['', 'abc'],
  ];
  it.for(lengths)('%j for %j', async ([length, content]) => {
    const lines = asking({ ':method': 'POST' }, ['content-length', length]);
    client.ask(1, lines, { goesOn: content !== null });
    if (content !== null) client.data(1, content);
    expect(await refusalOf(1)).toMatch(REFUSAL);
  });

  // RFC 9113 §5.4.1: node:http2 takes bytes beyond the length for an error of the connection.
  it.each(['2', '0'])('%j for three bytes: the connection ends', async (length) => {
    client.ask(1, asking({ ':method': 'POST' }, ['content-length', length]), { goesOn: true });
    client.data(1, 'abc');
    await client.closed();
    expect(scene.received).toEqual([]);
    await scene.recorded(2);
    expect(scene.reasons).toContain('http2-broken');
    const other = await scene.connect();
    other.ask(1, scene.lines('/good'));
    await other.ended(1);
    expect(other.body(1)).toBe(GOOD_BODY);
  });

  it('two lengths', async () => {
    const both: Line[] = [
      ['content-length', '3'],
      ['content-length', '4'],
    ];
    client.ask(1, asking({ ':method': 'POST' }, ...both), { goesOn: true });
    client.data(1, 'abc');
    expect(await refusalOf(1)).toMatch(REFUSAL);
  });
});

it('refuses trailers with pseudo-header fields', async () => {
  client.ask(1, [POST, SCHEME, PATH, AUTHORITY], { goesOn: true });
  client.data(1, 'abc', { isLast: false });
  client.ask(1, [PATH]);
  expect(await refusalOf(1)).toMatch(REFUSAL);
});

it('ends the connection where more follows the end of a request', async () => {
  client.ask(1, scene.lines('/good'));
  client.data(1, 'GET /hidden HTTP/1.1\r\n\r\n');
  await client.closed();
  expect(scene.origin.received.join('')).not.toContain('hidden');
});

it('ends the connection at a CONTINUATION that belongs to nothing', async () => {
  client.send(
    frame(TYPE.continuation, { flags: FLAG.endHeaders, streamId: 1, payload: block([PATH]) }),
  );
  await client.closed();
  expect(client.goaway).toBe(CODE.protocolError);
  await scene.recorded(1);
  expect(scene.reasons).toEqual(['http2-broken']);
});

it('resets a CONNECT to nowhere', async () => {
  client.ask(1, [[':method', 'CONNECT']], { goesOn: true });
  await client.ended(1);
  expect(client.reset(1)).toBe(CODE.protocolError);
});

it.each(['edge.test:443', 'tcp.test:22'])('refuses CONNECT to %s', async (authority) => {
  client.ask(
    1,
    [
      [':method', 'CONNECT'],
      [':authority', authority],
    ],
    { goesOn: true },
  );
  await client.ended(1);
  expect(client.body(1)).toMatch(/^poplet: 405 Method Not Allowed/u);
  expect(scene.origin.received.join('')).toBe('');
});

/** Requests as the origin receives them, to the byte. */
describe('sends on in one form', () => {
  const head = (line: string, ...lines: readonly string[]): string =>
    [
      `${line} HTTP/1.1`,
      `host: ${scene.origin.authority}`,
      'connection: keep-alive',
      ...lines,
      'Via: 2 poplet',
      'CDN-Loop: poplet;id=test.0',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Host: edge.test',
      'X-Forwarded-Proto: https',
      'Forwarded: for=127.0.0.1;host="edge.test";proto=https',
      '\r\n',
    ].join('\r\n');

  const expectAnswered = async (): Promise<void> => {
    await client.ended(1);
    expect(client.status(1)).toBe(200);
    expect(scene.faults).toEqual([]);
  };

  it.each([
    '\r',
    '\n',
    '\0',
    '\r\nTransfer-Encoding: chunked',
    '\r\n\r\nGET /hidden HTTP/1.1\r\nX: y',
    '\x7f',
    '\x01',
  ])('a field with %j in its value: without it', async (bytes) => {
    client.ask(1, scene.lines('/good', ['x-a', `b${bytes}c`], ['x-d', 'e']));
    await expectAnswered();
    expect(scene.origin.received).toEqual([head('GET /good', 'x-d: e')]);
  });

  it.each(['x a', 'x:', 'x\r\ny', 'x\0', '', 'x(y)', 'é'])(
    'a field whose name is %j: without it',
    async (name) => {
      client.ask(1, scene.lines('/good', [name, 'b'], ['x-d', 'e']));
      await expectAnswered();
      expect(scene.origin.received).toEqual([head('GET /good', 'x-d: e')]);
    },
  );

  it('pieces of a Cookie: as one', async () => {
    client.ask(
      1,
      scene.lines('/good', ['cookie', 'a=1'], ['x-b', 'c'], ['cookie', 'd=2'], ['cookie', 'e=3']),
    );
    await expectAnswered();
    expect(scene.origin.received).toEqual([head('GET /good', 'cookie: a=1; d=2; e=3', 'x-b: c')]);
  });

  it('other duplicates, in their order, and TE: not at all', async () => {
    client.ask(
      1,
      scene.lines('/good', ['x-b', '2'], ['te', 'trailers'], ['x-a', '1'], ['x-b', '\xe9']),
    );
    await expectAnswered();
    expect(scene.origin.received).toEqual([head('GET /good', 'x-b: 2', 'x-a: 1', 'x-b: \xe9')]);
  });

  it('content by its length', async () => {
    client.ask(1, scene.lines('/good', ['content-length', '6']).with(0, POST), { goesOn: true });
    client.data(1, 'abc', { isLast: false });
    client.data(1, '\r\n0');
    await expectAnswered();
    expect(scene.origin.received).toEqual([
      `${head('POST /good').slice(0, -2)}content-length: 6\r\n\r\nabc\r\n0`,
    ]);
  });

  it('content without a length by the length it has or in chunks, its trailers left out', async () => {
    client.ask(1, scene.lines('/good').with(0, POST), { goesOn: true });
    client.data(1, '0\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n', { isLast: false });
    client.ask(1, [['x-trailer', 'a']]);
    await expectAnswered();
    const content = '0\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n';
    const [received = ''] = scene.origin.received;
    const begin = head('POST /good').slice(0, -2);
    expect([
      `${begin}content-length: 29\r\n\r\n${content}`,
      `${begin}transfer-encoding: chunked\r\n\r\n1d\r\n${content}\r\n0\r\n\r\n`,
    ]).toContain(received);
  });

  it('no content, said by an empty last frame', async () => {
    client.ask(1, scene.lines('/good', ['content-length', '0']).with(0, POST), { goesOn: true });
    client.data(1, '');
    await expectAnswered();
    expect(client.reset(1)).toBeUndefined();
    expect(scene.origin.received).toEqual([
      `${head('POST /good').slice(0, -2)}content-length: 0\r\n\r\n`,
    ]);
  });
});
