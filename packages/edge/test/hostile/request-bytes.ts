// What an attacker sends in place of a request, and what may become of it. Behind each stands a second
// request on the same connection, which shows where the edge took the first one to end.

import type { ForwardedMessage } from './forwarded-bytes.ts';

/** Behind every refused request. It must be neither answered nor sent on. */
export const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: edge.test\r\n\r\n';

/** Behind every request that is taken. */
export const NEXT = 'GET /next HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n\r\n';

export interface RefusedRequest {
  readonly name: string;
  readonly bytes: string;
  /** Default 400. */
  readonly status?: number;
}

export interface TakenRequest {
  readonly name: string;
  readonly bytes: string;
  readonly message: ForwardedMessage;
}

function get(...lines: readonly string[]): string {
  return ['GET /scripted HTTP/1.1', 'Host: edge.test', ...lines, '', ''].join('\r\n');
}

function post(lines: readonly string[], content: string): string {
  return withMethod('POST', lines, content);
}

function withMethod(method: string, lines: readonly string[], content: string): string {
  return [`${method} /scripted HTTP/1.1`, 'Host: edge.test', ...lines, '', content].join('\r\n');
}

function target(text: string): string {
  return `GET ${text} HTTP/1.1\r\nHost: edge.test\r\n\r\n`;
}

function host(text: string): string {
  return `GET /scripted HTTP/1.1\r\nHost: ${text}\r\n\r\n`;
}

const CHUNKS = '3\r\nabc\r\n0\r\n\r\n';
const CHUNKED = 'Transfer-Encoding: chunked';

/** A name that shows what cannot be seen. */
function shown(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\uffff]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16)}`,
  );
}

/** Transfer-Encoding in every disguise (TE.CL, TE.TE, TE.0). */
export const REFUSED_CODINGS: readonly RefusedRequest[] = [
  ...[
    'xchunked',
    'chunked, identity',
    'chunked\t',
    '\x0bchunked',
    'chunked\x0b',
    'chunked\x0c',
    'chunked,',
    'chunked, chunked',
    'chunked;a=b',
    '"chunked"',
    "'chunked'",
    'chunked identity',
    'chun\0ked',
    'chunked\x01',
    '\xa0chunked\xa0',
    'ch\xf3nked',
    'chunk',
    'identity',
    'gzip',
    'cow',
    '',
  ].map((value) => ({
    name: `Transfer-Encoding: ${shown(value)}`,
    bytes: post([`Transfer-Encoding: ${value}`], CHUNKS),
  })),
  ...['identity, chunked', 'x, chunked', ',chunked', '\xa0chunked', 'gzip, chunked'].map(
    (value) => ({
      name: `Transfer-Encoding: ${shown(value)}`,
      bytes: post([`Transfer-Encoding: ${value}`], CHUNKS),
      status: 501,
    }),
  ),
  ...[
    ['a space before the colon', 'Transfer-Encoding : chunked'],
    ['a tab before the colon', 'Transfer-Encoding\t: chunked'],
    ['a vertical tab before the colon', 'Transfer-Encoding\x0b: chunked'],
    ['a NUL before the colon', 'Transfer-Encoding\0: chunked'],
    ['a space before the name', ' Transfer-Encoding: chunked'],
    ['a value on the next line', 'Transfer-Encoding:\r\n chunked'],
    ['a field folded around it', 'X-A: 1\r\n\tTransfer-Encoding: chunked'],
    ['a bare LF before it', 'X-A: 1\nTransfer-Encoding: chunked'],
    ['a bare CR before it', 'X-A: 1\rTransfer-Encoding: chunked'],
    ['a NUL before it', 'X-A: 1\0Transfer-Encoding: chunked'],
    ['two lines, the last of them identity', `${CHUNKED}\r\nTransfer-Encoding: identity`],
    ['two lines, both chunked', `${CHUNKED}\r\n${CHUNKED}`],
    ['two lines, the first of them empty', `Transfer-Encoding:\r\n${CHUNKED}`],
    ['Content-Length before it', `Content-Length: 3\r\n${CHUNKED}`],
    ['Content-Length behind it', `${CHUNKED}\r\nContent-Length: 3`],
    ['Content-Length 0 beside it', `Content-Length: 0\r\n${CHUNKED}`],
    ['Content-Length beside a coding that is none', 'Content-Length: 3\r\nTransfer-Encoding: x'],
  ].map(([what = '', line = '']) => ({
    name: `Transfer-Encoding with ${what}`,
    bytes: post([line], CHUNKS),
  })),
  {
    name: 'Transfer-Encoding in two lines, the first of them identity',
    bytes: post(['Transfer-Encoding: identity', CHUNKED], CHUNKS),
    status: 501,
  },
];

/** Content-Length in every disguise (CL.CL, CL.0). */
export const REFUSED_LENGTHS: readonly RefusedRequest[] = [
  ...[
    '+5',
    '-5',
    '-0',
    '0x5',
    '5.0',
    '5e0',
    '5,5',
    '5, 5',
    '5, 6',
    '5;a',
    '"5"',
    '',
    '5a',
    '5 5',
    '5_0',
    '_5',
    '\x0b5',
    '5\x0b',
    '5\0',
    '\xa05',
    '\xd9\xa5',
    '18446744073709551621',
    '99999999999999999999999',
  ].map((value) => ({
    name: `Content-Length: ${shown(value)}`,
    bytes: post([`Content-Length: ${value}`], 'abcde'),
  })),
  ...[
    ['twice the same', 'Content-Length: 5\r\nContent-Length: 5'],
    ['two values', 'Content-Length: 5\r\nContent-Length: 6'],
    ['two spellings', 'Content-Length: 5\r\ncontent-length: 0'],
    ['a space before the colon', 'Content-Length : 5'],
    ['a value on the next line', 'Content-Length:\r\n 5'],
    ['a bare LF before it', 'X-A: 1\nContent-Length: 5'],
    ['a bare CR before it', 'X-A: 1\rContent-Length: 5'],
    ['a NUL behind its name', 'Content-Length\0: 5'],
  ].map(([what = '', line = '']) => ({
    name: `Content-Length with ${what}`,
    bytes: post([line], 'abcde'),
  })),
  {
    name: 'TRACE with content',
    bytes: withMethod('TRACE', ['Content-Length: 5'], 'abcde'),
  },
];

/** Chunks that two readers might not read alike (TERM.EXT, EXT.TERM, TERM.SPILL, SPILL.TERM and their kin). */
export const REFUSED_CHUNKS: readonly RefusedRequest[] = [
  ['a bare LF behind the size', '3\nabc\r\n0\r\n\r\n'],
  ['a bare CR behind the size', '3\rabc\r\n0\r\n\r\n'],
  ['CR CR LF behind the size', '3\r\r\nabc\r\n0\r\n\r\n'],
  ['a bare LF that ends an extension', '3;\nabc\r\n0\r\n\r\n'],
  ['a bare CR that ends an extension', '3;\rabc\r\n0\r\n\r\n'],
  ['a bare LF within an extension', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
  ['a bare CR within an extension', '3;a\rb\r\nabc\r\n0\r\n\r\n'],
  ['CR CR LF behind an extension', '3;a\r\r\nabc\r\n0\r\n\r\n'],
  ['a bare LF within a quoted extension', '3;a="\n"\r\nabc\r\n0\r\n\r\n'],
  ['a line end within a quoted extension', '3;a="\r\n"\r\nabc\r\n0\r\n\r\n'],
  ['a control character in an extension', '3;\x01\r\nabc\r\n0\r\n\r\n'],
  ['a NUL in an extension', '3;a=\0\r\nabc\r\n0\r\n\r\n'],
  ['a space behind the size', '3 \r\nabc\r\n0\r\n\r\n'],
  ['a space before the size', ' 3\r\nabc\r\n0\r\n\r\n'],
  ['a tab behind the size', '3\t\r\nabc\r\n0\r\n\r\n'],
  ['a space before an extension', '3 ;a=b\r\nabc\r\n0\r\n\r\n'],
  ['a size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a negative size', '-3\r\nabc\r\n0\r\n\r\n'],
  ['a size with an underscore', '3_0\r\nabc\r\n0\r\n\r\n'],
  ['a size that is no number', 'G\r\nabc\r\n0\r\n\r\n'],
  ['a size that is not there', '\r\nabc\r\n0\r\n\r\n'],
  ['a size over 64 bits', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nabcX\r\n0\r\n\r\n'],
  ['two other bytes in place of the line end', '3\r\nabcXX0\r\n\r\n'],
  ['no line end behind a chunk', '3\r\nabc0\r\n\r\n'],
  ['a bare LF behind a chunk', '3\r\nabc\n0\r\n\r\n'],
  ['a bare CR behind a chunk', '3\r\nabc\r0\r\n\r\n'],
  ['a last chunk with a sign', '3\r\nabc\r\n-0\r\n\r\n'],
  ['a bare LF behind the last size', '3\r\nabc\r\n0\n\r\n'],
  ['a bare LF that ends the message', '3\r\nabc\r\n0\r\n\n'],
  ['an empty line in place of the last chunk', '3\r\nabc\r\n\r\n'],
  ['a request in place of the last chunk', `3\r\nabc\r\n${HIDDEN}`],
].map(([name = '', content = '']) => ({ name, bytes: post([CHUNKED], content) }));

/** Trailers that would change what the message is, or that are no fields. */
export const REFUSED_TRAILERS: readonly RefusedRequest[] = [
  ['Content-Length', 'Content-Length: 9'],
  ['Transfer-Encoding', 'Transfer-Encoding: chunked'],
  ['no colon', 'X'],
  ['a space before the colon', 'X : 1'],
  ['a space before the name', ' X: 1'],
  ['a folded value', 'X: a\r\n b'],
  ['a bare LF', 'X: 1\nY: 2'],
  ['a bare CR', 'X: 1\rY: 2'],
  ['a NUL', 'X: 1\0'],
  ['no name', ': 1'],
].map(([what = '', line = '']) => ({
  name: `a trailer with ${what}`,
  bytes: post([CHUNKED], `3\r\nabc\r\n0\r\n${line}\r\n\r\n`),
}));

/** Fields that are none, and line ends that are none. */
export const REFUSED_FIELDS: readonly RefusedRequest[] = [
  ...[
    ['a space before the colon', 'X-A : 1'],
    ['no colon', 'X-A'],
    ['no name', ': 1'],
    ['an empty line of spaces', ' '],
    ['a folded value', 'X-A: 1\r\n 2'],
    ['a value folded by a tab', 'X-A: 1\r\n\t2'],
    ['an empty fold', 'X-A: 1\r\n \r\nX-B: 2'],
    ['a bare LF', 'X-A: 1\nX-B: 2'],
    ['two bare LFs, which end a head for some', `X-A: 1\n\n${HIDDEN.trimEnd()}`],
    ['a bare CR', 'X-A: 1\rX-B: 2'],
    ['CR CR LF', 'X-A: 1\r\r\nX-B: 2'],
    ['two bare CRs', `X-A: 1\r\r${HIDDEN.trimEnd()}`],
    ['LF CR', 'X-A: 1\n\rX-B: 2'],
  ].map(([what = '', line = '']) => ({ name: `a field line with ${what}`, bytes: get(line) })),
  ...Array.from('\0\x01\x07\x08\x0b\x0c\x0e\x1b\x1f\x7f').map((octet) => ({
    name: `${shown(octet)} in a value`,
    bytes: get(`X-A: 1${octet}2`),
  })),
  ...Array.from('\0\x01\t\x0b\x7f "(),/;<=>?@[\\]{}\x80\xe4\xff').map((octet) => ({
    name: `${shown(octet)} in a name`,
    bytes: get(`X${octet}A: 1`),
  })),
  {
    name: 'a space before the first field',
    bytes: 'GET /scripted HTTP/1.1\r\n X: 1\r\nHost: edge.test\r\n\r\n',
  },
  {
    name: 'a head in bare LFs',
    bytes: 'GET /scripted HTTP/1.1\nHost: edge.test\n\n',
  },
  {
    name: 'a head in bare CRs',
    bytes: 'GET /scripted HTTP/1.1\rHost: edge.test\r\r',
  },
];

/** First lines that are none, in versions that are none. */
export const REFUSED_LINES: readonly RefusedRequest[] = [
  ...[
    ['HTTP/0.9', 'GET /scripted'],
    ['HTTP/0.9 by its number', 'GET /scripted HTTP/0.9'],
    ['HTTP/1.2', 'GET /scripted HTTP/1.2'],
    ['HTTP/1.10', 'GET /scripted HTTP/1.10'],
    ['HTTP/01.1', 'GET /scripted HTTP/01.1'],
    ['HTTP/2.0', 'GET /scripted HTTP/2.0'],
    ['HTTP/3', 'GET /scripted HTTP/3'],
    ['HTTP/1', 'GET /scripted HTTP/1'],
    ['HTTP/1,1', 'GET /scripted HTTP/1,1'],
    ['http/1.1', 'GET /scripted http/1.1'],
    ['HTTP /1.1', 'GET /scripted HTTP /1.1'],
    ['a space behind the version', 'GET /scripted HTTP/1.1 '],
    ['two versions', 'GET /scripted HTTP/1.1 HTTP/1.1'],
    ['a tab for a space', 'GET\t/scripted HTTP/1.1'],
    ['a vertical tab for a space', 'GET\x0b/scripted HTTP/1.1'],
    ['a tab before the version', 'GET /scripted\tHTTP/1.1'],
    ['a space before the method', ' GET /scripted HTTP/1.1'],
    ['no target', 'GET  HTTP/1.1'],
    ['no target, nor a space for it', 'GET HTTP/1.1'],
    ['no method', '/scripted HTTP/1.1'],
    ['a method in lower case', 'get /scripted HTTP/1.1'],
    ['a method with a byte that is none', 'G\xcaT /scripted HTTP/1.1'],
    ['a bare CR', 'GET /scripted\rHTTP/1.1'],
    ['a bare LF', 'GET /scripted\nHTTP/1.1'],
    ['a NUL', 'GET /scripted HTTP/1.1\0'],
    ['a request line within it', 'GET /scripted HTTP/1.1\rGET /hidden HTTP/1.1'],
  ].map(([what = '', line = '']) => ({
    name: `a request line with ${what}`,
    bytes: `${line}\r\nHost: edge.test\r\n\r\n`,
  })),
  { name: 'a method that nobody knows', bytes: 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', status: 501 },
  { name: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  {
    name: 'CONNECT',
    bytes: 'CONNECT edge.test:443 HTTP/1.1\r\nHost: edge.test:443\r\n\r\n',
    status: 405,
  },
  {
    name: 'CONNECT with content',
    bytes: 'CONNECT edge.test:443 HTTP/1.1\r\nHost: edge.test:443\r\nContent-Length: 3\r\n\r\nabc',
    status: 405,
  },
];

/** Targets and hosts that two readers might not read alike. */
export const REFUSED_TARGETS: readonly RefusedRequest[] = [
  ...[
    '/a b',
    '/a\tb',
    '/a\0b',
    '/a\x01b',
    '/a\x7fb',
    '/a\x80b',
    '/\xc3\xa4',
    '/a#b',
    '#',
    'scripted',
    '',
    '*',
    'edge.test:80',
    '//',
    'http:/scripted',
    'http:///scripted',
    'http://',
    'http://me@edge.test/',
    'http://edge.test:99999/',
    'http://edge.test\\@evil.test/',
    'http://edge.test#@evil.test/',
    'http://edge.test,evil.test/',
    'http://[::1/',
    'ftp://edge.test/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '?a=b',
    '\\scripted',
  ]
    .filter((text) => text !== '//')
    .map((text) => ({ name: `the target ${shown(text)}`, bytes: target(text) })),
  {
    name: 'a target of https on a connection in the clear',
    bytes: target('https://edge.test/scripted'),
    status: 421,
  },
  {
    name: 'a target of 17,000 bytes',
    bytes: target(`/${'a'.repeat(17_000)}`),
    status: 414,
  },
  ...[
    '',
    'edge.test, evil.test',
    'edge.test evil.test',
    'edge.test\tevil.test',
    'edge.test/evil',
    'edge.test?evil',
    'edge.test#evil',
    'edge.test\\evil',
    'me@edge.test',
    'edge.test:80:80',
    'edge.test:65536',
    'edge.test:-1',
    'edge.test:0x50',
    'edge.test:a',
    ':80',
    'http://edge.test',
    '[::1',
    '[::1]evil',
    'edge"test',
    'edge<test',
    'edge%test',
    'edge.test\0',
    '\xe4.test',
  ].map((text) => ({ name: `Host: ${shown(text)}`, bytes: host(text) })),
  ...[
    ['no Host', ''],
    ['Host twice', 'Host: edge.test\r\nHost: evil.test\r\n'],
    ['Host twice the same', 'Host: edge.test\r\nHost: edge.test\r\n'],
    ['Host in two cases', 'Host: edge.test\r\nhOST: evil.test\r\n'],
    ['Host folded', 'Host: edge.test\r\n evil.test\r\n'],
    ['Host with a space before the colon', 'Host : edge.test\r\n'],
    ['Host behind a space', ' Host: evil.test\r\nHost: edge.test\r\n'],
  ].map(([what = '', lines = '']) => ({
    name: what,
    bytes: `GET /scripted HTTP/1.1\r\n${lines}\r\n`,
  })),
  {
    name: 'Host twice beside an absolute target',
    bytes: 'GET http://edge.test/ HTTP/1.1\r\nHost: edge.test\r\nHost: evil.test\r\n\r\n',
  },
  {
    name: 'no Host beside an absolute target',
    bytes: 'GET http://edge.test/ HTTP/1.1\r\n\r\n',
  },
];

/** Expectations and upgrades that leave open what the next bytes are. */
export const REFUSED_EXPECTATIONS: readonly RefusedRequest[] = [
  ...['y 100-continue', '100-continue y', '100-contin', '100', '100-continue, y', '"100-continue"']
    .map((value) => [`Expect: ${value}`])
    .concat([['Expect: 100-continue', 'Expect: y']])
    .map((lines) => ({
      name: lines.join(' and '),
      bytes: post([...lines, 'Content-Length: 300'], 'abc'),
      status: 417,
    })),
  {
    name: 'Expect folded',
    bytes: post(['Expect:\r\n 100-continue', 'Content-Length: 3'], 'abc'),
  },
];

function taken(name: string, bytes: string, message: ForwardedMessage): TakenRequest {
  return { name, bytes, message };
}

const POSTED = { line: 'POST /scripted', content: 'abc' } as const;
const GOT = { line: 'GET /scripted' } as const;

/** Odd, but read in one way only; what goes on is plain. */
export const TAKEN: readonly TakenRequest[] = [
  ...['CHUNKED', 'Chunked', '\tchunked', '   chunked'].map((value) =>
    taken(`Transfer-Encoding: ${shown(value)}`, post([`Transfer-Encoding: ${value}`], CHUNKS), {
      ...POSTED,
      mayBeChunked: true,
    }),
  ),
  ...['3 ', ' 3', '3\t', '03', '0000000000000000000003'].map((value) =>
    taken(`Content-Length: ${shown(value)}`, post([`Content-Length: ${value}`], 'abc'), POSTED),
  ),
  ...[
    ['extensions', '3;a=b;c="d;\\""\r\nabc\r\n0;e\r\n\r\n'],
    ['leading zeros', '0003\r\nabc\r\n000\r\n\r\n'],
    ['sizes in either case', '3\r\nabc\r\n0\r\n\r\n'],
  ].map(([what = '', content = '']) =>
    taken(`chunks with ${what}`, post([CHUNKED], content), { ...POSTED, mayBeChunked: true }),
  ),
  taken(
    'trailers that name a host, a client and a cookie',
    post(
      [CHUNKED, 'Trailer: Host'],
      '3\r\nabc\r\n0\r\nHost: evil.test\r\nX-Forwarded-Host: evil.test\r\nCookie: a=b\r\n\r\n',
    ),
    { ...POSTED, fields: ['Trailer: Host'], mayBeChunked: true },
  ),
  taken('no content by an empty last chunk', post([CHUNKED], '0\r\n\r\n'), {
    line: 'POST /scripted',
    content: '',
  }),
  taken('a POST without any framing', post([], ''), { line: 'POST /scripted', content: '' }),
  taken('Content-Length: 0', post(['Content-Length: 0'], ''), {
    line: 'POST /scripted',
    content: '',
  }),
  taken('content that looks like a request', post([`Content-Length: ${HIDDEN.length}`], HIDDEN), {
    line: 'POST /scripted',
    content: HIDDEN,
  }),
  taken(
    'a chunk that looks like the last one and a request',
    post([CHUNKED], `${(HIDDEN.length + 5).toString(16)}\r\n0\r\n\r\n${HIDDEN}\r\n0\r\n\r\n`),
    { line: 'POST /scripted', content: `0\r\n\r\n${HIDDEN}`, mayBeChunked: true },
  ),
  taken(
    'Content-Length that Connection names',
    post(['Connection: Content-Length', 'Content-Length: 3'], 'abc'),
    POSTED,
  ),
  taken(
    'Transfer-Encoding and Host that Connection names',
    post(['Connection: Transfer-Encoding, Host', CHUNKED], CHUNKS),
    { ...POSTED, mayBeChunked: true },
  ),
  // A server that leaves the content unread must not take it for a request: the connection ends.
  ...['GET', 'DELETE', 'OPTIONS'].map((method) =>
    taken(
      `${method} with content that looks like a request`,
      withMethod(method, [`Content-Length: ${HIDDEN.length}`], HIDDEN),
      { line: `${method} /scripted`, content: HIDDEN, connection: 'close' },
    ),
  ),
  taken('GET with content in chunks', get(CHUNKED) + CHUNKS, {
    ...GOT,
    content: 'abc',
    mayBeChunked: true,
    connection: 'close',
  }),
  taken(
    'an HTTP/1.0 client’s own length',
    'POST /scripted HTTP/1.0\r\nHost: edge.test\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc',
    { ...POSTED, version: '1.0' },
  ),
  taken('an empty line before the request line', `\r\n${get()}`, GOT),
  taken('a bare LF before the request line', `\n${get()}`, GOT),
  taken('two spaces before the target', 'GET  /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n', GOT),
  taken('two spaces behind the target', 'GET /scripted  HTTP/1.1\r\nHost: edge.test\r\n\r\n', GOT),
  taken('a tab in a value', get('X-A: 1\t2'), { ...GOT, fields: ['X-A: 1\t2'] }),
  taken('bytes beyond ASCII in a value', get('X-A: \x80\xff'), {
    ...GOT,
    fields: ['X-A: \x80\xff'],
  }),
  taken(
    'encoded line ends in a target and a value',
    get('X-A: %0d%0aX-B: 2').replace('/scripted', '/scripted?%0d%0a%00'),
    {
      line: 'GET /scripted?%0d%0a%00',
      fields: ['X-A: %0d%0aX-B: 2'],
    },
  ),
  ...Array.from('"<>\\^`{|}@!$\'()*,;=').map((octet) =>
    taken(`${octet} in a target`, target(`/scripted?a${octet}b`), {
      line: `GET /scripted?a${octet}b`,
    }),
  ),
  ...['//evil.test/x', '/http://evil.test/x', '/..//../x', '/%2e%2e%2fx', '/@evil.test', '//'].map(
    (path) => taken(`the target ${path}`, target(path), { line: `GET ${path}` }),
  ),
  taken(
    'an absolute target with another Host',
    'GET http://other.test/scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n',
    { ...GOT, host: 'other.test' },
  ),
  taken(
    'an absolute target without a path',
    'GET HTTP://Other.Test:080?q HTTP/1.1\r\nHost: edge.test\r\n\r\n',
    { line: 'GET /?q', host: 'other.test' },
  ),
  taken('a Host with a port', host('edge.test:8080'), { ...GOT, host: 'edge.test:8080' }),
  taken('a Host in upper case with a dot behind', host('EDGE.test.'), {
    ...GOT,
    host: 'edge.test.',
  }),
  taken(
    'fields of the connection, and of proxies',
    get(
      'Connection: keep-alive, X-Hop, "quoted"',
      'X-Hop: 1',
      'Keep-Alive: timeout=9',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic YTpi',
      'TE: trailers, chunked',
      'Upgrade-Insecure-Requests: 1',
    ),
    { ...GOT, fields: ['Upgrade-Insecure-Requests: 1'] },
  ),
  taken('a response in place of content', post(['Content-Length: 15'], 'HTTP/1.1 200 OK'), {
    line: 'POST /scripted',
    content: 'HTTP/1.1 200 OK',
  }),
  ...['100-continue', '100-CONTINUE', '100-continue, 100-continue'].map((value) =>
    taken(`Expect: ${value}`, post([`Expect: ${value}`, 'Content-Length: 3'], 'abc'), POSTED),
  ),
];
