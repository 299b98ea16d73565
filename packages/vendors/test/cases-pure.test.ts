import { runPure, runsOn } from '@poplet/conformance';
import { describe, expect, test } from 'vitest';

import { vendorCases } from '../cases/index.ts';
import { policies } from './policies.ts';

describe('cases of the vendors, against the pure functions', () => {
  for (const found of vendorCases.filter((one) => runsOn('pure', one))) {
    test(`${found.id}: ${found.title}`, () => {
      expect(runPure(found, policies)).toEqual([]);
    });
  }
});
