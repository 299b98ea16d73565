import { z } from 'zod';

const MAX_PAUSE_MS = 600_000;

function createSchemas() {
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

  const ruleSchema = z.strictObject({
    pattern: z
      .string()
      .min(1)
      .describe('Path pattern, as in `_headers`: one "*", ":name" placeholders.'),
    methods: z.array(z.string().min(1)).min(1).optional().describe('Default: any method.'),
    times: z.int().min(1).optional().describe('How often the fault is done before the rule ends.'),
    fault: faultSchema,
  });
  return { simpleFaultSchema, faultSchema, ruleSchema };
}

type Schemas = ReturnType<typeof createSchemas>;

export type FaultRule = z.infer<Schemas['ruleSchema']>;
export type Fault = z.infer<Schemas['faultSchema']>;
/** A fault that can be done to one request. */
export type SimpleFault = z.infer<Schemas['simpleFaultSchema']>;

let schemas: Schemas | undefined;

/** One line of a fault script. Made when it is first asked for, which most folders never do: it takes longer than their first answer. */
export function faultRuleSchema(): Schemas['ruleSchema'] {
  schemas ??= createSchemas();
  return schemas.ruleSchema;
}

/** JSON schema (draft 7) of one rule, for admin APIs. */
export function faultRuleJsonSchema(): Record<string, unknown> {
  const schema: Record<string, unknown> = z.toJSONSchema(faultRuleSchema(), { target: 'draft-7' });
  // It becomes part of other schemas, where no dialect is declared.
  delete schema['$schema'];
  return schema;
}
