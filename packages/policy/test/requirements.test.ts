import { requirementProblems, unknownClauses } from '@poplet/conformance';
import { describe, expect, test } from 'vitest';

import { policyCases, policyRequirements } from '../cases/index.ts';

describe('the tables of requirements', () => {
  test('name, for each row, cases that cite its clause', () => {
    expect(requirementProblems(policyRequirements, policyCases)).toEqual([]);
  });

  test('know every clause of their specifications that a case cites', () => {
    const names = policyRequirements.map(({ specification }) => `${specification} §`);
    const cases = policyCases.map((found) => ({
      ...found,
      spec: found.spec.filter((clause) => names.some((name) => clause.startsWith(name))),
    }));
    expect(unknownClauses(policyRequirements, cases)).toEqual([]);
  });

  test('stand for one specification each', () => {
    const names = policyRequirements.map(({ specification }) => specification);
    expect(new Set(names).size).toBe(names.length);
  });
});
