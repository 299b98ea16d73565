import { expect, test } from 'vitest';

import { IncomingFields, type PresentedRequest } from '../src/index.ts';
import { unshareableBecause, upgradeProtocol } from '../src/request-kind.ts';

function request(lines: readonly string[]): PresentedRequest {
  return {
    siteId: 'default',
    method: 'GET',
    scheme: 'http',
    authority: 'shop.test',
    target: '/',
    fields: new IncomingFields(lines),
    hasContent: false,
    clientAddress: undefined,
  };
}

test.each([
  [['Upgrade', 'chat', 'Connection', 'Upgrade'], 'chat'],
  [['Upgrade', 'chat', 'Connection', 'close', 'Connection', 'upgrade'], 'chat'],
  [['Upgrade', 'chat', 'Connection', 'close'], null],
  [['Connection', 'upgrade'], null],
])('%j asks for the protocol %j', (lines, protocol) => {
  expect(upgradeProtocol(request(lines))).toBe(protocol);
});

test.each([
  [['Accept', 'text/event-stream'], 'it asks for an event stream'],
  [['Accept', 'text/html', 'Accept', 'Text/Event-Stream ;q=0.5'], 'it asks for an event stream'],
  [['Accept', 'text/html'], null],
])('an exchange for %j is unshareable: %j', (lines, why) => {
  expect(unshareableBecause(request(lines))).toBe(why);
});
