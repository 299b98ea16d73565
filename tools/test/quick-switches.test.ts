import { expect, it } from 'vitest';
import { isMutated, reach, withQuickSwitches } from '../mutation/quick-switches.ts';

const HEAD = `function stryMutAct_9fa48(id) {
  stryMutAct_9fa48 = isActive;
  return isActive(id);
}
`;
const BODY =
  'export const f = () => stryMutAct_9fa48("7") ? false : (stryCov_9fa48("7", "8"), true);\n';

it('turns the switches of Stryker into comparisons of numbers', () => {
  expect(isMutated(HEAD + BODY)).toBe(true);
  expect(isMutated(BODY)).toBe(false);
  expect(withQuickSwitches(HEAD + BODY)).toBe(
    `const stryker = globalThis.__stryker__;
export const f = () => (stryker.activeMutant === 7 && stryker.reach()) ? false : (0, true);
`,
  );
});

it('refuses what it does not know', () => {
  expect(() => withQuickSwitches(BODY)).toThrow('another way');
  expect(() => withQuickSwitches(HEAD + BODY.replace('"7"', "'7'"))).toThrow('another way');
});

it('stops what is reached too often', () => {
  const switchboard = { hitCount: 0, hitLimit: 2 };
  expect(reach(switchboard)).toBe(true);
  expect(reach(switchboard)).toBe(true);
  expect(() => reach(switchboard)).toThrow('reached 3 times');
});
