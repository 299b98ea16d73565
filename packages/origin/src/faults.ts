import { PopletError } from '@poplet/policy';
import { z } from 'zod';
import { DIALECTS } from './dialect.ts';
import { type FaultRule, faultRuleSchema, type SimpleFault } from './fault-schema.ts';
import { compilePattern, type PathPattern } from './path-pattern.ts';

/** What the origin server does wrong on purpose: the first rule that matches a request counts. */
export interface Faults {
  /** The rules still in force, `times` counted down. */
  list(): readonly FaultRule[];
  /** Replaces the script. Throws PopletError `invalid-option` that names the place. */
  set(rules: unknown): void;
  clear(): void;
}

/** A fault to be done to a request. */
export interface DueFault {
  readonly fault: SimpleFault;
  readonly pattern: string;
}

interface ActiveRule {
  readonly rule: FaultRule;
  readonly pattern: PathPattern;
  timesLeft: number;
  /** Requests seen, for flapping. */
  seen: number;
}

export interface FaultTarget {
  readonly method: string;
  readonly pathname: string;
  readonly host: string;
}

export class FaultScript implements Faults {
  #active: ActiveRule[] = [];

  constructor(rules?: unknown) {
    if (rules !== undefined) this.set(rules);
  }

  list(): readonly FaultRule[] {
    return this.#active.map(({ rule, timesLeft }) =>
      rule.times === undefined ? rule : { ...rule, times: timesLeft },
    );
  }

  set(rules: unknown): void {
    const parsed = z.array(faultRuleSchema()).safeParse(rules);
    if (!parsed.success) throw unusable(parsed.error);
    this.#active = parsed.data.map((rule, index) => {
      const compiled = compilePattern(rule.pattern, DIALECTS.neutral);
      if (compiled.kind === 'malformed') {
        throw new PopletError('invalid-option', `faults[${index}].pattern: ${compiled.problem}`);
      }
      return { rule, pattern: compiled.pattern, timesLeft: rule.times ?? Infinity, seen: 0 };
    });
  }

  clear(): void {
    this.#active = [];
  }

  /** The fault due to this request; counts it as done. */
  take({ method, pathname, host }: FaultTarget): DueFault | null {
    for (const active of this.#active) {
      const { rule, pattern } = active;
      if (rule.methods?.includes(method) === false) continue;
      if (pattern.match(pathname, host) === null) continue;
      const fault = dueNow(active);
      if (fault === null) continue;
      active.timesLeft--;
      if (active.timesLeft === 0) this.#active = this.#active.filter((one) => one !== active);
      return { fault, pattern: rule.pattern };
    }
    return null;
  }
}

/** Null when it is a flapping rule's turn to let a request through. */
function dueNow(active: ActiveRule): SimpleFault | null {
  const { fault } = active.rule;
  if (fault.kind !== 'flap') return fault;
  const turn = active.seen++ % (fault.okCount + fault.failCount);
  return turn < fault.okCount ? null : fault.fault;
}

function unusable(error: z.ZodError): PopletError {
  const [issue] = error.issues;
  const place = (issue?.path ?? []).reduce<string>(
    (text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${String(key)}`),
    'faults',
  );
  return new PopletError('invalid-option', `${place}: ${issue?.message ?? 'not a fault script'}`, {
    hint: 'a fault is {"pattern": "/api/*", "fault": {"kind": "status", "status": 503}}',
    cause: error,
  });
}
