import type { PurgeMethod } from '@poplet/policy';

/** `PURGE <url>` on the cached port: asks for no credentials, and answers as the API does. */
export const purgeMethod: PurgeMethod = {
  softField: 'fastly-soft-purge',
  tokenField: 'fastly-key',
  answerOf: (sequence, nowMs) => ({ status: 'ok', id: purgeIdOf(sequence, nowMs) }),
};

/** fastly-purge-ids: three numbers, the second of which is an instant in seconds. */
export function purgeIdOf(sequence: number, nowMs: number): string {
  return `108-${Math.floor(nowMs / 1000)}-${sequence}`;
}
