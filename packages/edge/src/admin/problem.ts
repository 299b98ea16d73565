/** Every problem the admin API reports: status, title, and when. */
const PROBLEMS = {
  /** The target is no path (a proxy request), or one that cannot be decoded. */
  'malformed-target': { status: 400, title: 'The request target is malformed' },
  /** DNS rebinding: the name is not one of this server's. */
  'misdirected-host': { status: 421, title: 'This server does not answer to that Host' },
  /** CSRF: a page of another origin. */
  'foreign-origin': { status: 403, title: 'Pages of other origins may not use the admin API' },
  unauthorized: { status: 401, title: 'The token is missing or wrong' },
  'not-found': { status: 404, title: 'Nothing is here' },
  'method-not-allowed': { status: 405, title: 'The method is not for this resource' },
  'unsupported-media-type': { status: 415, title: 'Bodies must be application/json' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  /** The shape is wrong: the schema in the OpenAPI document says what is right. */
  'invalid-request': { status: 400, title: 'The request does not fit its schema' },
  /** The shape is right, the meaning is not. */
  'unusable-value': { status: 422, title: 'A value cannot be used' },
  'no-origin-server': { status: 409, title: 'No origin server of Poplet stands behind this edge' },
  /** A remote store is away: other edges cannot be told. */
  'store-away': { status: 503, title: 'The store that edges share cannot be reached' },
  internal: { status: 500, title: 'The admin API failed' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 §3, with `hint` as an extension member: how to solve it. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly hint: string;
}

/** Thrown anywhere in the admin API, answered as `application/problem+json`. */
export class AdminProblem extends Error {
  override readonly name = 'AdminProblem';
  readonly code: ProblemCode;
  readonly hint: string;
  /** Fields the answer carries besides: `Allow`, `WWW-Authenticate`. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    {
      detail,
      hint,
      fields = {},
    }: {
      readonly detail: string;
      readonly hint: string;
      readonly fields?: Readonly<Record<string, string>>;
    },
  ) {
    super(detail);
    this.code = code;
    this.hint = hint;
    this.fields = fields;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  toDocument(): ProblemDocument {
    const { status, title } = PROBLEMS[this.code];
    return {
      type: `urn:poplet:problem:${this.code}`,
      title,
      status,
      detail: this.message,
      hint: this.hint,
    };
  }
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** JSON schema of `ProblemDocument`, shared by every route. */
export const PROBLEM_SCHEMA = {
  $id: 'Problem',
  type: 'object',
  description: 'RFC 9457 problem details; `hint` says how to solve it',
  required: ['type', 'title', 'status', 'detail', 'hint'],
  properties: {
    type: { type: 'string', description: '`urn:poplet:problem:<code>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    hint: { type: 'string' },
  },
} as const;

/** The `response` entry that every route has for whatever is not its success. */
export const PROBLEM_RESPONSE = {
  default: {
    description: 'A problem',
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: 'Problem#' } } },
  },
} as const;
