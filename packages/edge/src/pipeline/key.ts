import { primaryKeyOf, type PresentedRequest } from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { Site } from '../site.ts';

/** The primary key, from the request and the policy alone. */
export function key(request: PresentedRequest, site: Site, edge: EdgeContext): string {
  return primaryKeyOf(request, site.policy, edge.deployment);
}
