import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, test } from 'vitest';

import { bodyOf, etagOf, kindOf, labelText, parseLabel, PATHS, type Label } from './resources.ts';
import { soak } from './soak.ts';
import { Versions } from './versions.ts';
import { Visitor, type Verdict } from './visitor.ts';

/** What a visitor says of a server that answers every request so. */
async function verdictsOn(
  answer: (response: ServerResponse, label: Label) => void,
): Promise<readonly Verdict[]> {
  const server = createServer(({ url: path = '', headers }, response) => {
    const whose = path.startsWith('/personal/')
      ? headers.cookie
      : path.startsWith('/varied/')
        ? headers['x-variant']
        : '';
    answer(response, { path, version: 1, whose: String(whose) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const edge = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const visitor = new Visitor({ edge, versions: new Versions(), purges: new Map(), name: 'ann' });
  const verdicts: Verdict[] = [];
  for (let visits = 0; visits < 60; visits++) verdicts.push(await visitor.visit());
  visitor.close();
  server.closeAllConnections();
  server.close();
  return verdicts;
}

function kindsOf(verdicts: readonly Verdict[]): ReadonlySet<string> {
  return new Set(verdicts.map(({ kind }) => kind));
}

function sendWhole(response: ServerResponse, label: Label, body = bodyOf(label)): void {
  // What the origin sends in gzip is decoded: not everybody accepts that.
  const weak = kindOf(label.path).coding === 'gzip' ? 'W/' : '';
  response.writeHead(200, {
    'X-Label': labelText(label),
    'Content-Length': body.length,
    ETag: weak + etagOf(label),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

describe('whoever judges a soak', () => {
  test('finds nothing wrong with what the origin would have sent', async () => {
    const verdicts = await verdictsOn((response, label) => sendWhole(response, label));
    expect(kindsOf(verdicts)).not.toContain('wrong');
    expect(kindsOf(verdicts)).toContain('right');
  });

  test.each<[string, (response: ServerResponse, label: Label) => void]>([
    [
      'a changed byte',
      (response, label) => {
        const body = bodyOf(label);
        body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
        sendWhole(response, label, body);
      },
    ],
    [
      'a body that is shorter, and says so',
      (response, label) => sendWhole(response, label, bodyOf(label).subarray(1)),
    ],
    [
      'the answer to another path',
      (response, label) => {
        const path = PATHS.find((one) => one !== label.path) ?? '';
        sendWhole(response, { ...label, path });
      },
    ],
    [
      "another visitor's page",
      (response, label) => sendWhole(response, { ...label, whose: 'name=bob' }),
    ],
    [
      'a version that never was',
      (response, label) => sendWhole(response, { ...label, version: 2 }),
    ],
    [
      'a body that is not in the coding that it names',
      (response, label) => {
        response.setHeader('Content-Encoding', 'br');
        sendWhole(response, label);
      },
    ],
    ['an answer that says nothing of itself', (response) => void response.end('hello')],
  ])('finds %s', async (_, answer) => {
    expect(kindsOf(await verdictsOn(answer))).toContain('wrong');
  });

  test('reads the labels that it writes', () => {
    const label: Label = { path: '/plain/1', version: 12, whose: 'name=a' };
    expect(parseLabel(labelText(label))).toEqual(label);
  });
});

describe.runIf(process.platform === 'linux')('fifteen seconds of everything going wrong', () => {
  test.each(['memory', 'disk'])(
    'with the store in %s: no wrong byte, no descriptor left behind',
    { timeout: 180_000 },
    async (store) => {
      const { measured, wrong } = await soak({ seconds: 15, store });
      expect(wrong).toEqual([]);
      expect(measured['right']).toBeGreaterThan(100);
      expect(measured['faults']).toBeGreaterThan(10);
      expect(measured['descriptorsAfter']).toBeLessThanOrEqual(
        Number(measured['descriptorsBefore']),
      );
    },
  );
});
