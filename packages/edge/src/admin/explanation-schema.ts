import { OUTCOMES } from '../outcomes.ts';

const TEXT = { type: 'string' } as const;
const SECONDS = { type: 'number' } as const;
const REASONS = { type: 'array', items: { $ref: 'Reason#' } } as const;
const FIELD_LINES = {
  type: 'array',
  items: { type: 'array', items: TEXT, minItems: 2, maxItems: 2, description: 'name, value' },
} as const;

/** An object with exactly these members, all of them there. */
function closed<P extends Readonly<Record<string, unknown>>>(description: string, properties: P) {
  return {
    type: 'object',
    description,
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  } as const;
}

/** As `closed`, or null. */
function nullable<P extends Readonly<Record<string, unknown>>>(description: string, properties: P) {
  return { ...closed(description, properties), type: ['object', 'null'] } as const;
}

const STAND_IN = closed('whether what is stored stands in', {
  isServed: { type: 'boolean' },
  reasons: REASONS,
});

const SUGGESTION = closed('what would change it: its patches, applied together, keep the promise', {
  goal: {
    type: 'string',
    enum: [
      'cached',
      'not-cached',
      'validated',
      'fresh-longer',
      'fresh-shorter',
      'stale-while-revalidate',
      'stale-on-error',
      'fewer-variants',
      'fewer-urls',
      'answers-get',
    ],
  },
  patches: {
    type: 'array',
    items: closed('fields to set, to one line each, and to remove', {
      on: { type: 'string', enum: ['request', 'response'] },
      set: FIELD_LINES,
      remove: { type: 'array', items: TEXT },
      replaces: { ...FIELD_LINES, description: 'the lines that it changes or removes' },
    }),
  },
  why: { type: 'array', items: TEXT, description: 'in words' },
  warning: { type: ['string', 'null'], description: 'what could go wrong' },
  spec: { type: 'array', items: TEXT, description: 'the clauses that make it work' },
});

/** JSON schema of `SiteExplanation`. */
export const EXPLANATION_SCHEMA = {
  $id: 'Explanation',
  ...closed('Why a request is answered as it is, and what would change that', {
    site: TEXT,
    profile: TEXT,
    upstreamUrl: TEXT,
    method: TEXT,
    url: { type: 'string', description: 'absolute, as a client asks for it' },
    verdict: closed('what became of it, in one line', {
      kind: {
        type: 'string',
        enum: [
          'hit',
          'stale',
          'cached',
          'cached-for-others',
          'kept',
          'not-cached',
          'passed',
          'rejected',
          'failed',
        ],
      },
      text: TEXT,
    }),
    outcome: {
      type: ['string', 'null'],
      enum: [...OUTCOMES, null],
      description: 'null where the upstream would have to be asked and was not',
    },
    steps: {
      type: 'array',
      description: 'the chain of reasons',
      items: closed('one step', {
        stage: { type: 'string', enum: ['request', 'response', 'answer', 'refresh'] },
        code: TEXT,
        spec: { type: 'string', description: 'the clause that makes the rule' },
        text: TEXT,
        values: {
          type: 'object',
          description: 'the values compared',
          additionalProperties: { type: ['string', 'number', 'boolean'] },
        },
      }),
    },
    upstream: {
      type: ['object', 'null'],
      description: 'what the upstream answered; null when it was not asked',
      required: ['kind'],
      properties: {
        kind: { type: 'string', enum: ['response', 'failure'] },
        status: { type: 'integer' },
        failure: TEXT,
        message: TEXT,
      },
    },
    stored: nullable('what is stored for this request afterwards', {
      key: TEXT,
      variesOn: { type: 'array', items: TEXT },
      variant: TEXT,
      status: { type: 'integer' },
      ageSeconds: SECONDS,
      lifetimeSeconds: SECONDS,
      lifetimeSource: TEXT,
      ttlSeconds: { type: 'number', description: 'freshness left; 0 or negative when stale' },
      alwaysValidate: { type: 'boolean' },
      etag: { type: ['string', 'null'] },
      lastModified: { type: ['string', 'null'] },
      tags: { type: 'array', items: TEXT },
      groups: { type: 'array', items: TEXT },
    }),
    next: nullable('the same request a moment later; null where that is not known', {
      isHit: { type: 'boolean' },
      reasons: REASONS,
    }),
    whenStale: nullable('what happens once what is stored is stale', {
      inSeconds: { type: 'number', description: 'from now' },
      request: {
        type: 'string',
        enum: ['served-and-refreshed', 'served', 'validated', 'fetched', 'rejected'],
      },
      reasons: REASONS,
      onError: STAND_IN,
      unreachable: STAND_IN,
    }),
    downstream: nullable('what the client is told', {
      status: { type: 'integer' },
      fields: FIELD_LINES,
      browser: closed('what a browser makes of it', {
        kind: { type: 'string', enum: ['not-kept', 'validated', 'fresh', 'guessed'] },
        seconds: SECONDS,
        text: TEXT,
      }),
    }),
    suggestions: { type: 'array', items: SUGGESTION },
    obstacle: {
      anyOf: [{ $ref: 'Reason#' }, { type: 'null' }],
      description: 'where it is not cached and no header can change that: why not',
    },
  }),
} as const;
