import type { Reason } from '../reasons.ts';
import { Draft } from './draft.ts';
import { isReached } from './goals.ts';
import { decideAgain, rehearse, type Rehearsal } from './rehearsal.ts';
import { REMEDIES, type Audience } from './remedies.ts';

/** More obstacles than any exchange has. */
const MAX_ROUNDS = 24;

/** A draft under which the same request is a hit, or the obstacle that nothing helps against. */
export type WayToCache =
  | { readonly kind: 'found'; readonly draft: Draft }
  | { readonly kind: 'none'; readonly obstacle: Reason };

/**
 * Takes obstacle after obstacle out of the way, rehearsing after each, until the second request is a
 * hit; then leaves out what turned out not to be needed.
 */
export function wayToCache(before: Rehearsal, audience: Audience): WayToCache {
  let draft = Draft.of(before.scene);
  let rehearsal = before;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (isReached('cached', rehearsal, before))
      return { kind: 'found', draft: minimal(draft, before) };
    const obstacles = obstaclesOf(rehearsal);
    const remedied = obstacles
      .map((obstacle) => REMEDIES[obstacle.code]?.(draft, obstacle, audience))
      .find((one) => one !== undefined && hasChanged(one, draft));
    if (remedied === undefined) return { kind: 'none', obstacle: obstacles.at(-1) as Reason };
    draft = remedied;
    rehearsal = rehearse(draft.scene);
  }
  return { kind: 'none', obstacle: obstaclesOf(rehearsal).at(-1) as Reason };
}

function minimal(draft: Draft, before: Rehearsal): Draft {
  return draft.minimal((scene) => isReached('cached', rehearse(scene), before));
}

function hasChanged(one: Draft, other: Draft): boolean {
  return JSON.stringify(one.patches) !== JSON.stringify(other.patches);
}

/** The reasons that may speak against a hit, in the order in which they were found. */
function obstaclesOf(rehearsal: Rehearsal): readonly Reason[] {
  const { decision, settlement, candidate } = rehearsal;
  if (settlement === undefined) return decision.reasons;
  if (candidate === undefined) return [...decision.reasons, ...settlement.reasons];
  return [...settlement.reasons, ...decideAgain(rehearsal).reasons];
}
