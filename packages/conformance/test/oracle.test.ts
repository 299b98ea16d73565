import { policyCases } from '@poplet/policy/cases';
import { describe, expect, test } from 'vitest';

import { EXCUSES } from '../src/excuses.ts';
import { compare } from '../src/oracle.ts';
import { DISAGREEMENTS } from './disagreements.ts';
import { EXCUSED_SHARE_AT_MOST, oracleAgreement } from './oracle-agreement.ts';

/** 100,000 in `npm test`, more in `npm run verify oracle-agreement`. */
const COUNT = Number(process.env['POPLET_ORACLE_COUNT'] ?? 2000);
const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe('http-cache-semantics as an oracle', () => {
  test(
    `agrees on ${COUNT} random exchanges, or is excused by a clause (seed ${SEED})`,
    {
      timeout: 60_000 + COUNT,
    },
    () => {
      const { verdicts, excused, excusedShare } = oracleAgreement(COUNT, SEED);
      console.log(
        `oracle: seed ${SEED}, ${COUNT} exchanges`,
        verdicts,
        `${(100 * excusedShare).toFixed(1)} % excused`,
        excused,
      );
      expect(excusedShare).toBeLessThan(EXCUSED_SHARE_AT_MOST);
    },
  );

  test.each(DISAGREEMENTS)('disagreed once: $excuse', ({ excuse, ours, theirs, exchange }) => {
    expect(compare(exchange)).toEqual({ excuse, ours, theirs, danger: undefined });
  });

  test('every excuse has an exchange that needs it', () => {
    const needed = new Set(DISAGREEMENTS.map(({ excuse }) => excuse));
    expect(EXCUSES.map(({ id }) => id).filter((id) => !needed.has(id))).toEqual([]);
  });

  test('every excuse names cases that fix the behaviour', () => {
    const ids = new Set(policyCases.map(({ id }) => id));
    expect(EXCUSES.flatMap(({ cases }) => cases).filter((id) => !ids.has(id))).toEqual([]);
  });
});
