import { expect, it } from 'vitest';
import { startAdmin } from './start-admin.ts';

/** What stands in the design, §5. */
const OPERATIONS = [
  'GET /poplet/v1/clock',
  'POST /poplet/v1/clock',
  'POST /poplet/v1/deploy',
  'GET /poplet/v1/entries',
  'POST /poplet/v1/explain',
  'GET /poplet/v1/faults',
  'POST /poplet/v1/faults',
  'DELETE /poplet/v1/faults',
  'GET /poplet/v1/health',
  'GET /poplet/v1/journal',
  'GET /poplet/v1/journal/stream',
  'GET /poplet/v1/metrics',
  'GET /poplet/v1/openapi.json',
  'POST /poplet/v1/purge',
  'GET /poplet/v1/stats',
];

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly name: string;
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly required: boolean; readonly content: Json };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Json }>
  >;
}

async function readDocument() {
  const { get } = await startAdmin();
  const { status, body } = await get('openapi.json');
  expect(status).toBe(200);
  const operations: Operation[] = Object.entries(body.paths as Record<string, Json>).flatMap(
    ([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        ...(operation as Operation),
        name: `${method.toUpperCase()} ${path}`,
      })),
  );
  return { document: body, operations };
}

it('is OpenAPI 3.1 with a title and a version', async () => {
  const { document } = await readDocument();
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Poplet admin API', version: expect.stringMatching(/^\d+\.\d+\.\d+/u) },
  });
});

it('has every route, and each route it has is there', async () => {
  const { operations } = await readDocument();
  expect(operations.map(({ name }) => name).toSorted()).toEqual(OPERATIONS.toSorted());
  const { url } = await startAdmin();
  for (const name of OPERATIONS) {
    const [method, path] = name.split(' ') as [string, string];
    const response = await fetch(url + path, { method });
    expect([name, [404, 405].includes(response.status)]).toEqual([name, false]);
    await response.body?.cancel();
  }
});

it('describes each operation completely', async () => {
  const { document, operations } = await readDocument();
  const tags = document.tags.map(({ name }: { name: string }) => name);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(OPERATIONS.length);
  for (const operation of operations) {
    expect(operation).toMatchObject({
      operationId: expect.stringMatching(/^[a-z]\w+$/u),
      summary: expect.stringMatching(/./u),
      tags: [expect.toBeOneOf(tags)],
      responses: {
        200: { description: expect.stringMatching(/./u) },
        default: {
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      },
    });
    for (const { content } of Object.values(operation.responses)) {
      for (const media of Object.values(content)) expect(media).toHaveProperty('schema');
    }
  }
});

it('has closed, required bodies and named parameters', async () => {
  const { operations } = await readDocument();
  const bodies = Object.fromEntries(
    operations
      .filter(({ requestBody }) => requestBody !== undefined)
      .map(({ name, requestBody }) => [name, requestBody]),
  );
  expect(Object.keys(bodies).toSorted()).toEqual([
    'POST /poplet/v1/clock',
    'POST /poplet/v1/explain',
    'POST /poplet/v1/faults',
    'POST /poplet/v1/purge',
  ]);
  for (const body of Object.values(bodies)) {
    expect(body).toMatchObject({
      content: { 'application/json': { schema: { type: 'object', additionalProperties: false } } },
    });
    expect(Object.keys((body as { content: Json }).content)).toEqual(['application/json']);
  }
  const parameters = operations.flatMap(({ name, parameters: of = [] }) =>
    of.map((parameter) => `${name} ${String(parameter['in'])} ${String(parameter['name'])}`),
  );
  expect(parameters.toSorted()).toEqual([
    'GET /poplet/v1/entries query limit',
    'GET /poplet/v1/entries query prefix',
    'GET /poplet/v1/journal query limit',
    'GET /poplet/v1/journal query outcome',
    'GET /poplet/v1/journal query url',
    'GET /poplet/v1/journal/stream header last-event-id',
  ]);
});

it('has no reference that leads nowhere, and only types that JSON schema knows', async () => {
  const { document } = await readDocument();
  const known = new Set<unknown>([
    'object',
    'array',
    'string',
    'integer',
    'number',
    'boolean',
    'null',
  ]);
  const references: string[] = [];
  const unknownTypes: unknown[] = [];
  walk(document, (node, path) => {
    if (typeof node.$ref === 'string') references.push(node.$ref);
    const isSchema = path.some((step) => ['schema', 'schemas'].includes(step));
    if (!isSchema || path.at(-1) === 'properties' || node.type === undefined) return;
    for (const type of [node.type].flat()) {
      if (!known.has(type)) unknownTypes.push({ path, type });
    }
  });
  expect(references).toContain('#/components/schemas/Exchange');
  const lost = references.filter((reference) => {
    const steps = reference.replace(/^#\//u, '').split('/');
    const target = steps.reduce<unknown>(
      (node, step) => (node as Json | undefined)?.[step],
      document,
    );
    return typeof target !== 'object';
  });
  expect([lost, unknownTypes]).toEqual([[], []]);
});

it('says that a token is needed where one is', async () => {
  const { request } = await startAdmin({ token: 'sesame' });
  const { body } = await request('openapi.json', { headers: { authorization: 'Bearer sesame' } });
  expect(body).toMatchObject({
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }],
  });
});

function walk(
  node: unknown,
  visit: (node: Json, path: readonly string[]) => void,
  path: readonly string[] = [],
): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) visit(node as Json, path);
  for (const [step, child] of Object.entries(node)) walk(child, visit, [...path, step]);
}
