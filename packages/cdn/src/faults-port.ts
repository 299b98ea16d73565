import type { FaultsPort } from '@poplet/edge';
import { faultRuleJsonSchema, type Origin } from '@poplet/origin';

/** One fault script for all folders that are served; undefined where there are none. */
export function faultsPortOf(origins: ReadonlyMap<string, Origin>): FaultsPort | undefined {
  const scripts = [...origins.values()].map(({ faults }) => faults);
  const [first] = scripts;
  if (first === undefined) return undefined;
  return {
    // Made when somebody asks: it takes longer than all else here.
    get schema() {
      return faultRuleJsonSchema();
    },
    list: () => first.list(),
    set: (rules) => {
      for (const script of scripts) script.set(rules);
    },
    clear: () => {
      for (const script of scripts) script.clear();
    },
  };
}
