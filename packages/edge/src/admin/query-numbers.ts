import type { FastifyRequest } from 'fastify';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>;
}

/**
 * Turns the whole numbers of a query string into numbers, where its schema wants an integer. Ajv's
 * own coercion is off, because it would also take `"true"` for a boolean in a body.
 */
export async function readQueryNumbers(request: FastifyRequest): Promise<void> {
  const schema = request.routeOptions.schema?.querystring as ObjectSchema | undefined;
  const query = request.query as Record<string, unknown>;
  for (const [name, { type }] of Object.entries(schema?.properties ?? {})) {
    const value = query[name];
    if (type === 'integer' && typeof value === 'string' && /^\d{1,15}$/u.test(value)) {
      query[name] = Number(value);
    }
  }
}
