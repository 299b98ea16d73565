// Upstream responses that are no HTTP, or not whole: 502 with what is wrong, or, where the head has
// gone out already, an answer that the client can see is cut off. Nothing of them is stored.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponse, type RawResponse, valuesOf } from '@poplet/conformance/raw-http';
import { expectOneAnswer, expectUnharmed } from './expectations.ts';
import { END, GOOD_BODY, RESET, Scene, type Step } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.close());

/** The head of a response that may be stored, with these lines added. */
function ok(...lines: readonly string[]): string {
  return ['HTTP/1.1 200 OK', 'Cache-Control: max-age=60', ...lines, '', ''].join('\r\n');
}

interface Refused {
  readonly name: string;
  readonly script: readonly Step[];
  /** What the body of the 502 says is wrong. */
  readonly says: RegExp;
}

const NOTHING_USABLE: readonly Refused[] = [
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

const NOT_HTTP: readonly Refused[] = [
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

const FIELDS: readonly Refused[] = [
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

const FRAMING: readonly Refused[] = [
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

describe.each([
  { kind: 'a connection that ends before its time', cases: NOTHING_USABLE },
  { kind: 'what is no HTTP', cases: NOT_HTTP },
  { kind: 'bad fields', cases: FIELDS },
  { kind: 'bad framing', cases: FRAMING },
])('answers 502 to $kind', ({ cases }) => {
  it.for(cases)('$name', async ({ script, says }) => {
    scene.origin.script = script;
    const heard = await scene.get('/scripted');
    const answer = expectOneAnswer({ ...heard, bytes: withoutInterim(heard.bytes) });
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toMatch(says);
    await expectUnharmed(scene);
    // Nothing was kept that could answer a second request.
    const again = await scene.get('/scripted');
    expect(expectOneAnswer({ ...again, bytes: withoutInterim(again.bytes) }).status).toBe(502);
  });
});

function withoutInterim(bytes: Buffer): Buffer {
  const first = parseResponse(bytes);
  return first !== undefined && first.status < 200 ? withoutInterim(first.rest) : bytes;
}

interface CutOff {
  readonly name: string;
  readonly script: readonly Step[];
  /** What may have reached the client of the body: these bytes, or a part of them from the first on. */
  readonly body: string;
}

const CHUNKED = ok('Transfer-Encoding: chunked');
const PAUSE: Step = { pauseMs: 50 };

const CUT_OFF: readonly CutOff[] = [
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

/** Either the fault was seen in time for a 502, or the client can tell that something is missing. */
function honestyOf(answer: RawResponse | undefined, body: string): string {
  if (answer === undefined) return 'no answer';
  const { status, isComplete, framing } = answer;
  if (status === 502 && isComplete) return 'refused';
  if (!body.startsWith(answer.body.toString('latin1'))) return 'other bytes';
  return status === 200 && !isComplete && framing !== 'close' ? 'visibly cut off' : 'passed off';
}

describe('never passes off or stores as whole', () => {
  it.for(CUT_OFF)('$name', async ({ script, body }) => {
    scene.origin.script = script;
    const { bytes, end } = await scene.get('/scripted');
    expect(end).not.toBe('open');
    expect(honestyOf(parseResponse(bytes), body)).toMatch(/^(?:refused|visibly cut off)$/u);
    await expectUnharmed(scene);
    const asked = scene.origin.requests.length;
    await scene.get('/scripted');
    expect(scene.origin.requests.length).toBe(asked + 1);
  });

  it('a body one byte short with a strong validator, which is recorded as incomplete', async () => {
    scene.origin.script = [ok('Content-Length: 6', 'ETag: "v1"'), 'short', END];
    const { bytes } = await scene.get('/scripted');
    expect(honestyOf(parseResponse(bytes), 'short')).toBe('visibly cut off');
    await scene.settled();
    const stored = scene.edge.store.entries({ limit: 10 });
    expect(stored.map(({ response }) => response.part)).toEqual([
      { completeBytes: 6, spans: [{ startByte: 0, endByte: 5 }] },
    ]);
    await scene.get('/scripted');
    expect(scene.origin.requests[1]?.head).toMatch(/^range: bytes=5-5\r$/imu);
    expect(scene.origin.requests[1]?.head).toMatch(/^if-range: "v1"\r$/imu);
  });

  it('what every waiting client gets of a head that is malformed', async () => {
    scene.origin.script = [{ pauseMs: 150 }, 'HTTP/1.1 2000 OK\r\n\r\n'];
    const all = await Promise.all(Array.from({ length: 20 }, () => scene.get('/scripted')));
    for (const heard of all) expect(expectOneAnswer(heard).status).toBe(502);
    // The first, and three more before it is sure that none of them is to blame alone.
    expect(scene.origin.requests.length).toBe(4);
    await expectUnharmed(scene);
  });

  it('what every waiting client gets of a body that breaks off', async () => {
    scene.origin.script = [{ pauseMs: 150 }, ok('Content-Length: 10'), 'short', PAUSE, END];
    const all = await Promise.all(Array.from({ length: 20 }, () => scene.get('/scripted')));
    for (const { bytes } of all) {
      const answer = parseResponse(bytes);
      expect(answer?.status).toBe(200);
      expect(answer?.isComplete).toBe(false);
    }
    expect(scene.origin.requests.length).toBe(1);
    await expectUnharmed(scene);
  });

  it('a stale response stays what it was when its replacement breaks off', async () => {
    scene.origin.script = [ok('Content-Length: 5', 'ETag: "v1"'), 'whole'];
    expect(expectOneAnswer(await scene.get('/scripted')).body.toString()).toBe('whole');
    scene.edge.clock.advance(120_000);
    scene.origin.script = [ok('Content-Length: 10', 'ETag: "v2"'), 'short', END];
    await scene.get('/scripted');
    await scene.settled();
    const stored = scene.edge.store.entries({ limit: 10 });
    expect(stored.map(({ response }) => response.bodyBytes)).toEqual([5]);
  });
});

describe('gives no client what belongs to another', () => {
  const NEXT = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\npoison';

  it.for([
    { name: 'after a body', script: [ok('Content-Length: 4'), `fine${NEXT}`] },
    { name: 'some time after a body', script: [ok('Content-Length: 4'), 'fine', PAUSE, NEXT] },
    { name: 'after the last chunk', script: [CHUNKED, `4\r\nfine\r\n0\r\n\r\n${NEXT}`] },
    {
      name: 'after a 204',
      script: [`HTTP/1.1 204 No Content\r\nCache-Control: max-age=60\r\n\r\n${NEXT}`],
    },
  ])('a response that comes unasked $name', async ({ script }) => {
    scene.origin.script = script;
    await scene.get('/scripted');
    await scene.settled();
    // The edge lets go of a connection on which it was told what it had not asked.
    await expect.poll(() => scene.origin.openConnections, { timeout: 5000 }).toBe(0);
    for (const target of ['/good?1', '/good?2', '/good?3']) {
      const answer = expectOneAnswer(await scene.get(target));
      expect({ target, status: answer.status, body: answer.body.toString() }).toEqual({
        target,
        status: 200,
        body: GOOD_BODY,
      });
    }
    for (const { response } of scene.edge.store.entries({ limit: 10 })) {
      expect(response.primaryKey).toContain('/scripted');
    }
  });

  it('a response that is there before its request', async () => {
    scene.origin.greeting = [NEXT];
    const answer = parseResponse((await scene.get('/good')).bytes);
    expect(answer?.body.toString()).not.toBe('poison');
    await scene.settled();
    expect(scene.edge.store.entries({ limit: 10 })).toEqual([]);
  });

  it('fields that hide behind a bare LF in a value', async () => {
    scene.origin.script = [ok('X-A: 1\nSet-Cookie: session=stolen', 'Content-Length: 2'), 'hi'];
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect(answer.status).toBe(502);
    expect(valuesOf(answer, 'set-cookie')).toEqual([]);
    await expectUnharmed(scene);
  });

  it('a folded value, which becomes no line of its own', async () => {
    scene.origin.script = [ok('X-A: 1\r\n Set-Cookie: session=stolen', 'Content-Length: 2'), 'hi'];
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect(answer.status).toBe(502);
    expect(valuesOf(answer, 'set-cookie')).toEqual([]);
    await expectUnharmed(scene);
  });

  it('a reason phrase does not become a field', async () => {
    scene.origin.script = ['HTTP/1.1 200 O\x01K\x7f\xff\r\nContent-Length: 2\r\n\r\nhi'];
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect([200, 502]).toContain(answer.status);
  });

  it('a body where none can be', async () => {
    scene.origin.script = ['HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\npoison'];
    const answer = parseResponse((await scene.get('/scripted')).bytes);
    expect(answer?.status === 204 || answer?.status === 502).toBe(true);
    expect((await scene.get('/good')).bytes.toString('latin1')).toContain(GOOD_BODY);
  });
});

it('ends a head that never comes', async () => {
  const slow = await Scene.open({ timeouts: { headMs: 1000 } });
  try {
    slow.origin.script = ['HTTP/1.1 200 OK\r\nX-A: 1\r\n'];
    const answer = expectOneAnswer(await slow.get('/scripted'));
    expect(answer.status).toBe(504);
    expect(answer.body.toString()).toMatch(/no response within 1000 ms/);
    await expectUnharmed(slow);
  } finally {
    await slow.close();
  }
});

it('ends a body that never goes on', async () => {
  const slow = await Scene.open({ timeouts: { bodyIdleMs: 1000 } });
  try {
    slow.origin.script = [ok('Content-Length: 10'), 'short'];
    const { bytes, end } = await slow.get('/scripted');
    expect(end).not.toBe('open');
    expect(parseResponse(bytes)?.isComplete).toBe(false);
    await expectUnharmed(slow);
  } finally {
    await slow.close();
  }
});

it('reads many interim responses before the final one', async () => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
  scene.origin.script = [hint.repeat(200), ok('Content-Length: 2'), 'hi'];
  const { bytes } = await scene.get('/scripted');
  const answer = parseResponse(withoutInterim(bytes));
  expect({ status: answer?.status, body: answer?.body.toString() }).toEqual({
    status: 200,
    body: 'hi',
  });
});

it.each([
  ['one after another', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1001), /over 1000 or 65536 bytes/],
  [
    'with much in them',
    `HTTP/1.1 103 Hints\r\nLink: ${'a'.repeat(9000)}\r\n\r\n`.repeat(8),
    /65536/,
  ],
])('gives up on interim responses without end: %s', async (_, interim, says) => {
  scene.origin.script = [interim];
  const { bytes } = await scene.get('/scripted');
  const answer = parseResponse(withoutInterim(bytes));
  expect(answer?.status).toBe(502);
  expect(answer?.body.toString()).toMatch(says);
  await expectUnharmed(scene);
});
