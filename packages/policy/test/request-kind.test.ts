import { expect, test } from 'vitest';

import { unshareableBecause, upgradeProtocol } from '../src/request-kind.ts';
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
