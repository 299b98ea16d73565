import { hash } from 'node:crypto';

/** Of every segment's integrity. */
export const INTEGRITY_ALGORITHM = 'sha256';

/** What a segment is addressed by, and must have when it is read (Subresource Integrity). */
export function integrityOf(bytes: Uint8Array): string {
  return `${INTEGRITY_ALGORITHM}-${hash(INTEGRITY_ALGORITHM, bytes, 'base64')}`;
}
