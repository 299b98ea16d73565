import type {
  CompleteDecision,
  Decision,
  FetchDecision,
  PassDecision,
  RevalidateDecision,
} from './contracts/decision.ts';

/** The decisions that lead to the upstream. */
export type AskingDecision = RevalidateDecision | CompleteDecision | FetchDecision | PassDecision;

/** How often a settlement may send one request back to the upstream. */
export const MAX_RESUMES = 2;

/** Whether a decision leads to the upstream. */
export function isAsking(decision: Decision): decision is AskingDecision {
  const { kind } = decision;
  return kind === 'fetch' || kind === 'revalidate' || kind === 'complete' || kind === 'pass';
}
