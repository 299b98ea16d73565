import { PopletError } from '@poplet/policy';
import { z } from 'zod';
import { DIALECTS } from './dialect.ts';
import { compilePattern, type PathPattern } from './path-pattern.ts';

const MAX_PAUSE_MS = 600_000;

const bytes = z.int().min(0);
const simpleFaults = [
  z
    .strictObject({
      kind: z.literal('delay'),
      ms: z.number().min(0).max(MAX_PAUSE_MS).describe('Real milliseconds before the head.'),
    })
    .describe('The answer comes late.'),
  z
    .strictObject({
      kind: z.literal('status'),
      status: z.int().min(200).max(599),
      headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/u), z.string()).optional(),
      body: z.string().optional(),
    })
    .describe(
      'Another answer in place of the file. Without `headers` it says nothing about caching.',
    ),
  z
    .strictObject({
      kind: z.literal('reset'),
      afterBytes: bytes
        .optional()
        .describe('Bytes of the body sent before; absent: no head either.'),
    })
    .describe('The connection is reset.'),
  z
    .strictObject({ kind: z.literal('truncate'), afterBytes: bytes })
    .describe(
      'The connection is closed in good order, before as many bytes as Content-Length says.',
    ),
  z
    .strictObject({
      kind: z.literal('slow'),
      bytesPerSecond: z.number().min(1),
    })
    .describe('The body trickles.'),
] as const;

const simpleFaultSchema = z.discriminatedUnion('kind', simpleFaults);

const faultSchema = z.discriminatedUnion('kind', [
  ...simpleFaults,
  z
    .strictObject({
      kind: z.literal('flap'),
      okCount: z.int().min(0).describe('Requests answered as usual.'),
      failCount: z.int().min(1).describe('Requests then done `fault` to, and so on in turn.'),
      fault: simpleFaultSchema,
    })
    .describe('Well and ill by turns.'),
]);

/** One line of a fault script. */
export const faultRuleSchema = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .describe('Path pattern, as in `_headers`: one "*", ":name" placeholders.'),
  methods: z.array(z.string().min(1)).min(1).optional().describe('Default: any method.'),
  times: z.int().min(1).optional().describe('How often the fault is done before the rule ends.'),
  fault: faultSchema,
});

export type FaultRule = z.infer<typeof faultRuleSchema>;
export type Fault = z.infer<typeof faultSchema>;
/** A fault that can be done to one request. */
export type SimpleFault = z.infer<typeof simpleFaultSchema>;

/** JSON schema (draft 7) of one rule, for admin APIs. */
export function faultRuleJsonSchema(): Record<string, unknown> {
  const schema: Record<string, unknown> = z.toJSONSchema(faultRuleSchema, { target: 'draft-7' });
  // It becomes part of other schemas, where no dialect is declared.
  delete schema['$schema'];
  return schema;
}

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

  constructor(rules: unknown = []) {
    this.set(rules);
  }

  list(): readonly FaultRule[] {
    return this.#active.map(({ rule, timesLeft }) =>
      rule.times === undefined ? rule : { ...rule, times: timesLeft },
    );
  }

  set(rules: unknown): void {
    const parsed = z.array(faultRuleSchema).safeParse(rules);
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
