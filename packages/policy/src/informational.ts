import type { PresentedRequest } from './contracts/request.ts';
import { hopByHopNames } from './fields/connection.ts';
import { IncomingFields, withoutFields, type FieldLines } from './headers.ts';

/** A 1xx other than 101 (RFC 9110 §15.2). */
export interface InformationalHead {
  readonly status: number;
  readonly lines: FieldLines;
}

/** RFC 9110 §15.2: a 1xx has no content, hence no framing. */
const FRAMING: readonly string[] = ['content-length', 'trailer'];

/** An interim response as this client is to get it (RFC 9110 §15.2, RFC 8297 §2); null when it is to get none. */
export function forwardedInformational(
  { receivedVersion }: Pick<PresentedRequest, 'receivedVersion'>,
  { status, lines }: InformationalHead,
): InformationalHead | null {
  // RFC 9110 §15.2: HTTP/1.0 did not define any.
  if (receivedVersion === '1.0') return null;
  const removed = new Set([...hopByHopNames(new IncomingFields(lines)), ...FRAMING]);
  return { status, lines: withoutFields(lines, removed) };
}
