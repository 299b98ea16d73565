import { describe, expect, it } from 'vitest';

import type { EquivalentMutant } from '../mutation/equivalent-mutants.ts';
import {
  judge,
  mutationScore,
  noticedBy,
  sharpnessOf,
  type MutationReport,
} from '../mutation/report.ts';

const SOURCE = `const LIMIT = 5;

export function isSmall(value: number): boolean {
  return value < LIMIT;
}

class Reader {
  #at = 0;

  next(): number {
    return (
      this.#at + 1
    );
  }
}
`;

function at(startLine: number, startColumn: number, endLine: number, endColumn: number) {
  return {
    start: { line: startLine, column: startColumn },
    end: { line: endLine, column: endColumn },
  };
}

const REPORT: MutationReport = {
  files: {
    'src/small.ts': {
      source: SOURCE,
      mutants: [
        {
          mutatorName: 'EqualityOperator',
          replacement: 'value <= LIMIT',
          status: 'Survived',
          location: at(4, 10, 4, 23),
        },
        {
          mutatorName: 'ConditionalExpression',
          replacement: 'true',
          status: 'Killed',
          location: at(4, 10, 4, 23),
          killedBy: ['7', '8'],
        },
        {
          mutatorName: 'ArithmeticOperator',
          replacement: '(\n this.#at - 1)',
          status: 'NoCoverage',
          location: at(11, 12, 13, 6),
        },
        {
          mutatorName: 'BlockStatement',
          replacement: '{}',
          status: 'Timeout',
          location: at(10, 18, 14, 4),
        },
        {
          mutatorName: 'BlockStatement',
          replacement: '{}',
          status: 'CompileError',
          location: at(10, 18, 14, 4),
        },
      ],
    },
  },
  testFiles: {
    'test/cases-pure.test.ts': {
      tests: [
        { id: '7', name: 'age-zero-1' },
        { id: '8', name: 'age-zero-2' },
        { id: '9', name: 'idle' },
      ],
    },
  },
};

const PROOF: EquivalentMutant = {
  file: 'small.ts',
  within: 'isSmall',
  code: 'value < LIMIT',
  replacement: 'value <= LIMIT',
  proof: 'said in a test',
};

describe('the mutation report', () => {
  it('counts what ran, and says where each survivor stands', () => {
    expect(mutationScore(REPORT)).toEqual({
      mutants: 4,
      killed: 2,
      survivors: [
        {
          file: 'small.ts',
          line: 4,
          within: 'isSmall',
          code: 'value < LIMIT',
          replacement: 'value <= LIMIT',
          mutator: 'EqualityOperator',
        },
        {
          file: 'small.ts',
          line: 11,
          within: 'Reader.next',
          code: '( this.#at + 1 )',
          replacement: '( this.#at - 1)',
          mutator: 'ArithmeticOperator',
        },
      ],
    });
  });

  it('takes a proof for one mutant of its place, whatever line it stands on', () => {
    const { unproven, stale, proven } = judge(REPORT, [PROOF]);
    expect(unproven.map(({ within }) => within)).toEqual(['Reader.next']);
    expect([stale, proven]).toEqual([[], 1]);
  });

  it('reports a proof of what is noticed, or of more than there is', () => {
    const other = { ...PROOF, replacement: 'true' };
    expect(judge(REPORT, [PROOF, other]).stale).toEqual([other]);
    const twice = { ...PROOF, times: 2 };
    expect(judge(REPORT, [twice]).stale).toEqual([twice]);
    const elsewhere = { ...PROOF, file: 'other.ts' };
    expect(judge(REPORT, [PROOF, elsewhere]).stale).toEqual([]);
  });

  it('proves nothing of the same code in another function', () => {
    const { unproven, stale } = judge(REPORT, [{ ...PROOF, within: 'isLarge' }]);
    expect(unproven).toHaveLength(2);
    expect(stale).toHaveLength(1);
  });

  it('counts the mutants that these noticed', () => {
    expect(noticedBy(REPORT, new Set(['age-zero-1']))).toBe(1);
    expect(noticedBy(REPORT, new Set(['age-one']))).toBe(0);
  });

  it('says how few of these noticed the same', () => {
    const all = new Set(['age-zero-1', 'age-zero-2', 'age-one']);
    expect([...sharpnessOf(REPORT, all)]).toEqual([
      ['age-zero-1', 2],
      ['age-zero-2', 2],
    ]);
    expect([...sharpnessOf(REPORT, new Set(['age-zero-2']))]).toEqual([['age-zero-2', 1]]);
  });
});
