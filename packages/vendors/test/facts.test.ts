import { describe, expect, test } from 'vitest';

import { vendorCases } from '../cases/index.ts';
import { VENDORS } from '../src/index.ts';
import { factProblems } from './fact-problems.ts';

test('facts and cases name one another, and what is documented, run or measured has a case', () => {
  expect(factProblems(VENDORS, vendorCases)).toEqual([]);
});

describe('the check of facts', () => {
  const fact = {
    id: 'x-one',
    claim: 'One.',
    evidence: 'doc',
    source: 'a page',
    caseIds: ['x-case'],
  } as const;
  const found = { id: 'x-case', title: '', kind: 'check', spec: ['x-one'], steps: [] } as const;
  const problems = (facts: readonly object[], cases: readonly object[]): readonly string[] =>
    factProblems([{ name: 'x', facts: facts as never }], cases as never);

  test('is content with a fact and its case', () => {
    expect(problems([fact], [found])).toEqual([]);
  });

  test.each([
    ['a documented fact without a case', [{ ...fact, caseIds: [] }], [], /x-one: doc, and no case/],
    ['a case without a fact', [], [found], /x-case: shows x-one, which is no fact/],
    ['a fact that names no case', [fact], [], /x-one: names x-case, which is no case/],
    [
      'a case that does not name the fact back',
      [fact, { ...fact, id: 'x-two', caseIds: ['x-case'] }],
      [found],
      /x-two: names x-case, which does not show it/,
    ],
    [
      'a fact that does not name the case back',
      [fact, { ...fact, id: 'x-two', evidence: 'mem', caseIds: [] }],
      [{ ...found, spec: ['x-one', 'x-two'] }],
      /x-case: shows x-two, which does not name it/,
    ],
    ['an id twice', [fact, fact], [found], /x-one: twice/],
    ['another vendor’s id', [{ ...fact, id: 'y-one' }], [], /y-one: does not begin with x-/],
  ])('finds %s', (_, facts, cases, expected) => {
    expect(problems(facts, cases).join('\n')).toMatch(expected);
  });

  test('takes a fact that says why it has none', () => {
    const withoutCase = { kind: 'not-emulated', because: 'of this' };
    expect(problems([{ ...fact, caseIds: [], withoutCase }], [])).toEqual([]);
  });
});
