import { PopletError } from '@poplet/policy';
import type { FastifyError, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { errorOf } from '../error-of.ts';
import { AdminProblem } from './problem.ts';

/** What went wrong, as the admin API answers it. Total: whatever it does not know is `internal`. */
export function problemOf(error: unknown, request: FastifyRequest): AdminProblem {
  if (error instanceof AdminProblem) return error;
  if (error instanceof PopletError && error.class === 'user') {
    return new AdminProblem('unusable-value', {
      detail: error.message,
      hint: error.hint ?? SEE_OPENAPI,
    });
  }
  const { validation, validationContext = 'body', code = '' } = error as Partial<FastifyError>;
  if (validation?.[0] !== undefined) {
    return new AdminProblem('invalid-request', {
      detail: `${validationContext}${explain(validation, request)}`,
      hint: SEE_OPENAPI,
    });
  }
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_CONTENT_TYPE':
      return new AdminProblem('unsupported-media-type', {
        detail: `Content-Type is ${JSON.stringify(request.headers['content-type'] ?? 'missing')}`,
        hint: 'send "Content-Type: application/json"',
      });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AdminProblem('malformed-json', {
        detail: (error as Error).message,
        hint: 'send one JSON object',
      });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AdminProblem('body-too-large', {
        detail: 'the body is over 1 MiB',
        hint: 'send it in several requests',
      });
    case 'FST_ERR_BAD_URL':
      return new AdminProblem('malformed-target', {
        detail: 'the path is not properly percent-encoded',
        hint: SEE_OPENAPI,
      });
    default:
      return new AdminProblem('internal', {
        detail: errorOf(error).message,
        hint: 'this is a fault of Poplet: please report it',
      });
  }
}

const SEE_OPENAPI = 'see /poplet/v1/openapi.json for what is accepted';

/** What is wrong, in words. A `oneOf` at the top of a body's schema means: exactly one of these members. */
function explain(
  violations: readonly FastifySchemaValidationError[],
  request: FastifyRequest,
): string {
  const [first] = violations as [FastifySchemaValidationError];
  if (violations.some(({ schemaPath }) => schemaPath === '#/oneOf')) {
    const { oneOf = [], properties = {} } = (request.routeOptions.schema?.body ??
      {}) as ExclusiveSchema;
    // Ajv judges oneOf first; a misspelt member is the better thing to name.
    const unknown = Object.keys(request.body ?? {}).find(
      (name) => !Object.hasOwn(properties, name),
    );
    if (unknown !== undefined) return unknownMember('', unknown, properties);
    return ` must have exactly one of ${oneOf.map(({ required: [member] }) => member).join(', ')}`;
  }
  const where = first.instancePath.replaceAll('/', '.');
  const { additionalProperty, allowedValues, allowedValue } = first.params;
  if (typeof additionalProperty === 'string') return unknownMember(where, additionalProperty);
  if (Array.isArray(allowedValues)) return `${where} must be one of ${allowedValues.join(', ')}`;
  if (allowedValue !== undefined) return `${where} must be ${JSON.stringify(allowedValue)}`;
  return `${where} ${first.message ?? 'is not valid'}`;
}

function unknownMember(where: string, name: string, known: object = {}): string {
  const names = Object.keys(known);
  const instead = names.length === 0 ? '' : `; it may have ${names.join(', ')}`;
  return `${where} must not have ${JSON.stringify(name)}${instead}`;
}

/** A schema of which exactly one member is wanted: `oneOf: [{required: ['url']}, …]`. */
interface ExclusiveSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly { readonly required: readonly [string] }[];
}
