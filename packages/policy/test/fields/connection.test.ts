import { describe, expect, test } from 'vitest';
import { hopByHopNames } from '../../src/fields/connection.ts';
import { IncomingFields } from '../../src/headers.ts';

const ALWAYS = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
];

function nominatedBy(...connections: string[]): string[] {
  const fields = new IncomingFields(connections.flatMap((value) => ['Connection', value]));
  const names = hopByHopNames(fields);
  expect(ALWAYS.filter((name) => !names.has(name))).toStrictEqual([]);
  return [...names].filter((name) => !ALWAYS.includes(name));
}

describe('hopByHopNames', () => {
  test.each<[string[], string[]]>([
    [[], []],
    [[''], []],
    [['close'], ['close']],
    [['keep-alive, Upgrade'], []],
    [['X-Custom'], ['x-custom']],
    [['a, B ,,c'], ['a', 'b', 'c']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [['TE, x-a'], ['x-a']],
    // Not tokens, so no field has such a name.
    [['a b, "c", d:e, É'], []],
    // Never appropriate as connection options.
    [['Cache-Control, cache-control, Host, CDN-Loop, x'], ['x']],
  ])('Connection: %j nominates %j', (connections, names) => {
    expect(nominatedBy(...connections)).toStrictEqual(names);
  });
});
