import { expect, test } from 'vitest';

import { rfc9111, type Policy } from '../src/index.ts';
import { outOfSelection, unshareableBecause, upgradeProtocol } from '../src/request-kind.ts';
import { presented } from './presented.ts';

test.each([
  [['Upgrade', 'chat', 'Connection', 'Upgrade'], 'chat'],
  [['Upgrade', 'chat', 'Connection', 'close', 'Connection', 'upgrade'], 'chat'],
  [['Upgrade', 'chat', 'Connection', 'close'], null],
  [['Connection', 'upgrade'], null],
])('%j asks for the protocol %j', (lines, protocol) => {
  expect(upgradeProtocol(presented(lines))).toBe(protocol);
});

test.each([
  [['Accept', 'text/event-stream'], 'it asks for an event stream'],
  [['Accept', 'text/html', 'Accept', 'Text/Event-Stream ;q=0.5'], 'it asks for an event stream'],
  [['Accept', 'text/html'], null],
])('an exchange for %j is unshareable: %j', (lines, why) => {
  expect(unshareableBecause(presented(lines))).toBe(why);
});

test.each([
  ['/a/', '/a/'],
  ['/A/Menu.json?v=1.png', '/A/Menu.json'],
  ['/a.png?v=1', undefined],
])('of %s the path is named that is not cached: %s', (target, path) => {
  const paths = { extensions: ['png'], files: [] };
  const policy: Policy = { ...rfc9111, eligibility: { ...rfc9111.eligibility, paths } };
  expect(outOfSelection({ ...presented([]), target }, policy)?.values).toEqual(
    path === undefined ? undefined : { path },
  );
});
