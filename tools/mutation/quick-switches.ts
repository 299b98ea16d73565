// Rewrites the switches that Stryker's instrumenter puts before every mutant. As written, each counts that it
// was reached, and which test did that, even when nobody asks: two thirds of the time of a run of all mutants.

import type { Switchboard } from './thread.ts';

/** The last lines of the functions that stand at the head of each file. */
const HEAD_END = '  return isActive(id);\n}\n';

/** What reaches a switch is not counted; whether its mutant is the active one is a comparison of two numbers. */
export function withQuickSwitches(source: string): string {
  const headEnd = source.indexOf(HEAD_END);
  if (headEnd === -1) throw new Error('Stryker writes the head of mutated files in another way');
  const body = source
    .slice(headEnd + HEAD_END.length)
    .replaceAll(/stryCov_9fa48\([^)]*\)/gu, '0')
    .replaceAll(
      /stryMutAct_9fa48\("(?<id>\d+)"\)/gu,
      '(stryker.activeMutant === $<id> && stryker.reach())',
    );
  if (body.includes('_9fa48(')) throw new Error('Stryker writes its switches in another way');
  return `const stryker = globalThis.__stryker__;\n${body}`;
}

/** Whether it is a file that Stryker has put mutants into. */
export function isMutated(source: string): boolean {
  return source.includes('function stryMutAct_9fa48(');
}

/** What an active mutant calls: throws when it looks like a loop without an end. */
export function reach(switchboard: Pick<Switchboard, 'hitCount' | 'hitLimit'>): true {
  switchboard.hitCount += 1;
  if (switchboard.hitCount > (switchboard.hitLimit ?? Infinity))
    throw new Error(`reached ${switchboard.hitCount} times`);
  return true;
}
