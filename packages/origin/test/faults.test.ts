import { describe, expect, test } from 'vitest';
import { faultRuleJsonSchema, faultRuleSchema } from '@poplet/origin';
import { ask } from './ask.ts';
import { serveSite } from './site.ts';

const FILES = { 'index.html': 'home', 'a.txt': '0123456789', 'api/x.json': '{}' };

describe('kinds', () => {
  test('delay: real time before the head', async () => {
    const { url, origin } = await serveSite(FILES, {
      faults: [{ pattern: '/a.txt', fault: { kind: 'delay', ms: 120 } }],
    });
    const startMs = performance.now();
    const { status, text } = await ask(url, '/a.txt');
    expect(performance.now() - startMs).toBeGreaterThan(115);
    expect([status, text]).toEqual([200, '0123456789']);
    await ask(url, '/');
    expect(origin.journal.list().map(({ fault }) => fault?.kind)).toEqual(['delay', undefined]);
  });

  test('status: with a body and fields, or bare', async () => {
    const { url, origin } = await serveSite(FILES, {
      faults: [
        {
          pattern: '/api/*',
          fault: {
            kind: 'status',
            status: 503,
            body: '{"error":true}',
            headers: { 'Content-Type': 'application/json', 'Retry-After': '5' },
          },
        },
        { pattern: '/a.txt', fault: { kind: 'status', status: 500 } },
      ],
    });
    const api = await ask(url, '/api/x.json');
    expect([api.status, api.text]).toEqual([503, '{"error":true}']);
    expect(api.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'retry-after': '5',
    });
    const bare = await ask(url, '/a.txt');
    expect([bare.status, bare.text, bare.headers['cache-control'], bare.headers['etag']]).toEqual([
      500,
      '',
      undefined,
      undefined,
    ]);
    // In front of everything: also of what is missing, and of other methods.
    expect((await ask(url, '/api/none', { method: 'POST' })).status).toBe(503);
    origin.faults.clear();
    expect((await ask(url, '/a.txt')).status).toBe(200);
  });

  test('reset: before the head', async () => {
    const { url } = await serveSite(FILES, {
      faults: [{ pattern: '/a.txt', fault: { kind: 'reset' } }],
    });
    await expect(ask(url, '/a.txt')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await ask(url, '/')).status).toBe(200);
  });

  test('reset: after bytes of the body, even after all of them', async () => {
    const { url, origin } = await serveSite({ ...FILES, 'big.bin': Buffer.alloc(500_000, 'x') });
    const reset = async (target: string, afterBytes: number, method = 'GET') => {
      origin.faults.set([{ pattern: target, fault: { kind: 'reset', afterBytes } }]);
      const { status, body, cut } = await ask(url, target, { method });
      return [status, body.length, cut];
    };
    expect(await reset('/a.txt', 4)).toEqual([200, 4, true]);
    expect(await reset('/a.txt', 0)).toEqual([200, 0, true]);
    expect(await reset('/a.txt', 10)).toEqual([200, 10, true]);
    expect(await reset('/a.txt', 1000)).toEqual([200, 10, true]);
    expect(await reset('/big.bin', 300_000)).toEqual([200, 300_000, true]);
    await expect(reset('/a.txt', 4, 'HEAD')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('truncate: fewer bytes than Content-Length says, and a connection closed in good order', async () => {
    const { url, origin } = await serveSite({ ...FILES, 'big.bin': Buffer.alloc(500_000, 'x') });
    const truncate = async (target: string, afterBytes: number) => {
      origin.faults.set([{ pattern: target, fault: { kind: 'truncate', afterBytes } }]);
      const { status, headers, body, cut } = await ask(url, target);
      return [status, headers['content-length'], body.length, cut];
    };
    expect(await truncate('/a.txt', 4)).toEqual([200, '10', 4, true]);
    expect(await truncate('/a.txt', 0)).toEqual([200, '10', 0, true]);
    expect(await truncate('/a.txt', 10)).toEqual([200, '11', 10, true]);
    expect(await truncate('/big.bin', 200_000)).toEqual([200, '500000', 200_000, true]);
    const { status, cut } = await ask(url, '/big.bin', { method: 'HEAD' });
    expect([status, cut]).toEqual([200, false]);
  });

  test('slow: bytes per second', async () => {
    const { url } = await serveSite(FILES, {
      faults: [{ pattern: '/a.txt', fault: { kind: 'slow', bytesPerSecond: 50 } }],
    });
    const startMs = performance.now();
    const { text, cut } = await ask(url, '/a.txt');
    expect([text, cut]).toEqual(['0123456789', false]);
    expect(performance.now() - startMs).toBeGreaterThan(180);
  });

  test('flap: well and ill by turns', async () => {
    const { url, origin } = await serveSite(FILES, {
      faults: [
        {
          pattern: '/a.txt',
          fault: { kind: 'flap', okCount: 2, failCount: 1, fault: { kind: 'status', status: 502 } },
        },
      ],
    });
    const statuses: number[] = [];
    for (let n = 0; n < 7; n++) statuses.push((await ask(url, '/a.txt')).status);
    expect(statuses).toEqual([200, 200, 502, 200, 200, 502, 200]);
    expect(origin.journal.list().map(({ fault }) => fault?.kind ?? null)).toEqual([
      null,
      null,
      'status',
      null,
      null,
      'status',
      null,
    ]);
  });
});

describe('which requests', () => {
  test('pattern, method, times; the first rule that matches counts, then the next', async () => {
    const { url, origin } = await serveSite(FILES);
    origin.faults.set([
      { pattern: '/api/*', methods: ['GET'], times: 2, fault: { kind: 'status', status: 500 } },
      { pattern: '/:file', times: 1, fault: { kind: 'status', status: 501 } },
      { pattern: '/*', methods: ['GET'], fault: { kind: 'status', status: 502 } },
    ]);
    const status = async (target: string, method = 'GET') =>
      (await ask(url, target, { method })).status;
    expect(await status('/api/x.json?q=1')).toBe(500);
    expect(origin.faults.list().map(({ times }) => times)).toEqual([1, 1, undefined]);
    expect(await status('/api/x.json', 'HEAD')).toBe(200);
    expect(await status('/api/x.json')).toBe(500);
    expect(await status('/api/x.json')).toBe(502);
    expect(await status('/a.txt')).toBe(501);
    expect(await status('/a.txt')).toBe(502);
    expect(await status('/a.txt', 'HEAD')).toBe(200);
    expect(origin.faults.list()).toEqual([
      { pattern: '/*', methods: ['GET'], fault: { kind: 'status', status: 502 } },
    ]);
  });

  test('the journal names the fault and its pattern', async () => {
    const { url, origin } = await serveSite(FILES, {
      faults: [{ pattern: '/a.txt', times: 1, fault: { kind: 'truncate', afterBytes: 1 } }],
    });
    expect((await ask(url, '/a.txt')).cut).toBe(true);
    expect(origin.journal.list()[0]?.fault).toEqual({ kind: 'truncate', pattern: '/a.txt' });
  });
});

describe('as data', () => {
  test('what cannot be used is refused with its place, and the script in force stays', async () => {
    const { origin } = await serveSite(FILES, {
      faults: [{ pattern: '/a.txt', fault: { kind: 'delay', ms: 1 } }],
    });
    const refused = (rules: unknown) => {
      try {
        origin.faults.set(rules);
        return 'taken';
      } catch (error) {
        return `${(error as { code: string }).code} ${(error as Error).message}`;
      }
    };
    expect(refused('x')).toMatch(/^invalid-option faults: /);
    expect(refused([{ fault: { kind: 'reset' } }])).toMatch(
      /^invalid-option faults\[0\]\.pattern: /,
    );
    expect(refused([{ pattern: '/', fault: { kind: 'explode' } }])).toMatch(
      /^invalid-option faults\[0\]\.fault\.kind: /,
    );
    expect(refused([{ pattern: '/', fault: { kind: 'delay', ms: -1 } }])).toMatch(
      /^invalid-option faults\[0\]\.fault\.ms: /,
    );
    expect(refused([{ pattern: '/', fault: { kind: 'reset', after: 1 } }])).toMatch(
      /^invalid-option faults\[0\]\.fault: .*after/,
    );
    expect(refused([{ pattern: 'a', fault: { kind: 'reset' } }])).toBe(
      'invalid-option faults[0].pattern: a path begins with "/"',
    );
    expect(origin.faults.list()).toEqual([{ pattern: '/a.txt', fault: { kind: 'delay', ms: 1 } }]);
  });

  test('a script survives JSON, and its schema has no room for more', () => {
    const rule = {
      pattern: '/*',
      methods: ['GET'],
      times: 3,
      fault: {
        kind: 'flap',
        okCount: 0,
        failCount: 1,
        fault: { kind: 'slow', bytesPerSecond: 10 },
      },
    };
    expect(faultRuleSchema().parse(structuredClone(rule))).toEqual(rule);
    const schema = faultRuleJsonSchema();
    expect(schema).toMatchObject({
      type: 'object',
      required: ['pattern', 'fault'],
      additionalProperties: false,
    });
    expect(schema['$schema']).toBeUndefined();
  });
});
