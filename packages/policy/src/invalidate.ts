import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamResponse } from './contracts/settlement.ts';
import { absoluteUriOf } from './key.ts';
import { isUnsafe } from './request-kind.ts';

/**
 * RFC 9111 §4.4: the URIs whose stored responses a non-error answer to an unsafe method makes
 * invalid: the target, and Location and Content-Location where they are of the same origin.
 */
export function invalidatedUris(
  request: PresentedRequest,
  response: UpstreamResponse,
): readonly string[] {
  if (!isUnsafe(request.method) || response.status < 200 || response.status >= 400) return [];
  const target = absoluteUriOf(request);
  const uris = new Set([target]);
  for (const name of ['location', 'content-location']) {
    const reference = response.fields.get(name);
    const uri = reference === undefined ? null : URL.parse(reference, target);
    // A different origin is never touched: that would be a way to deny service.
    if (uri !== null && uri.origin === URL.parse(target)?.origin) {
      uri.hash = '';
      uris.add(uri.href);
    }
  }
  return [...uris];
}
