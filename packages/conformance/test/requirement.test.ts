import { describe, expect, test } from 'vitest';

import { defineRequirements, requirementProblems, unknownClauses } from '../src/index.ts';
import type { Case, Requirement } from '../src/index.ts';

const ROW: Requirement = {
  clause: 'RFC 1 §2.1',
  level: 'MUST',
  requirement: 'Do it.',
  cases: ['does-it'],
  does: 'It.',
};
const CASE: Case = {
  id: 'does-it',
  title: 'It is done',
  kind: 'required',
  spec: ['RFC 1 §2.1'],
  steps: [],
};

function table(...requirements: readonly Requirement[]) {
  return defineRequirements('RFC 1', requirements, {
    title: 'One',
    leftOut: [{ clause: 'RFC 1 §9', why: 'binds nobody' }],
  });
}

describe('defineRequirements', () => {
  test('puts the rows into the order of the sections, and leaves those of one section as they are', () => {
    const clauses = ['RFC 1 §10', 'RFC 1 §2', 'RFC 1 §2.10', 'RFC 1 §2.9'];
    const rows = clauses.map((clause) => ({ ...ROW, clause }));
    const { requirements } = table(...rows, { ...ROW, clause: 'RFC 1 §2', level: 'MAY' });
    expect(requirements.map(({ clause, level }) => `${clause} ${level}`)).toEqual([
      'RFC 1 §2 MUST',
      'RFC 1 §2 MAY',
      'RFC 1 §2.9 MUST',
      'RFC 1 §2.10 MUST',
      'RFC 1 §10 MUST',
    ]);
  });

  test.each(['RFC 1 §2', 'RFC 1 §10.2.1', 'RFC 1 §B.2', 'RFC 1 §Field Definition'])(
    'takes the clause %s',
    (clause) => {
      expect(table({ ...ROW, clause }).requirements[0]?.clause).toBe(clause);
    },
  );

  test.each(['RFC 2 §2', 'RFC 1', 'RFC 1 §', 'RFC 1 § 2', 'RFC 1 §2.', 'RFC 1 §2, para 3'])(
    'refuses the clause %s',
    (clause) => {
      expect(() => table({ ...ROW, clause })).toThrow(`'${clause}' is no clause of RFC 1`);
    },
  );
});

describe('requirementProblems', () => {
  test.each([
    ['the clause', 'RFC 1 §2.1'],
    ['a part of it', 'RFC 1 §2.1.3'],
    ['the section it is part of', 'RFC 1 §2'],
  ])('accepts a case that cites %s', (_, clause) => {
    const cases = [{ ...CASE, spec: ['RFC 3 §1', clause] }];
    expect(requirementProblems([table(ROW)], cases)).toEqual([]);
  });

  test.each(['RFC 1 §2.10', 'RFC 1 §2.2', 'RFC 1 §1', 'RFC 2 §2.1'])(
    'refuses a case that cites %s only',
    (clause) => {
      expect(requirementProblems([table(ROW)], [{ ...CASE, spec: [clause] }])).toEqual([
        `RFC 1 §2.1 MUST 'Do it.': does-it cites ${clause}`,
      ]);
    },
  );

  test.each<[string, readonly Requirement[], string]>([
    ['a row without cases', [{ ...ROW, cases: [] }], 'has no case'],
    ['an unknown case', [{ ...ROW, cases: ['does-it', 'dont'] }], 'dont is no case'],
    ['a case named twice', [{ ...ROW, cases: ['does-it', 'does-it'] }], 'names a case twice'],
    ['a row that stands twice', [ROW, { ...ROW, does: 'Otherwise.' }], 'stands twice'],
  ])('finds %s', (_, rows, problem) => {
    const problems = requirementProblems([table(...rows)], [CASE]);
    expect(problems).toEqual([`RFC 1 §2.1 MUST 'Do it.': ${problem}`]);
  });
});

describe('unknownClauses', () => {
  test('finds what cases cite and no table knows', () => {
    const spec = ['RFC 1 §2.1', 'RFC 1 §9', 'Poplet', 'RFC 1 §2', 'RFC 2 §2.1'];
    expect(unknownClauses([table(ROW)], [{ ...CASE, spec }])).toEqual([
      'does-it: cites RFC 1 §2, which no table knows',
      'does-it: cites RFC 2 §2.1, which no table knows',
    ]);
  });
});
