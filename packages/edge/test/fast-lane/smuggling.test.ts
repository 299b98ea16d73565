// What an attacker sends, where all of it could be answered from the store: between two hits of the fast lane,
// and in place of them.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseResponses } from '@poplet/conformance/raw-http';
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
} from '../hostile/request-bytes.ts';
import { Rig } from '../rig.ts';
import { text } from '../test-origin.ts';
import { Wire } from './wire.ts';

const HIT = 'GET /scripted HTTP/1.1\r\nHost: edge.test\r\n\r\n';
const PATHS = ['/scripted', '/next', '/hidden', '/'];

/** How long a connection is listened to that nobody ends. */
const LISTEN_MS = 10_000;

let fast: Rig;
let slow: Rig;
beforeAll(async () => {
  [fast, slow] = await Promise.all([prepared(true), prepared(false)]);
});
afterAll(async () => {
  await fast.close();
  await slow.close();
});

/** An edge whose clock stands. */
async function prepared(fastLane: boolean): Promise<Rig> {
  const rig = await Rig.open(
    (asked, response) => {
      // What is dated where it is received has no age.
      response.sendDate = false;
      text(`of ${asked.url}`, 'Cache-Control', 'max-age=9999')(asked, response);
    },
    { fastLane, id: 'twin' },
  );
  rig.edge.clock.freeze();
  return rig;
}

/** What was sent before may have made invalid what was stored. */
async function fill(rig: Rig): Promise<void> {
  const wire = await Wire.open(rig.url);
  for (const path of PATHS)
    await wire.say(`GET ${path} HTTP/1.1\r\nHost: edge.test\r\n\r\n`, ['GET']);
  wire.socket.destroy();
}

/**
 * All that comes back; of a refusal that it is one. Behind others node:http does not always know any more what
 * it is that it refuses, nor the method, and so neither do the words.
 */
async function heard(rig: Rig, requests: readonly string[]): Promise<unknown> {
  const wire = await Wire.open(rig.url);
  wire.socket.write(requests.join(''), 'latin1');
  await Promise.race([wire.closed(), sleep(LISTEN_MS)]);
  const { received, isClosed } = wire;
  wire.socket.destroy();
  const methods = requests.map((request) => /^\w*/.exec(request)?.[0] ?? '');
  const { responses, rest } = parseResponses(Buffer.from(received, 'latin1'), methods);
  const answers = responses.map(({ status, fields, body }) =>
    status >= 400 ? 'refused' : { status, fields: fields.map(dateless), body: body.toString() },
  );
  // Nobody reads what is behind a refusal, and it may have no body where it was asked by HEAD.
  return { answers, rest: answers.at(-1) === 'refused' ? '' : rest.toString('latin1'), isClosed };
}

/** Some answers are the edge's own, and of this moment. */
function dateless([name, value]: readonly [string, string]): string {
  return name === 'Date' ? name : `${name}: ${value}`;
}

describe.each([
  { what: 'codings', requests: REFUSED_CODINGS },
  { what: 'lengths', requests: REFUSED_LENGTHS },
  { what: 'chunks', requests: REFUSED_CHUNKS },
  { what: 'trailers', requests: REFUSED_TRAILERS },
  { what: 'fields', requests: REFUSED_FIELDS },
  // The listener refuses a CONNECT before it answers what came ahead of it; the lane has answered by then.
  {
    what: 'request lines',
    requests: REFUSED_LINES.filter(({ name }) => !name.startsWith('CONNECT')),
  },
  { what: 'targets', requests: REFUSED_TARGETS },
  { what: 'expectations', requests: REFUSED_EXPECTATIONS },
  { what: 'requests that are taken', requests: TAKEN },
])('$what', ({ requests }) => {
  it.for(requests)('$name: the same is heard with the lane and without', async ({ bytes }) => {
    const behind = requests === TAKEN ? [NEXT] : [HIDDEN, NEXT];
    await Promise.all([fill(fast), fill(slow)]);
    const before = fast.edge.fastLaneAnswers;
    const whole = [HIT, bytes, ...behind];
    const [one, other] = await Promise.all([heard(fast, whole), heard(slow, whole)]);
    expect(one).toEqual(other);
    expect(fast.edge.fastLaneAnswers).toBeGreaterThan(before);
  });
});
