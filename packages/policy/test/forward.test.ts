import { describe, expect, test } from 'vitest';

import { IncomingFields, rfc9111, upstreamRequest } from '../src/index.ts';
import type { ForwardInput, PresentedRequest } from '../src/index.ts';
import { presented } from './presented.ts';

const REQUEST: PresentedRequest = presented(['Host', 'shop.test', 'X-Own', '1'], {
  scheme: 'https',
  target: '/a?b=1',
  clientAddress: '203.0.113.9',
});

const INPUT: ForwardInput = {
  request: REQUEST,
  ask: { kind: 'fill' },
  policy: rfc9111,
  hostHeader: 'upstream',
  upstreamAuthority: 'localhost:5173',
  cdnInfo: 'poplet;id=ab12.0',
};

function forwarded(changes: Partial<ForwardInput> = {}): readonly string[] {
  return upstreamRequest({ ...INPUT, ...changes }).lines;
}

describe('what the upstream is told of the client', () => {
  test('its own name as Host, and the rest beside it', () => {
    expect(forwarded()).toEqual([
      'Host',
      'localhost:5173',
      'X-Own',
      '1',
      'Via',
      '1.1 poplet',
      'CDN-Loop',
      'poplet;id=ab12.0',
      'X-Forwarded-For',
      '203.0.113.9',
      'X-Forwarded-Host',
      'shop.test',
      'X-Forwarded-Proto',
      'https',
      'Forwarded',
      'for=203.0.113.9;host="shop.test";proto=https',
    ]);
  });

  test('the viewer’s Host where that is wanted', () => {
    expect(forwarded({ hostHeader: 'viewer' }).slice(0, 2)).toEqual(['Host', 'shop.test']);
  });

  test('nothing of an address that is not known', () => {
    const lines = forwarded({ request: { ...REQUEST, clientAddress: undefined } });
    expect(lines).not.toContain('X-Forwarded-For');
    expect(lines.at(-1)).toBe('host="shop.test";proto=https');
  });

  test('in the words of a CDN, where it has its own', () => {
    const ownFields = () => ['Via', '1.1 own', 'X-Forwarded-For', '203.0.113.9,192.0.2.1'];
    const policy = { ...rfc9111, fill: { ...rfc9111.fill, ownFields } };
    expect(forwarded({ policy }).slice(4)).toEqual([
      'CDN-Loop',
      'poplet;id=ab12.0',
      'X-Forwarded-Host',
      'shop.test',
      'X-Forwarded-Proto',
      'https',
      'Forwarded',
      'for=203.0.113.9;host="shop.test";proto=https',
      'Via',
      '1.1 own',
      'X-Forwarded-For',
      '203.0.113.9,192.0.2.1',
    ]);
  });

  // RFC 7239 §6
  test('an IPv6 address in brackets and quotes', () => {
    const lines = forwarded({ request: { ...REQUEST, clientAddress: '2001:db8::1' } });
    expect(lines.at(-1)).toBe('for="[2001:db8::1]";host="shop.test";proto=https');
  });
});

describe('what is asked in whose name', () => {
  const conditions = [
    'If-Match',
    'If-None-Match',
    'If-Modified-Since',
    'If-Unmodified-Since',
    'If-Range',
    'Range',
  ];
  const fields = new IncomingFields(conditions.flatMap((name) => [name, '"1"']));
  const names = (ask: ForwardInput['ask']) => {
    const lines = forwarded({ ask, request: { ...REQUEST, fields } });
    return lines.filter((_, index) => index % 2 === 0);
  };

  test('what is asked for the store has no condition of the client', () => {
    expect(names({ kind: 'fill' })).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:if-|range)/iu)]),
    );
  });

  test('the client’s own question has them all', () => {
    expect(names({ kind: 'as-is' })).toEqual(expect.arrayContaining(conditions));
  });

  test.each([
    ['HEAD', 'GET'],
    ['POST', 'POST'],
  ])('a %s that fills the store is a %s', (method, asked) => {
    const request = { ...REQUEST, method };
    const { method: sent } = upstreamRequest({ ...INPUT, request });
    expect(sent).toBe(asked);
  });
});

// RFC 9110 §7.6.2
describe('Max-Forwards', () => {
  const lines = ['X-Left', '7', 'MAX-FORWARDS', '7', 'Max-Forwards', 'some', 'X-Other', '7'];
  const fields = new IncomingFields(lines);

  test.each(['OPTIONS', 'TRACE'])('of %s has one less, and nothing else has', (method) => {
    const sent = forwarded({ ask: { kind: 'as-is' }, request: { ...REQUEST, method, fields } });
    expect(sent.slice(2, 10)).toEqual([...lines.slice(0, 3), '6', ...lines.slice(4)]);
  });

  test('of other methods is passed on', () => {
    expect(forwarded({ request: { ...REQUEST, fields } }).slice(2, 10)).toEqual(lines);
  });
});

describe('what a client says in the edge’s place', () => {
  function sent(...lines: string[]): readonly string[] {
    const fields = new IncomingFields(lines);
    return forwarded({ request: { ...REQUEST, fields } });
  }

  test.each([
    ['for=192.0.2.1', 'for=192.0.2.1, '],
    ['for=192.0.2.1;host=a;proto=b;by=_c', 'for=192.0.2.1;by=_c, '],
    ['FOR="[2001:db8::1]:80" ; By=unknown', 'FOR="[2001:db8::1]:80";By=unknown, '],
    ['for=a,, for=b', 'for=a, for=b, '],
    ['xfor=a', ''],
    ['for=a b', ''],
    ['for=', ''],
    ['for=""', ''],
    ['for="a', ''],
    ['for=a"', ''],
    ['for=[a]', ''],
    ['for="a;b"', ''],
    ['for="a\\"b"', ''],
  ])('Forwarded: %s', (value, kept) => {
    expect(sent('Forwarded', value).at(-1)).toBe(
      `${kept}for=203.0.113.9;host="shop.test";proto=https`,
    );
  });

  test('in several lines', () => {
    expect(sent('Forwarded', 'for=a', 'Forwarded', 'for=b').at(-1)).toMatch(/^for=a, for=b, /u);
  });

  test('is not passed on in another spelling either', () => {
    const lines = sent(
      'X_FORWARDED_HOST',
      '1',
      'X_Forwarded-Port',
      '2',
      'Proxy_Connection',
      '3',
      'Content_Length',
      '4',
      'Connection',
      'X-Hop',
      'X_Hop',
      '5',
      'X_Other',
      '6',
      'Content-Type',
      '7',
    );
    expect(lines.slice(2, 6)).toEqual(['X_Other', '6', 'Content-Type', '7']);
    expect(lines.slice(6, 8)).toEqual(['Via', '1.1 poplet']);
  });

  test('is passed on where the policy does not strip it', () => {
    const policy = { ...rfc9111, fill: { ...rfc9111.fill, strip: [] } };
    const fields = new IncomingFields(['X-Forwarded-Port', '1', 'Content-Length', '3']);
    expect(forwarded({ policy, request: { ...REQUEST, fields } }).slice(2, 6)).toEqual([
      'X-Forwarded-Port',
      '1',
      'Content-Length',
      '3',
    ]);
  });
});
