import { PopletError } from '@poplet/policy';

/**
 * An address as its user wrote it, for the client: `redis:` or `rediss:`, with everything readable.
 * Throws PopletError `invalid-option` that says what in it is not.
 */
export function addressOf(text: string): string {
  const url = URL.parse(text.replace(/^valkey(s?):/u, 'redis$1:'));
  if (url === null || !/^rediss?:$/u.test(url.protocol) || url.hostname === '')
    throw unreadable('it names no host');
  if (!/^(?:\/\d{0,9})?$/u.test(url.pathname))
    throw unreadable('behind the host stands the number of a database, and nothing else');
  if (!isDecodable(url.username) || !isDecodable(url.password))
    throw unreadable('in a user and a password, "%" is written as "%25"');
  return url.href;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Without the address: a password may stand in it. */
function unreadable(why: string): PopletError {
  return new PopletError('invalid-option', `the address of the store cannot be read: ${why}`, {
    hint: 'it is written as redis://user:password@host:6379/0',
  });
}
