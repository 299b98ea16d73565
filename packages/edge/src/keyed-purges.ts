import { IncomingFields, splitSearch, type Purge } from '@poplet/policy';

import { requestFor, targetOf } from './asked-request.ts';
import type { EdgeContext } from './edge-context.ts';

/**
 * Purges as the store is told of them. It compares URLs with keys, and knows no policy: where the query is no part
 * of the key, what is stored for a URL stands under the URL without it.
 */
export function keyedPurges(purges: readonly Purge[], edge: EdgeContext): readonly Purge[] {
  return purges.flatMap((purge) => [purge, ...withoutQueries(purge, edge)]);
}

function withoutQueries({ selector, soft, siteId }: Purge, edge: EdgeContext): readonly Purge[] {
  const text =
    selector.kind === 'url' ? selector.url : selector.kind === 'prefix' ? selector.prefix : '';
  const url = text.includes('?') ? URL.parse(text) : null;
  const site = url === null ? undefined : edge.sites.forAuthority(url.host);
  if (url === null || site === undefined || site.id !== (siteId ?? site.id)) return [];
  const request = requestFor(site.id, {
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    authority: url.host,
    target: targetOf(text, url),
    fields: edge.withDefaults(new IncomingFields(['Host', url.host])),
  });
  return site.policyFor(request).key.query === 'none'
    ? [{ selector: { kind: 'url', url: splitSearch(text).path }, soft, siteId: site.id }]
    : [];
}
