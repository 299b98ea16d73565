// Request smuggling and splitting: over raw sockets, whatever looks like two things is refused, and
// what goes on is one message, of which every byte is known.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponses, valuesOf, type RawResponse } from '@poplet/conformance/raw-http';
import { expectUnharmed } from '../bad-input/expectations.ts';
import { END, GOOD_BODY, Scene } from '../bad-input/scene.ts';
import { EDGE_ID, expectReceived } from './forwarded-bytes.ts';
import {
  HIDDEN,
  NEXT,
  REFUSED_CHUNKS,
  REFUSED_CODINGS,
  REFUSED_EXPECTATIONS,
  REFUSED_FIELDS,
  REFUSED_LENGTHS,
  REFUSED_LINES,
  REFUSED_TARGETS,
  REFUSED_TRAILERS,
  TAKEN,
} from './request-bytes.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 2\r\n\r\nhi';

let scene: Scene;
beforeEach(async () => {
  scene = await Scene.open({ edgeId: EDGE_ID });
  scene.origin.script = [ANSWER];
});
afterEach(() => scene.close());

describe.each([
  { what: 'a Transfer-Encoding that is not chunked and nothing else', requests: REFUSED_CODINGS },
  { what: 'a Content-Length that is not one number', requests: REFUSED_LENGTHS },
  { what: 'what is no field', requests: REFUSED_FIELDS },
  { what: 'what is no request line', requests: REFUSED_LINES },
  { what: 'a target or a host that is none', requests: REFUSED_TARGETS },
  { what: 'expectations that cannot be met', requests: REFUSED_EXPECTATIONS },
])('refuses $what, and all behind it', ({ requests }) => {
  it.for(requests)('$name', async ({ bytes, status = 400 }) => {
    const heard = await scene.say([bytes + HIDDEN]);
    const { responses, rest } = parseResponses(heard.bytes, ['GET', 'GET']);
    expect(responses.map((response) => response.status)).toEqual([status]);
    expect([rest.toString('latin1'), heard.end]).toEqual(['', 'FIN']);
    expect(scene.origin.received.join('')).toBe('');
    await expectUnharmed(scene);
  });
});

// Their head was good, and may have been passed on before the fault showed: then the origin never sees
// an end, and nothing of what is behind it.
describe.each([
  { what: 'chunks that could be read in two ways', requests: REFUSED_CHUNKS },
  { what: 'trailers that change what a message is', requests: REFUSED_TRAILERS },
])('cuts off $what, and refuses all behind it', ({ requests }) => {
  it.for(requests)('$name', async ({ bytes }) => {
    const heard = await scene.say([bytes + HIDDEN]);
    const { responses, rest } = parseResponses(heard.bytes, ['POST', 'GET']);
    expect(responses.map((response) => response.status)).toEqual([400]);
    expect([rest.toString('latin1'), heard.end]).toEqual(['', 'FIN']);
    await scene.settled();
    await expect.poll(() => scene.origin.openConnections).toBe(0);
    const received = scene.origin.received.join('');
    expect(received).toMatch(
      /^(?:|POST \/scripted HTTP\/1\.1\r\n[^]*?transfer-encoding: chunked\r\n(?:|\r\n3\r\nabc))$/u,
    );
    expect(scene.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
    await expectUnharmed(scene);
  });
});

describe('sends on in one form only, and takes what is behind it for the next request', () => {
  it.for(TAKEN)('$name', async ({ bytes, message }) => {
    const heard = await scene.say([bytes + NEXT]);
    const [method = 'GET'] = message.line.split(' ');
    const { responses, rest } = parseResponses(heard.bytes, [method, 'GET']);
    const finals = responses.filter(({ status }) => status >= 200);
    expect(finals.map(({ status }) => status)).toEqual([200, 200]);
    expect(finals[1]?.body.toString()).toBe(GOOD_BODY);
    expect([rest.toString('latin1'), heard.end]).toEqual(['', 'FIN']);
    await scene.settled();
    expectReceived(scene, [message, { line: 'GET /next' }]);
  });

  it('HEAD with content that looks like a request', async () => {
    const head = `HEAD /scripted HTTP/1.1\r\nHost: edge.test\r\nContent-Length: ${HIDDEN.length}\r\n\r\n`;
    scene.origin.script = ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'];
    const heard = await scene.say([head + HIDDEN + NEXT]);
    const { responses } = parseResponses(heard.bytes, ['HEAD', 'GET']);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expectReceived(scene, [
      { line: 'HEAD /scripted', content: HIDDEN, connection: 'close' },
      { line: 'GET /next' },
    ]);
  });
});

describe('what stands behind a request', () => {
  it('is neither answered nor sent on where the request says close', async () => {
    const heard = await scene.say([
      'GET /scripted HTTP/1.1\r\nHost: edge.test\r\nConnection: close\r\n\r\n',
      HIDDEN,
    ]);
    expect(parseResponses(heard.bytes).responses.map(({ status }) => status)).toEqual([200]);
    expect(heard.end).not.toBe('open');
    expectReceived(scene, [{ line: 'GET /scripted' }]);
  });

  it('is neither answered nor sent on where it comes while the refusal is on its way', async () => {
    const heard = await scene.say([
      'GET /a#b HTTP/1.1\r\nHost: edge.test\r\n\r\n',
      HIDDEN,
      { pauseMs: 5 },
      HIDDEN,
      { pauseMs: 50 },
      HIDDEN,
    ]);
    expect(parseResponses(heard.bytes).responses.map(({ status }) => status)).toEqual([400]);
    expect(scene.origin.received.join('')).toBe('');
    await expectUnharmed(scene);
  });

  it('waits for its turn where not all of them are safe', async () => {
    scene.origin.script = [{ pauseMs: 60 }, ANSWER];
    const heard = await scene.say([
      `POST /scripted HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 3\r\n\r\nabc${NEXT}`,
    ]);
    const { responses } = parseResponses(heard.bytes, ['POST', 'GET']);
    expect(responses.map(({ body }) => body.toString())).toEqual(['hi', GOOD_BODY]);
    // In the order in which they were sent, the second not before the first was answered.
    expect(scene.origin.requests.map(({ requestLine }) => requestLine)).toEqual([
      'POST /scripted HTTP/1.1',
      'GET /next HTTP/1.1',
    ]);
  });

  it('is dropped where it waits for a request that ends the connection', async () => {
    scene.origin.script = [{ pauseMs: 60 }, ANSWER];
    const heard = await scene.say([
      `GET /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n`,
      'GET /a#b HTTP/1.1\r\nHost: edge.test\r\n\r\n',
      HIDDEN.replace('GET', 'DELETE'),
    ]);
    const { responses } = parseResponses(heard.bytes);
    expect(responses.map(({ status }) => status)).toEqual([200, 400]);
    expectReceived(scene, [{ line: 'GET /scripted' }]);
  });

  it('is an ordinary request where it asks to switch protocols before the answer is out', async () => {
    scene.origin.script = [{ pauseMs: 60 }, ANSWER];
    const upgrade =
      'GET /next HTTP/1.1\r\nHost: edge.test\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n';
    const heard = await scene.say([`GET /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n${upgrade}`]);
    const { responses } = parseResponses(heard.bytes);
    expect(responses.map(({ body }) => body.toString())).toEqual(['hi', GOOD_BODY]);
    expectReceived(scene, [{ line: 'GET /scripted' }, { line: 'GET /next' }]);
    await expectUnharmed(scene);
  });

  it('stays behind an upgrade that was refused', async () => {
    scene.origin.script = ['HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'];
    const upgrade =
      'GET /scripted HTTP/1.1\r\nHost: edge.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\n\r\n';
    const heard = await scene.say([upgrade + HIDDEN, { pauseMs: 50 }, HIDDEN]);
    const { responses } = parseResponses(heard.bytes);
    expect(responses.map(({ status }) => status)).toEqual([426]);
    expect(heard.end).not.toBe('open');
    expect(scene.origin.received.join('')).not.toContain('hidden');
    await expectUnharmed(scene);
  });

  it.for([
    {
      name: 'HTTP/2 in the clear',
      lines: ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
    },
    { name: 'TLS', lines: ['Connection: Upgrade', 'Upgrade: TLS/1.0'] },
    {
      name: 'another protocol, with content',
      lines: ['Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 3'],
      content: 'abc',
    },
  ])('is not read where it was asked for $name', async ({ lines, content }) => {
    const method = content === undefined ? 'GET' : 'POST';
    const head = [`${method} /scripted HTTP/1.1`, 'Host: edge.test', ...lines, '', ''];
    const heard = await scene.say([
      head.join('\r\n') + (content ?? '') + HIDDEN.slice(0, 10),
      { pauseMs: 20 },
      HIDDEN.slice(10),
      HIDDEN,
    ]);
    const { responses } = parseResponses(heard.bytes, [method]);
    expect(responses.map(({ status }) => status)).toEqual([200]);
    expect(valuesOf(responses[0] as RawResponse, 'connection')).toEqual(['close']);
    expect(heard.end).not.toBe('open');
    expectReceived(scene, [{ line: `${method} /scripted`, content: content ?? null }]);
  });

  it('is not read where a trailer says close', async () => {
    const content = '3\r\nabc\r\n0\r\nConnection: close\r\n\r\n';
    const heard = await scene.say([
      `POST /scripted HTTP/1.1\r\nHost: edge.test\r\nTransfer-Encoding: chunked\r\n\r\n${content}${HIDDEN}`,
    ]);
    const { responses } = parseResponses(heard.bytes, ['POST']);
    expect(responses.map(({ status }) => status)).toEqual([200, 400]);
    expectReceived(scene, [{ line: 'POST /scripted', content: 'abc', mayBeChunked: true }]);
  });

  it('does not take the place of an answer that is due, where its content is malformed', async () => {
    scene.origin.script = [{ pauseMs: 60 }, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'];
    const heard = await scene.say([
      'HEAD /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n',
      `POST /hidden HTTP/1.1\r\nHost: edge.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX${HIDDEN}`,
    ]);
    const { responses, rest } = parseResponses(heard.bytes, ['HEAD', 'POST']);
    expect(responses.map(({ status }) => status)).toEqual([200, 400]);
    expect([rest.toString('latin1'), heard.end]).toEqual(['', 'FIN']);
    expect(scene.origin.received.join('')).not.toContain('hidden');
  });

  it('is told to go on behind the answer that is due, not within it', async () => {
    scene.origin.script = [{ pauseMs: 60 }, ANSWER];
    const second =
      'GET /next HTTP/1.1\r\nHost: edge.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n';
    const heard = await scene.say([
      'GET /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n',
      second,
      { pauseMs: 200 },
      'abc',
      { pauseMs: 50 },
      END,
    ]);
    const { responses, rest } = parseResponses(heard.bytes);
    expect(responses.map(({ status }) => status)).toEqual([200, 100, 200]);
    expect(responses.map(({ body }) => body.toString())).toEqual(['hi', '', GOOD_BODY]);
    expect(rest.toString('latin1')).toBe('');
  });

  it('is told to go on only where the answer is not ready by then', async () => {
    scene.origin.script = [{ pauseMs: 100 }, ANSWER];
    const second =
      'GET /next HTTP/1.1\r\nHost: edge.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc';
    const heard = await scene.say([`GET /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n${second}`]);
    const { responses, rest } = parseResponses(heard.bytes);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(responses.map(({ body }) => body.toString())).toEqual(['hi', GOOD_BODY]);
    expect([rest.toString('latin1'), heard.end]).toEqual(['', 'FIN']);
  });

  it.for([
    { name: 'a length', content: 'Content-Length: 30\r\n\r\nabc' },
    { name: 'chunks', content: 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n' },
    { name: 'chunks that are none', content: 'Transfer-Encoding: chunked\r\n\r\n3\r\nabcX' },
  ])(
    'of a request that asks to switch protocols is refused where $name ends early',
    async ({ content }) => {
      const head =
        'POST /scripted HTTP/1.1\r\nHost: edge.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
      const heard = await scene.say([head + content, END]);
      const { responses } = parseResponses(heard.bytes, ['POST']);
      expect(responses.map(({ status }) => status)).toEqual([400]);
      await scene.settled();
      expect(scene.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
    },
  );

  it.for([
    { name: 'its target', bytes: 'HEAD scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n' },
    { name: 'a field', bytes: 'HEAD /scripted HTTP/1.1\r\nHost : edge.test\r\n\r\n' },
    {
      name: 'its content',
      bytes:
        'HEAD /scripted HTTP/1.1\r\nHost: edge.test\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n',
    },
  ])('is a head alone where a HEAD is refused for $name', async ({ bytes }) => {
    const heard = await scene.say([bytes + HIDDEN]);
    const text = heard.bytes.toString('latin1');
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
    expect(text.slice(text.indexOf('\r\n\r\n'))).toBe('\r\n\r\n');
    await expectUnharmed(scene);
  });

  it('stays behind content that never became whole', async () => {
    const heard = await scene.say([
      `POST /scripted HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 4294967301\r\n\r\n${HIDDEN}`,
      END,
    ]);
    const { responses } = parseResponses(heard.bytes, ['POST']);
    expect(responses.map(({ status }) => status)).toEqual([400]);
    await scene.settled();
    expect(scene.origin.requests.filter(({ isComplete }) => isComplete)).toEqual([]);
    await expectUnharmed(scene);
  });
});
