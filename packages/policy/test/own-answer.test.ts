// What the edge answers itself, as a whole.
import { describe, expect, test } from 'vitest';

import { rfc9111, type PresentedRequest } from '../src/index.ts';
import { ownAnswer } from '../src/own-answer.ts';
import { presented } from './presented.ts';

function answered(method: string, lines: readonly string[], more: Partial<PresentedRequest> = {}) {
  const request: PresentedRequest = presented(lines, { method, target: '/a', ...more });
  return ownAnswer({ request, policy: rfc9111, cdnInfo: 'poplet;id=1' });
}

const ALLOWED = {
  status: 204,
  statusText: 'No Content',
  lines: ['Allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE'],
  body: { kind: 'none' },
  reasons: [],
};

describe('OPTIONS', () => {
  test('of the server', () => {
    expect(answered('OPTIONS', [], { target: '*' })).toEqual({
      plan: ALLOWED,
      outcome: 'ineligible',
      reasons: [{ code: 'options-asterisk' }],
    });
  });

  test('that may go no further', () => {
    expect(answered('OPTIONS', ['Max-Forwards', '0'])).toEqual({
      plan: ALLOWED,
      outcome: 'ineligible',
      reasons: [{ code: 'max-forwards-zero', values: { method: 'OPTIONS' } }],
    });
  });
});

/** What a TRACE that may go no further is told. */
function traced(lines: readonly string[], more: Partial<PresentedRequest> = {}): string {
  const found = answered('TRACE', ['Max-Forwards', '0', ...lines], more);
  if (found?.plan.body.kind !== 'text') throw new Error('no text');
  return found.plan.body.text;
}

describe('TRACE', () => {
  test('that may go no further', () => {
    const text = 'TRACE /a HTTP/1.1\r\nMax-Forwards: 0\r\nX: ü\r\n\r\n';
    expect(answered('TRACE', ['Max-Forwards', '0', 'X', 'ü'])).toEqual({
      plan: {
        status: 200,
        statusText: 'OK',
        lines: [
          ['Content-Type', 'message/http'],
          ['Content-Length', String(text.length + 1)],
          ['Cache-Control', 'no-store'],
        ].flat(),
        body: { kind: 'text', text },
        reasons: [],
      },
      outcome: 'ineligible',
      reasons: [{ code: 'max-forwards-zero', values: { method: 'TRACE' } }],
    });
  });

  test.each([
    'Authorization',
    'Cookie',
    'X-Csrf-Token',
    'X-Secret',
    'X-Session-Id',
    'X-Password',
    'X-Credential',
    'Signature-Input',
    'X-API-Key',
  ])('tells nothing of %s', (name) => {
    expect(traced(['Accept', '*/*', name, 'mine', 'X', 'y'])).toBe(
      'TRACE /a HTTP/1.1\r\nMax-Forwards: 0\r\nAccept: */*\r\nX: y\r\n\r\n',
    );
  });

  test.each<[Partial<PresentedRequest>, string]>([
    [{ receivedVersion: '1.0' }, 'HTTP/1.0'],
    [{ receivedVersion: '2' }, 'HTTP/2'],
    [{}, 'HTTP/1.1'],
  ])('%o was sent in %s', (more, version) => {
    expect(traced([], more)).toBe(`TRACE /a ${version}\r\nMax-Forwards: 0\r\n\r\n`);
  });
});

describe('nothing of its own', () => {
  test.each([
    ['GET', ['Max-Forwards', '0']],
    ['OPTIONS', ['Max-Forwards', '1']],
    ['TRACE', []],
    ['GET', ['Expect', '100-Continue']],
    ['GET', ['Expect', '100-continue, 100-continue']],
    ['GET', ['Expect', '100-continue', 'Expect', '100-continue']],
    ['GET', ['CDN-Loop', 'poplet;id=2']],
  ])('for %s with %j', (method, lines) => {
    expect(answered(method, lines)).toBeNull();
  });

  test('for an expectation in HTTP/1.0', () => {
    expect(answered('GET', ['Expect', 'tea'], { receivedVersion: '1.0' })).toBeNull();
  });
});

test.each([
  ['OPTIONS', ['Max-Forwards', '-1'], 400, 'max-forwards-malformed', { value: '-1' }],
  ['GET', ['Expect', '100-continue, tea'], 417, 'expectation-failed', { expect: 'tea' }],
  ['GET', ['CDN-Loop', 'poplet;id=1'], 508, 'forwarding-loop', { cdnInfo: 'poplet;id=1' }],
])('%s with %j is answered with %i', (method, lines, status, code, values) => {
  expect(answered(method, lines)).toMatchObject({
    plan: { status, body: { kind: 'text' } },
    outcome: 'error',
    reasons: [{ code, values }],
  });
});
