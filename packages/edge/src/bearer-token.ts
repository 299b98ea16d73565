import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request brings the token (RFC 6750 §2.1). */
export function carriesToken({ authorization = '' }: IncomingHttpHeaders, token: string): boolean {
  const presented = /^Bearer +(?<token>\S+) *$/iu.exec(authorization)?.groups;
  return isToken(presented?.token ?? '', token);
}

/** Whether a text is the token. How long it takes does not tell how much of it is right. */
export function isToken(presented: string, token: string): boolean {
  return timingSafeEqual(digest(presented), digest(token));
}

// Digests are of one length, which timingSafeEqual requires and which hides the token's.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
