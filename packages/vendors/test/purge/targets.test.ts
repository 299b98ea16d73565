import { rfc9111, type PurgeableSite } from '@poplet/policy';
import { expect, it, test } from 'vitest';

import { pathPurge, purgeUrlOf, sitesAt } from '../../src/purge/targets.ts';

test.each([
  ['https://www.example.com/a.css', 'www.example.com', '/a.css'],
  ['http://WWW.example.com:8080/A.css?b=1#c', 'www.example.com', '/A.css?b=1'],
  ['https://example.com', 'example.com', '/'],
  ['https://example.com?q', 'example.com', '/?q'],
  ['https://example.com/a/../b//c', 'example.com', '/a/../b//c'],
  ['https://example.com/é', 'example.com', '/%C3%A9'],
  ['https://[::1]:8080/a', '[::1]', '/a'],
])('%s names a host and a target', (text, hostname, target) => {
  expect(purgeUrlOf(text)).toEqual({ hostname, target });
});

test.each(['/a.css', 'ftp://example.com/', 'https://user@example.com/', 'https:///a', 'a', ''])(
  '%j is no URL that can be purged',
  (text) => {
    expect(purgeUrlOf(text)).toBeUndefined();
  },
);

function site(id: string, hosts: readonly string[], query: 'whole' | 'none'): PurgeableSite {
  const policy = { ...rfc9111, key: { ...rfc9111.key, query } };
  return { id, names: [id], policy, hasHost: (hostname) => hosts.includes(hostname) };
}

it('finds the site of a host, and all of them for a host that is nobody’s', () => {
  const a = site('a', ['a.test'], 'whole');
  const b = site('b', ['b.test'], 'whole');
  expect(sitesAt([a, b], 'b.test')).toEqual([b]);
  expect(sitesAt([a, b], 'www.example.com')).toEqual([a, b]);
});

it('leaves out the query where that is no part of the key, and the host where it is nobody’s', () => {
  const url = { hostname: 'a.test', target: '/a?b=1' };
  expect(pathPurge(site('a', ['a.test'], 'none'), url)).toMatchObject({
    selector: { path: '/a', hostname: 'a.test', extent: 'exact' },
    soft: false,
    siteId: 'a',
  });
  expect(pathPurge(site('a', [], 'whole'), url)).toMatchObject({
    selector: { path: '/a?b=1', hostname: null },
  });
});
