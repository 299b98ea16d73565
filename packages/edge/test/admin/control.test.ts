import type { Purge } from '@poplet/policy';
import { describe, expect, it, vi } from 'vitest';
import type { Fault, FaultsPort } from '../../src/admin/faults-port.ts';
import { exchange } from '../exchange.ts';
import { problem, startAdmin } from './start-admin.ts';

describe('POST purge', () => {
  it.each([
    [{ url: 'http://shop.test/a.js' }, [{ kind: 'url', url: 'http://shop.test/a.js' }]],
    [
      { urls: ['http://shop.test/a.js', 'HTTP://Shop.test:80/../b?q=%7e#part'] },
      [
        { kind: 'url', url: 'http://shop.test/a.js' },
        { kind: 'url', url: 'HTTP://Shop.test:80/../b?q=%7e#part' },
      ],
    ],
    [
      { url: 'http://shop.test/größe 1' },
      [{ kind: 'url', url: 'http://shop.test/gr%C3%B6%C3%9Fe%201' }],
    ],
    [{ prefix: 'http://shop.test/img/' }, [{ kind: 'prefix', prefix: 'http://shop.test/img/' }]],
    [{ host: 'shop.test' }, [{ kind: 'host', host: 'shop.test' }]],
    [{ host: '127.0.0.1:8080' }, [{ kind: 'host', host: '127.0.0.1:8080' }]],
    [{ host: '[::1]:8080' }, [{ kind: 'host', host: '[::1]:8080' }]],
    [
      { tags: ['product-7', 'Home Page'] },
      [
        { kind: 'tag', tag: 'product-7' },
        { kind: 'tag', tag: 'Home Page' },
      ],
    ],
    [
      { groups: [{ origin: 'https://Shop.test:443', group: 'scripts' }] },
      [{ kind: 'group', origin: 'https://shop.test', group: 'scripts' }],
    ],
    [{ everything: true }, [{ kind: 'everything' }]],
  ])('%j', async (body, selectors) => {
    const { edge, post } = await startAdmin();
    expect(await post('purge', body)).toMatchObject({
      status: 200,
      body: { sequence: 1, selectors: selectors.length, soft: false },
    });
    expect(edge.purged).toEqual([
      selectors.map((selector) => ({ selector, soft: false, siteId: undefined })),
    ]);
  });

  it('softly, of one site, and tells who wants to know', async () => {
    const onPurge = vi.fn<(purges: readonly Purge[], sequence: number) => void>();
    const { edge, post } = await startAdmin({ onPurge });
    const { body } = await post('purge', { tags: ['x'], soft: true, site: 'docs' });
    expect(body).toEqual({ sequence: 1, selectors: 1, soft: true });
    const purges = [{ selector: { kind: 'tag', tag: 'x' }, soft: true, siteId: 'docs' }];
    expect(edge.purged).toEqual([purges]);
    expect(onPurge.mock.calls).toEqual([[purges, 1]]);
  });

  it('of a site that is not there', async () => {
    const { post } = await startAdmin();
    const answer = await post('purge', { everything: true, site: 'blog' });
    expect(answer).toMatchObject(problem('unusable-value', 422, 'there is no site "blog"'));
    expect(answer.body.hint).toBe('the sites are: shop, docs');
  });

  const EXACTLY_ONE =
    'body must have exactly one of url, urls, prefix, host, tags, groups, everything';
  it.each([
    [{}, EXACTLY_ONE],
    [{ soft: true }, EXACTLY_ONE],
    [{ url: 'http://shop.test/', host: 'shop.test' }, EXACTLY_ONE],
    [{ url: 'http://shop.test/', tags: ['x'], everything: true }, EXACTLY_ONE],
    [
      { urll: 'http://shop.test/' },
      expect.stringContaining('must not have "urll"; it may have url,'),
    ],
    [{ url: 'http://shop.test/', force: true }, 'body must not have "force"'],
    [{ everything: false }, 'body.everything must be true'],
    [{ everything: 'true' }, expect.stringContaining('body.everything must be')],
    [{ everything: true, soft: 'true' }, 'body.soft must be boolean'],
    [{ everything: true, soft: 1 }, 'body.soft must be boolean'],
    [{ url: 5 }, 'body.url must be string'],
    [{ url: '' }, expect.stringContaining('body.url must NOT have fewer than 1')],
    [{ urls: [] }, expect.stringContaining('body.urls must NOT have fewer than 1')],
    [{ urls: 'http://shop.test/' }, 'body.urls must be array'],
    [{ tags: ['x', ''] }, expect.stringContaining('body.tags.1 must NOT')],
    [{ groups: ['scripts'] }, 'body.groups.0 must be object'],
    [{ groups: [{ group: 'x' }] }, expect.stringContaining('body.groups.0 must have required')],
    [
      { groups: [{ origin: 'https://a', group: 'x', tag: 'y' }] },
      'body.groups.0 must not have "tag"',
    ],
  ])('%j does not fit', async (body, detail) => {
    const { edge, post } = await startAdmin();
    expect(await post('purge', body)).toMatchObject(problem('invalid-request', 400, detail));
    expect(edge.purged).toEqual([]);
  });

  it.each([
    [{ url: '/a.js' }, '"/a.js" is not an absolute URL'],
    [{ url: 'a.js' }, '"a.js" is not an absolute URL'],
    [{ url: '//shop.test/a.js' }, 'is not an absolute URL'],
    [{ url: 'ftp://shop.test/a.js' }, 'is not an absolute URL'],
    [{ url: 'http:a.js' }, 'is not an absolute URL'],
    [{ url: 'http:///a.js' }, 'is not an absolute URL'],
    [{ url: 'http://\\a.js' }, 'is not an absolute URL'],
    [{ url: 'http://me:secret@shop.test/' }, 'is not an absolute URL'],
    [{ url: 'http://shop.test:99999/' }, 'is not an absolute URL'],
    [{ urls: ['http://shop.test/', '/b.js'] }, '"/b.js" is not an absolute URL'],
    [{ prefix: '/img/' }, '"/img/" is not an absolute URL'],
    [{ host: 'http://shop.test' }, 'is not a host'],
    [{ host: 'shop.test/img' }, 'is not a host'],
    [{ host: 'me@shop.test' }, 'is not a host'],
    [{ host: 'shop.test:99999' }, 'is not a host'],
    [{ host: '::1' }, 'is not a host'],
    [{ host: 'two words' }, 'is not a host'],
    [{ groups: [{ origin: 'shop.test', group: 'x' }] }, 'is not an origin'],
    [{ groups: [{ origin: 'https://shop.test/a', group: 'x' }] }, 'is not an origin'],
    [{ groups: [{ origin: 'null', group: 'x' }] }, 'is not an origin'],
  ])('%j cannot be used', async (body, detail) => {
    const { edge, post } = await startAdmin();
    expect(await post('purge', body)).toMatchObject(
      problem('unusable-value', 422, expect.stringContaining(detail)),
    );
    expect(edge.purged).toEqual([]);
  });

  it('of a path says how its URL would read', async () => {
    const { edge, post } = await startAdmin();
    const hint = async () => (await post('purge', { url: '/a.js' })).body.hint;
    expect(await hint()).toContain('for instance http://127.0.0.1:8080/a.js');
    edge.journal.record(exchange({ url: 'http://shop.test:3000/index.html' }));
    expect(await hint()).toContain('for instance http://shop.test:3000/a.js');
  });
});

describe('clock', () => {
  it('GET tells both times', async () => {
    const { get } = await startAdmin();
    expect((await get('clock')).body).toEqual({
      now: '2026-11-22T12:00:00.000Z',
      real: '2026-11-22T12:00:00.000Z',
      offsetMs: 0,
      frozen: false,
    });
  });

  it.each([
    [{ advance: '90s' }, '2026-11-22T12:01:30.000Z', 90_000, false],
    [{ advance: '1h30m' }, '2026-11-22T13:30:00.000Z', 5_400_000, false],
    [{ advance: '-90s' }, '2026-11-22T11:58:30.000Z', -90_000, false],
    [{ set: '2026-11-22T13:00:00Z' }, '2026-11-22T13:00:00.000Z', 3_600_000, false],
    [{ set: '2026-11-22T13:00+02:00' }, '2026-11-22T11:00:00.000Z', -3_600_000, false],
    [{ set: '2026-11-22T12:00:00.250Z' }, '2026-11-22T12:00:00.250Z', 250, false],
    [{ freeze: true }, '2026-11-22T12:00:00.000Z', 0, true],
    [{ reset: true }, '2026-11-22T12:00:00.000Z', 0, false],
  ])('POST %j', async (body, now, offsetMs, frozen) => {
    const { edge, get, post } = await startAdmin();
    const expected = { now, real: '2026-11-22T12:00:00.000Z', offsetMs, frozen };
    expect(await post('clock', body)).toMatchObject({ status: 200, body: expected });
    expect((await get('clock')).body).toEqual(expected);
    expect(edge.clock.nowMs()).toBe(Date.parse(now));
  });

  it('stays frozen when moved, until it is reset', async () => {
    const { edge, post } = await startAdmin();
    await post('clock', { freeze: true });
    edge.real.nowMs += 10_000;
    expect((await post('clock', { advance: '1m' })).body).toEqual({
      now: '2026-11-22T12:01:00.000Z',
      real: '2026-11-22T12:00:10.000Z',
      offsetMs: 50_000,
      frozen: true,
    });
    expect((await post('clock', { reset: true })).body).toMatchObject({
      now: '2026-11-22T12:00:10.000Z',
      frozen: false,
    });
  });

  it.each([
    [{ advance: '90' }, '"90" is not a duration', 'write "90s" or "90ms"'],
    [{ advance: '--90s' }, '"-90s" is not a duration', 'write it as'],
    [{ advance: '4000000d' }, 'the years 1970 to 9999', 'RFC 9110 §5.6.7'],
    [{ advance: '-100000d' }, 'the years 1970 to 9999', 'RFC 9110 §5.6.7'],
    [{ set: '1969-12-31T23:59:59Z' }, 'the years 1970 to 9999', 'RFC 9110 §5.6.7'],
    [{ set: '2026-11-22' }, '"2026-11-22" is not an instant', 'with its time zone'],
    [{ set: '2026-11-22T12:00:00' }, 'is not an instant', 'with its time zone'],
    [{ set: '2026-02-30T12:00:00Z' }, 'is not an instant', 'ISO 8601'],
    [{ set: '2026-13-01T12:00:00Z' }, 'is not an instant', 'ISO 8601'],
    [{ set: '2026-11-22T24:00:00Z' }, 'is not an instant', 'ISO 8601'],
    [{ set: 'Sun, 22 Nov 2026 12:00:00 GMT' }, 'is not an instant', 'ISO 8601'],
    [{ set: 'tomorrow' }, 'is not an instant', 'ISO 8601'],
  ])('POST %j cannot be used, and moves nothing', async (body, detail, hint) => {
    const { get, post } = await startAdmin();
    const answer = await post('clock', body);
    expect(answer).toMatchObject(problem('unusable-value', 422, expect.stringContaining(detail)));
    expect(answer.body.hint).toContain(hint);
    expect((await get('clock')).body).toMatchObject({ offsetMs: 0, frozen: false });
  });

  it.each([
    [{}, 'body must have exactly one of advance, set, freeze, reset'],
    [{ freeze: true, advance: '1s' }, 'body must have exactly one of advance, set, freeze, reset'],
    [{ freeze: false }, 'body.freeze must be true'],
    [{ advance: 90 }, 'body.advance must be string'],
    [{ speed: 2 }, 'body must not have "speed"; it may have advance, set, freeze, reset'],
  ])('POST %j does not fit', async (body, detail) => {
    const { post } = await startAdmin();
    expect(await post('clock', body)).toMatchObject(problem('invalid-request', 400, detail));
  });
});

describe('faults', () => {
  function scriptedOrigin(): FaultsPort {
    let faults: readonly Fault[] = [];
    return {
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'status'],
        properties: { path: { type: 'string' }, status: { type: 'integer' } },
      },
      list: () => faults,
      set(next) {
        if (next.some(({ path }) => path === '/refused')) throw new Error('that path is refused');
        faults = next;
      },
      clear() {
        faults = [];
      },
    };
  }

  it('are set, listed and cleared', async () => {
    const { get, post, request } = await startAdmin({ origin: scriptedOrigin() });
    expect(await get('faults')).toMatchObject({ status: 200, body: { faults: [] } });
    const script = { faults: [{ path: '/api/*', status: 503 }] };
    expect((await post('faults', script)).body).toEqual(script);
    expect((await get('faults')).body).toEqual(script);
    expect((await request('faults', { method: 'DELETE' })).body).toEqual({ faults: [] });
  });

  it.each([
    [{}, 400],
    [{ faults: {} }, 400],
    [{ faults: [{ path: '/a' }] }, 400],
    [{ faults: [{ path: '/a', status: '503' }] }, 400],
    [{ faults: [{ path: '/a', status: 503, delay: 1 }] }, 400],
    [{ faults: [{ path: '/refused', status: 503 }] }, 422],
  ])('%j is refused with %d', async (body, status) => {
    const { get, post } = await startAdmin({ origin: scriptedOrigin() });
    expect(await post('faults', body)).toMatchObject({ status, type: 'application/problem+json' });
    expect((await get('faults')).body).toEqual({ faults: [] });
  });

  it.each(['GET', 'POST', 'DELETE'])(
    '%s without an origin server of ours says so',
    async (method) => {
      const { request } = await startAdmin();
      const body = { headers: { 'content-type': 'application/json' }, body: '{"faults":[]}' };
      const answer = await request('faults', { method, ...(method === 'POST' ? body : {}) });
      expect(answer).toMatchObject(problem('no-origin-server', 409, expect.any(String)));
      expect(answer.body.hint).toBe('serve a folder instead: `poplet <folder>`');
    },
  );
});

it('POST deploy gives the id of the new deployment, body or not', async () => {
  const { post, request } = await startAdmin();
  expect((await request('deploy', { method: 'POST' })).body).toEqual({ deployment: 'd1' });
  expect((await post('deploy', {})).body).toEqual({ deployment: 'd2' });
});
