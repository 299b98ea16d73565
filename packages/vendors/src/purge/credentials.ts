import type { ApiHead } from '@poplet/policy';

/** Of `Authorization: Bearer <token>` (RFC 6750 §2.1). */
export function bearerTokenOf({ fields }: ApiHead): string | undefined {
  return /^Bearer +(?<token>\S+) *$/iu.exec(fields['authorization'] ?? '')?.groups?.['token'];
}
