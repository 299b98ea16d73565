import type { Purge, PurgePort } from '@poplet/policy';
import type { AdminContext } from './admin-context.ts';

/** Purges, and tells of it whoever watches the admin API. Rejects where the store is away: it holds here then. */
export async function carryOut(
  { edge, onPurge }: AdminContext,
  purges: readonly Purge[],
): ReturnType<PurgePort['purge']> {
  const purged = await edge.purge(purges);
  onPurge?.(purges, purged.sequence);
  return purged;
}
