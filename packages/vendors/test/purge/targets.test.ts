import { rfc9111, type PurgeableSite } from '@poplet/policy';
import { expect, it, test } from 'vitest';

import { pathPurges, purgeUrlOf, sitesAt } from '../../src/purge/targets.ts';

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

function site(
  id: string,
  hosts: readonly string[],
  ...queries: readonly ('whole' | 'none')[]
): PurgeableSite {
  const policies = queries.map((query) => ({ ...rfc9111, key: { ...rfc9111.key, query } }));
  return {
    id,
    names: [id],
    policy: rfc9111,
    hasHost: (hostname) => hosts.includes(hostname),
    policiesFor: () => policies,
  };
}

function pathsOf(purges: ReturnType<typeof pathPurges>): readonly string[] {
  return purges.map(({ selector }) =>
    selector.kind === 'path' ? `${selector.extent} ${selector.path}` : selector.kind,
  );
}

it('finds the site of a host, and all of them for a host that is nobody’s', () => {
  const a = site('a', ['a.test'], 'whole');
  const b = site('b', ['b.test'], 'whole');
  expect(sitesAt([a, b], 'b.test')).toEqual([b]);
  expect(sitesAt([a, b], 'www.example.com')).toEqual([a, b]);
});

it('leaves out the query where that is no part of the key, and the host where it is nobody’s', () => {
  const url = { hostname: 'a.test', target: '/a?b=1' };
  expect(pathPurges(site('a', ['a.test'], 'none'), url)).toMatchObject([
    {
      selector: { path: '/a', hostname: 'a.test', extent: 'exact' },
      soft: false,
      siteId: 'a',
    },
  ]);
  expect(pathPurges(site('a', [], 'whole'), url)).toMatchObject([
    { selector: { path: '/a?b=1', hostname: null } },
  ]);
});

it('names a path once for each key that the policies of a site make of it', () => {
  const mixed = site('a', [], 'whole', 'none', 'whole');
  const purge = (target: string, extent?: 'prefix') =>
    pathsOf(pathPurges(mixed, { hostname: null, target }, extent && { extent }));
  expect(purge('/a?b=1')).toEqual(['exact /a?b=1', 'exact /a']);
  expect(purge('/a')).toEqual(['exact /a']);
  // Of what has no query in its key, nothing begins with a query.
  expect(purge('/a?', 'prefix')).toEqual(['prefix /a?', 'exact /a']);
  expect(purge('/a/', 'prefix')).toEqual(['prefix /a/']);
});

it('encodes what no request line can hold', () => {
  const purge = (target: string) =>
    pathsOf(pathPurges(site('a', [], 'whole'), { hostname: null, target }));
  expect(purge('/größe ä.png?é')).toEqual(['exact /gr%C3%B6%C3%9Fe%20%C3%A4.png?%C3%A9']);
  expect(purge('//é')).toEqual(['exact //%C3%A9']);
  expect(purge('/a/../%7e')).toEqual(['exact /a/../%7e']);
});
