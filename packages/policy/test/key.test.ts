import { describe, expect, test } from 'vitest';

import { IncomingFields, primaryKeyOf, rfc9111, siteOfKey, uriOfKey } from '../src/index.ts';
import type { PresentedRequest } from '../src/index.ts';

const REQUEST: PresentedRequest = {
  siteId: 'shop',
  method: 'GET',
  scheme: 'https',
  authority: 'shop.test:8443',
  target: '/a b@c?d=1',
  fields: new IncomingFields([]),
  hasContent: false,
  clientAddress: undefined,
};

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
