// Upstream responses that are no HTTP, or not whole: 502 with what is wrong, or, where the head has
// gone out already, an answer that the client can see is cut off. Nothing of them is stored.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponse, type RawResponse, valuesOf } from '@poplet/conformance/raw-http';
import { expectOneAnswer, expectUnharmed } from './expectations.ts';
import {
  CHUNKED,
  CUT_OFF,
  FIELDS,
  FRAMING,
  NOT_HTTP,
  NOTHING_USABLE,
  ok,
  PAUSE,
} from './response-faults.ts';
import { END, GOOD_BODY, Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.close());

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
    await expect.poll(() => scene.origin.openConnections).toBe(0);
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
