// What is told of handshakes that fail, and how often.

import { renderReason } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { handshakeProblem, TlsFailures, UnknownServerName } from '../../src/tls-failures.ts';

function words(code: string): string {
  const error = Object.assign(new Error('the message'), { code, reason: 'the reason' });
  return handshakeProblem(error, '').reasons.map(renderReason).join();
}

describe('the words', () => {
  it.each([
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the client does not trust the certificate'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'the client does not trust the certificate'],
    ['ECONNRESET', 'the client closed the connection'],
    ['ERR_SSL_OF_ANOTHER_KIND', 'the reason'],
  ])('for %s', (code, problem) => {
    expect(words(code)).toBe(`the TLS handshake failed: ${problem}`);
  });

  it('are those of the error where OpenSSL has none', () => {
    expect(handshakeProblem(new Error('the message'), '').reasons[0]?.values).toEqual({
      problem: 'the message',
    });
  });

  it('name what was asked for', () => {
    expect(handshakeProblem(new UnknownServerName(), 'a.test')).toEqual({
      status: 421,
      reasons: [{ code: 'tls-name-unknown', values: { name: 'a.test' } }],
    });
  });
});

describe('a failure', () => {
  const distrust = handshakeProblem(
    Object.assign(new Error(), { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }),
    'a.test',
  );

  it('is told once in ten seconds, for each name', () => {
    let nowMs = 5;
    const failures = new TlsFailures(() => nowMs);
    expect(failures.isNew(distrust, 'a.test')).toBe(true);
    nowMs = 10_004;
    expect(failures.isNew(distrust, 'a.test')).toBe(false);
    expect(failures.isNew(distrust, 'b.test')).toBe(true);
    nowMs = 10_005;
    expect(failures.isNew(distrust, 'a.test')).toBe(true);
  });

  it('of a great many kinds is told of some', () => {
    const failures = new TlsFailures(() => 0);
    const told = Array.from({ length: 1000 }, (_, index) =>
      failures.isNew(distrust, `${index}.test`),
    );
    expect(told.filter(Boolean)).toHaveLength(32);
  });
});
