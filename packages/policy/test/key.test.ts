import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  IncomingFields,
  primaryKeyOf,
  readRequest,
  rfc9111,
  siteOfKey,
  uriOfKey,
  variantKeyOf,
} from '../src/index.ts';
import type { PresentedRequest } from '../src/index.ts';
import { presented } from './presented.ts';

const REQUEST: PresentedRequest = presented([], {
  siteId: 'shop',
  scheme: 'https',
  authority: 'shop.test:8443',
  target: '/a b@c?d=1',
});

describe('the primary key', () => {
  test('is the site and the URI', () => {
    const key = primaryKeyOf(REQUEST, rfc9111, 'first');
    expect(key).toBe('shop https://shop.test:8443/a b@c?d=1');
    expect(siteOfKey(key)).toBe('shop');
    expect(uriOfKey(key)).toBe('https://shop.test:8443/a b@c?d=1');
  });

  test('names the deployment where deployments have caches of their own', () => {
    const key = primaryKeyOf(
      REQUEST,
      { ...rfc9111, key: { ...rfc9111.key, deployment: true } },
      'first',
    );
    expect(key).toBe('shop@first https://shop.test:8443/a b@c?d=1');
    expect(siteOfKey(key)).toBe('shop');
    expect(uriOfKey(key)).toBe('https://shop.test:8443/a b@c?d=1');
  });
});

/** Text in which everything that separates the parts of a key is frequent. */
function delimited(alphabet: string): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), maxLength: 8 });
}

describe('keys cannot be forged', () => {
  test('of two requests for other hosts or targets, the keys differ', () => {
    const asked = fc.record({
      host: delimited('ab.:80%2f@ /?#[],'),
      target: delimited('/ab:?@ %2f.;#').map((text) => `/${text}`),
    });
    const read = ({ host, target }: { readonly host: string; readonly target: string }) =>
      readRequest({
        method: 'GET',
        target,
        version: '1.1',
        lines: ['Host', host],
        scheme: 'http',
        localAuthority: 'a',
        clientAddress: undefined,
      });
    const requests = asked.map(read).filter((one) => one.kind === 'request');
    fc.assert(
      fc.property(requests, requests, ({ request: one }, { request: other }) => {
        const key = (request: typeof one): string =>
          primaryKeyOf({ siteId: 'shop', ...request }, rfc9111, 'first');
        const isSame = one.authority === other.authority && one.target === other.target;
        expect(key(one) === key(other)).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });

  test('of two requests with other values in the fields of a Vary, the variant keys differ', () => {
    const rule = { id: 'vary:x-a,x-b', names: ['x-a', 'x-b'] };
    // Neither CR nor LF can be in a value; white space around it is no part of it.
    const value = fc.option(
      delimited('x-ab=,: \t"').map((text) => text.trim()),
      { nil: undefined },
    );
    const values = fc.tuple(value, value);
    const fields = ([a, b]: readonly (string | undefined)[]): IncomingFields =>
      new IncomingFields([
        ...(a === undefined ? [] : ['X-A', a]),
        ...(b === undefined ? [] : ['X-B', b]),
      ]);
    fc.assert(
      fc.property(values, values, (one, other) => {
        const isSame = one[0] === other[0] && one[1] === other[1];
        expect(variantKeyOf(rule, fields(one)) === variantKeyOf(rule, fields(other))).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });
});
