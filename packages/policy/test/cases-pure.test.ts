import { runPure, runsOn } from '@poplet/conformance';
import { describe, expect, test } from 'vitest';

import { policyCases } from '../cases/index.ts';

const failed = new Set<string>();

describe('cases, against the pure functions', () => {
  for (const found of policyCases.filter((one) => runsOn('pure', one))) {
    test(`${found.id}: ${found.title}`, () => {
      const broken = (found.dependsOn ?? []).filter((id) => failed.has(id));
      const problems = runPure(found);
      if (problems.length > 0) failed.add(found.id);
      const cause = broken.length > 0 ? [`dependency failed: ${broken.join(', ')}`] : [];
      expect(problems.length === 0 ? [] : [...cause, ...problems]).toEqual([]);
    });
  }
});
