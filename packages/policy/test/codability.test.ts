import { expect, test } from 'vitest';
import { codabilityOf } from '../src/coding/codability.ts';
import { IncomingFields } from '../src/headers.ts';
import { rfc9111 } from '../src/profile.ts';

/** What is said of a style sheet whose Trailer field has this value. */
function announcing(trailer: string): ReturnType<typeof codabilityOf> {
  const fields = new IncomingFields(['Content-Type', 'text/css', 'Trailer', trailer]);
  const response = { status: 200, fields, bodyBytes: 10_000, isWhole: true, isForOne: false };
  return codabilityOf(response, rfc9111);
}

// RFC 9110 §6.6.2
test('what comes behind a body keeps it as it is only where that is about its bytes', () => {
  expect(announcing('X-Sum, repr-digest').why?.code).toBe('not-coded-digest');
  expect(announcing('X-Sum, X-Repr').why).toBeNull();
});
