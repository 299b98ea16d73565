import { IncomingFields } from './headers.ts';
import { reason, type Reason } from './reasons.ts';

/** The two addresses of one site: what the upstream calls itself, and what the viewer asked for. */
export interface OwnAddress {
  readonly upstreamOrigin: string;
  readonly viewerOrigin: string;
}

/**
 * A redirect to the upstream's own address would lead the viewer around the edge: such a Location, or
 * Content-Location, is turned to the viewer's. Anything else is left as it is.
 */
export function rewriteLocation(
  fields: IncomingFields,
  { upstreamOrigin, viewerOrigin }: OwnAddress,
): { readonly fields: IncomingFields; readonly reason: Reason | null } {
  let rewritten: string | null = null;
  const lines = fields.toLines().slice();
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] as string).toLowerCase();
    if (name !== 'location' && name !== 'content-location') continue;
    const value = lines[index + 1] as string;
    // RFC 3986 §4.2: a network-path reference takes the scheme of the answer it stands in.
    const url = URL.parse(value, value.startsWith('//') ? upstreamOrigin : undefined);
    if (url === null || url.origin !== upstreamOrigin || upstreamOrigin === viewerOrigin) continue;
    rewritten = viewerOrigin + url.href.slice(url.origin.length);
    lines[index + 1] = rewritten;
  }
  if (rewritten === null) return { fields, reason: null };
  return {
    fields: new IncomingFields(lines),
    reason: reason('location-rewritten', { location: rewritten }),
  };
}
