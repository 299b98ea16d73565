import type { Case } from '@poplet/conformance';

import type { Vendor } from '../src/index.ts';

/** What has to be shown. */
const SURE: ReadonlySet<string> = new Set(['doc', 'run', 'meas']);

/** In what facts and cases do not fit one another, one line each. */
export function factProblems(
  vendors: readonly Pick<Vendor, 'name' | 'facts'>[],
  cases: readonly Case[],
): string[] {
  const problems: string[] = [];
  const caseById = new Map(cases.map((found) => [found.id, found]));
  const casesOfFact = new Map<string, readonly string[]>();
  for (const { name, facts } of vendors) {
    for (const { id, evidence, caseIds, withoutCase } of facts) {
      if (casesOfFact.has(id)) problems.push(`${id}: twice`);
      casesOfFact.set(id, caseIds);
      if (!id.startsWith(`${name}-`)) problems.push(`${id}: does not begin with ${name}-`);
      if (caseIds.length === 0 && withoutCase === undefined && SURE.has(evidence))
        problems.push(`${id}: ${evidence}, and no case shows it`);
      if (caseIds.length > 0 && withoutCase !== undefined)
        problems.push(`${id}: has cases, and says why it has none`);
      for (const caseId of caseIds) {
        const found = caseById.get(caseId);
        if (found === undefined) problems.push(`${id}: names ${caseId}, which is no case`);
        else if (!found.spec.includes(id))
          problems.push(`${id}: names ${caseId}, which does not show it`);
      }
    }
  }
  for (const { id, spec } of cases) {
    for (const factId of spec) {
      const named = casesOfFact.get(factId);
      if (named === undefined) problems.push(`${id}: shows ${factId}, which is no fact`);
      else if (!named.includes(id)) problems.push(`${id}: shows ${factId}, which does not name it`);
    }
  }
  return problems;
}
