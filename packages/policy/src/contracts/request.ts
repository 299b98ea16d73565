import type { IncomingFields } from '../headers.ts';

/** One request as the edge received it: frozen, and already assigned to a site. */
export interface PresentedRequest {
  readonly siteId: string;
  /** As sent; methods are case-sensitive (RFC 9110 §9.1). */
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** `host[:port]`, lower case, the scheme's default port removed. */
  readonly authority: string;
  /** Path and query in origin form, as sent: `/a/b?c=d`. `*` for `OPTIONS *`. */
  readonly target: string;
  /** 32 hexadecimal digits, made for this exchange; absent where the policy names it to nobody. */
  readonly id?: string;
  /** HTTP version of the message that was received. Absent: `1.1`. */
  readonly receivedVersion?: '1.0' | '1.1' | '2';
  readonly fields: IncomingFields;
  /** True when content follows the head (Content-Length above 0, or Transfer-Encoding; in HTTP/2: no END_STREAM). */
  readonly hasContent: boolean;
  /** Address of the client, for X-Forwarded-For and Forwarded; undefined where unknown. */
  readonly clientAddress: string | undefined;
}

/** A request without the one who sends it. */
export type RequestOfAnyone = Omit<PresentedRequest, 'clientAddress'>;
