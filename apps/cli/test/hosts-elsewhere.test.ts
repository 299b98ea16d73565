// Names of sites that do not lead to this machine.

import { expect, it } from 'vitest';

import { hostsElsewhere, leadsHere } from '../src/hosts-elsewhere.ts';
import { elsewhereText } from '../src/output.ts';

const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'here.test': ['127.0.0.1'],
  'both.test': ['192.0.2.1', '127.0.0.1'],
  'away.test': ['192.0.2.1'],
};

it('are those that lead nowhere, and those that lead to another machine', async () => {
  const asked: string[] = [];
  const hosts = ['here.test', 'both.test', 'away.test', 'nowhere.test', 'a.localhost', '10.0.0.1'];
  const elsewhere = await hostsElsewhere(hosts, (host) => {
    asked.push(host);
    const found = ADDRESSES[host];
    if (found === undefined) return Promise.reject(new Error('ENOTFOUND'));
    return Promise.resolve(found.map((address) => ({ address })));
  });
  expect(elsewhere).toEqual(['away.test', 'nowhere.test']);
  expect(asked).toEqual(['here.test', 'both.test', 'away.test', 'nowhere.test']);
});

it('are found below a wildcard by one of its names', async () => {
  const asked: string[] = [];
  const elsewhere = await hostsElsewhere(['*.localhost', '*.away.test'], (host) => {
    asked.push(host);
    return Promise.resolve([]);
  });
  expect([elsewhere, asked]).toEqual([['*.away.test'], ['www.away.test']]);
  expect(elsewhereText(elsewhere)).toBe(
    'on this machine *.away.test does not lead here: /etc/hosts knows no wildcards: write each name below *.away.test that you use, or choose names below localhost',
  );
});

it('are told with the way out', () => {
  expect(elsewhereText(['a.test', 'b.test'])).toBe(
    'on this machine a.test, b.test do not lead here: add the line "127.0.0.1 a.test b.test" to /etc/hosts',
  );
});

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['a.localhost', true],
  ['192.0.2.1', false],
  ['[2001:db8::1]', false],
  ['no-such-name.invalid', false],
])('%s leads here: %s', async (hostname, isHere) => {
  expect(await leadsHere(hostname)).toBe(isHere);
});
