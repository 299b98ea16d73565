import { requirementProblems } from '@poplet/conformance';
import { describe, expect, test } from 'vitest';

import { policyCases, policyRequirements } from '../cases/index.ts';

describe('the tables of requirements', () => {
  test('name, for each row, cases that cite its clause', () => {
    expect(requirementProblems(policyRequirements, policyCases)).toEqual([]);
  });

  test('stand for one specification each', () => {
    const names = policyRequirements.map(({ specification }) => specification);
    expect(new Set(names).size).toBe(names.length);
  });
});
