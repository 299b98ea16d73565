// Connections that end on one side, at each stage of an exchange.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponse, parseResponses } from '@poplet/conformance/raw-http';
import { expectOneAnswer, expectUnharmed } from './expectations.ts';
import { END, GOOD_BODY, RESET, Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.close());

const HOST = 'Host: edge.test\r\n';
const STORABLE = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\nstored';

describe('a client that stops sending', () => {
  it('before its first byte: is let go', async () => {
    const { bytes, end } = await scene.say([END]);
    expect(bytes.toString('latin1')).toBe('');
    expect(end).not.toBe('open');
    await expectUnharmed(scene);
  });

  it.for([
    { stage: 'within the request line', send: 'GET /scrip' },
    { stage: 'within a field', send: `GET /scripted HTTP/1.1\r\n${HOST}X-A: 1` },
    { stage: 'before the empty line', send: `GET /scripted HTTP/1.1\r\n${HOST}` },
  ])('$stage: 400, and the origin hears nothing', async ({ send }) => {
    const answer = expectOneAnswer(await scene.say([send, END]));
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toMatch(/incomplete|ended|closed|end of|EOF/i);
    expect(scene.origin.requests).toEqual([]);
    await expectUnharmed(scene);
  });

  it.for([
    { framing: 'Content-Length', lines: 'Content-Length: 10\r\n', content: 'short' },
    { framing: 'chunks', lines: 'Transfer-Encoding: chunked\r\n', content: 'a\r\nshort' },
    {
      framing: 'a last chunk',
      lines: 'Transfer-Encoding: chunked\r\n',
      content: '5\r\nshort\r\n0\r\n',
    },
  ])(
    'within a body framed by $framing: 400, never a whole request for the origin',
    async ({ lines, content }) => {
      scene.origin.script = [STORABLE];
      const answer = expectOneAnswer(
        await scene.say([
          `POST /scripted HTTP/1.1\r\n${HOST}${lines}\r\n${content}`,
          { pauseMs: 50 },
          END,
        ]),
      );
      expect(answer.status).toBe(400);
      expect(answer.body.toString()).toMatch(/incomplete|ended|closed|end of|EOF/i);
      await scene.settled();
      expect(scene.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
      await expectUnharmed(scene);
    },
  );

  it('within a body, by RST: never a whole request for the origin', async () => {
    scene.origin.script = [STORABLE];
    await scene.say([
      `POST /scripted HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nshort`,
      { pauseMs: 100 },
      RESET,
    ]);
    await sleep(100);
    await scene.settled();
    expect(scene.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
    await expectUnharmed(scene);
  });

  it('after a whole request: is answered (RFC 9112 §9.6)', async () => {
    scene.origin.script = [{ pauseMs: 100 }, STORABLE];
    const { bytes, end } = await scene.say([`GET /scripted HTTP/1.1\r\n${HOST}\r\n`, END]);
    const answer = parseResponse(bytes);
    expect({ status: answer?.status, body: answer?.body.toString(), end }).toEqual({
      status: 200,
      body: 'stored',
      end: 'FIN',
    });
  });

  it('after a whole POST: is answered', async () => {
    scene.origin.script = [
      { pauseMs: 100 },
      'HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\nmade',
    ];
    const { bytes } = await scene.say([
      `POST /scripted HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`,
      END,
    ]);
    const answer = parseResponse(bytes);
    expect({ status: answer?.status, body: answer?.body.toString() }).toEqual({
      status: 201,
      body: 'made',
    });
  });

  it('after two requests in one go: both are answered, in order', async () => {
    const { bytes } = await scene.say([
      `GET /good?1 HTTP/1.1\r\n${HOST}\r\nGET /good?2 HTTP/1.1\r\n${HOST}\r\n`,
      END,
    ]);
    const { responses } = parseResponses(bytes);
    expect(responses.map(({ status, body }) => `${status} ${body.toString()}`)).toEqual([
      `200 ${GOOD_BODY}`,
      `200 ${GOOD_BODY}`,
    ]);
  });
});

describe('a client that goes away', () => {
  it('before the head of the answer: the next client gets the whole answer from one fetch', async () => {
    scene.origin.script = [{ pauseMs: 300 }, STORABLE];
    await scene.say([`GET /scripted HTTP/1.1\r\n${HOST}\r\n`, { pauseMs: 50 }, RESET]);
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect(answer.body.toString()).toBe('stored');
    expect(scene.origin.requests.length).toBe(1);
  });

  it('within the body of the answer: what is stored is whole', async () => {
    const half = 'x'.repeat(500_000);
    scene.origin.script = [
      'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 1000000\r\n\r\n',
      half,
      { pauseMs: 300 },
      half,
    ];
    await scene.say([`GET /scripted HTTP/1.1\r\n${HOST}\r\n`, { pauseMs: 100 }, RESET]);
    await sleep(400);
    await scene.settled();
    expect(
      scene.edge.store.entries({ limit: 10 }).map(({ response }) => response.bodyBytes),
    ).toEqual([1_000_000]);
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect(answer.body.length).toBe(1_000_000);
    expect(scene.origin.requests.length).toBe(1);
  });

  it('in the middle of a body that cannot be stored: the origin is let go too', async () => {
    scene.origin.script = [
      'HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n',
    ];
    await scene.say([`GET /scripted HTTP/1.1\r\n${HOST}\r\n`, { pauseMs: 100 }, RESET]);
    await sleep(100);
    await expectUnharmed(scene);
    expect(scene.edge.journal.latest(10).map(({ complete }) => complete)).toContain(false);
  });
});

describe('a client of an event stream that has nothing to say', () => {
  it('closes its side: the origin is let go', async () => {
    scene.origin.script = [
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\ndata: 1\n\n',
    ];
    const request = `GET /scripted HTTP/1.1\r\n${HOST}Accept: text/event-stream\r\n\r\n`;
    const { bytes, end } = await scene.say([request, { pauseMs: 100 }, END]);
    expect(bytes.toString('latin1')).toContain('data: 1');
    expect(end).not.toBe('open');
    await sleep(100);
    expect(scene.origin.openConnections).toBe(0);
    await expectUnharmed(scene);
  });
});

describe('an origin that half-closes', () => {
  it('after a whole answer: it counts', async () => {
    scene.origin.script = [STORABLE, END];
    expect(expectOneAnswer(await scene.get('/scripted')).body.toString()).toBe('stored');
    expect(expectOneAnswer(await scene.get('/good')).body.toString()).toBe(GOOD_BODY);
  });

  it('after a body that only its end frames: it counts as whole', async () => {
    scene.origin.script = ['HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\nto the end', END];
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect({ body: answer.body.toString(), isComplete: answer.isComplete }).toEqual({
      body: 'to the end',
      isComplete: true,
    });
  });

  it('on accepting: 502', async () => {
    scene.origin.greeting = [END];
    const answer = expectOneAnswer(await scene.get('/scripted'));
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toMatch(/closed/);
    expect(scene.edge.store.entries({ limit: 10 })).toEqual([]);
  });

  it('while a request body is under way: the client is told', async () => {
    scene.origin.greeting = [{ pauseMs: 100 }, END];
    const { bytes } = await scene.say([
      `POST /scripted HTTP/1.1\r\n${HOST}Content-Length: 10\r\nConnection: close\r\n\r\nshort`,
      { pauseMs: 400 },
      'later',
    ]);
    expect(parseResponse(bytes)?.status).toBe(502);
  });
});

describe('a client that takes too long', () => {
  it('over its head: 408', async () => {
    const strict = await Scene.open({ limits: { headersTimeoutMs: 500 } });
    try {
      const answer = expectOneAnswer(await strict.say([`GET /scripted HTTP/1.1\r\n${HOST}X-A:`]));
      expect(answer.status).toBe(408);
      expect(answer.body.toString()).toMatch(/within|time|long/i);
      expect(strict.origin.requests).toEqual([]);
      await expectUnharmed(strict);
    } finally {
      await strict.close();
    }
  });

  it('over its body: 408, never a whole request for the origin', async () => {
    const strict = await Scene.open({ limits: { headersTimeoutMs: 500, requestTimeoutMs: 1000 } });
    try {
      const answer = expectOneAnswer(
        await strict.say([`POST /scripted HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\nshort`]),
      );
      expect(answer.status).toBe(408);
      await strict.settled();
      expect(strict.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
      await expectUnharmed(strict);
    } finally {
      await strict.close();
    }
  });
});
