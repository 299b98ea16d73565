import type { ExchangeFacts } from './contracts/own-fields.ts';
import type { Outcome } from './contracts/outcome.ts';
import type { Policy } from './contracts/policy.ts';
import type { ResponsePlan } from './contracts/response-plan.ts';
import { withoutFields } from './headers.ts';

/** Whether an answer came from the store without waiting for the upstream, or in spite of it. */
export function isServedAtOnce(outcome: Outcome): boolean {
  return outcome === 'hit' || outcome === 'updating' || outcome === 'stale';
}

/**
 * The plan with what this cache says of the exchange beside Cache-Status; lines of the same name, and of
 * those that it replaces, go. The same plan where the policy says nothing.
 */
export function withOwnFields(
  plan: ResponsePlan,
  factsOf: () => ExchangeFacts,
  { downstream: { ownFields } }: Policy,
): ResponsePlan {
  if (ownFields === null) return plan;
  const own = ownFields.linesOf(factsOf(), plan);
  const names = new Set<string>(ownFields.replaces);
  for (let index = 0; index < own.length; index += 2)
    names.add((own[index] as string).toLowerCase());
  return { ...plan, lines: [...withoutFields(plan.lines, names), ...own] };
}
