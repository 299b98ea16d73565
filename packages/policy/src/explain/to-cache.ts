import type { Reason, ReasonCode } from '../reasons.ts';
import type { Draft } from './draft.ts';
import { isReached } from './goals.ts';
import { asGet } from './other-requests.ts';
import { decideAgain, decideOther, rehearse, type Rehearsal } from './rehearsal.ts';
import { REMEDIES, type Audience } from './remedies.ts';

/** More obstacles than any exchange has. */
const MAX_ROUNDS = 24;

/** A draft under which the later request is a hit, or the obstacle that nothing helps against. */
export type WayToCache =
  | { readonly kind: 'found'; readonly draft: Draft }
  | { readonly kind: 'none'; readonly obstacle: Reason };

export interface Journey {
  /** Whether the same request is to be a hit, or a GET of its URL. */
  readonly goal: 'cached' | 'answers-get';
  readonly audience: Audience;
  /** The exchange as it is. */
  readonly before: Rehearsal;
}

/**
 * Takes obstacle after obstacle out of the way, rehearsing after each, until the later request is a
 * hit; then leaves out what turned out not to be needed.
 */
export function wayToCache(start: Draft, { goal, audience, before }: Journey): WayToCache {
  let draft = start;
  let rehearsal = start.isEmpty ? before : rehearse(start.scene);
  for (let round = 0; ; round++) {
    if (isReached(goal, rehearsal, before)) {
      const isKept = (scene: Draft['scene']): boolean => isReached(goal, rehearse(scene), before);
      return { kind: 'found', draft: draft.minimal(isKept) };
    }
    const obstacles = obstaclesOf(rehearsal, goal);
    const current = draft;
    const remedied = obstacles
      .map((obstacle) => REMEDIES[obstacle.code]?.(current, obstacle, audience))
      .find((one) => one !== undefined && hasChanged(one, current));
    if (remedied === undefined || round === MAX_ROUNDS) {
      const obstacle = obstacles.findLast(({ code }) => !CONSEQUENCES.has(code));
      return { kind: 'none', obstacle: obstacle as Reason };
    }
    draft = remedied;
    rehearsal = rehearse(draft.scene);
  }
}

function hasChanged(one: Draft, other: Draft): boolean {
  return JSON.stringify(one.patches) !== JSON.stringify(other.patches);
}

/** What is done about an obstacle is none itself. */
const CONSEQUENCES: ReadonlySet<ReasonCode> = new Set(['asks-for-missing', 'not-collapsible']);

/** The reasons that may speak against a hit, in the order in which they were found. */
function obstaclesOf(rehearsal: Rehearsal, goal: Journey['goal']): readonly Reason[] {
  const { scene, decision, settlement, candidate } = rehearsal;
  if (settlement === undefined) return decision.reasons;
  if (candidate === undefined) return [...decision.reasons, ...settlement.reasons];
  const later = goal === 'cached' ? decideAgain(rehearsal) : decideOther(rehearsal, asGet(scene));
  return [...settlement.reasons, ...later.reasons];
}
