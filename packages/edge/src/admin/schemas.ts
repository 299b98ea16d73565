import { OUTCOMES } from '../outcomes.ts';
import { EXPLANATION_SCHEMA } from './explanation-schema.ts';
import { PROBLEM_SCHEMA } from './problem.ts';

/** JSON schema of `ExchangeView`. */
const EXCHANGE_SCHEMA = {
  $id: 'Exchange',
  type: 'object',
  description: 'One exchange between a client and the edge, or a refresh in the background',
  required: [
    'id',
    'at',
    'site',
    'method',
    'url',
    'status',
    'outcome',
    'stored',
    'collapsed',
    'upstreamStatus',
    'askedUpstream',
    'ttlSeconds',
    'bodyBytes',
    'durationMs',
    'complete',
    'key',
    'reasons',
  ],
  properties: {
    id: { type: 'integer', description: 'rises by one per exchange' },
    at: { type: 'string', format: 'date-time', description: 'virtual instant of receipt' },
    site: { type: 'string' },
    method: { type: 'string' },
    url: { type: 'string', description: 'absolute, as the client asked for it' },
    status: { type: 'integer' },
    outcome: { type: 'string', enum: OUTCOMES },
    stored: { type: 'boolean', description: 'the response was stored, or its stored twin updated' },
    collapsed: {
      type: 'boolean',
      description: 'another request’s upstream exchange answered this one (RFC 9211 §2.6)',
    },
    upstreamStatus: {
      type: ['integer', 'null'],
      description: 'null when the upstream was not asked or did not answer',
    },
    askedUpstream: { type: 'boolean' },
    ttlSeconds: {
      type: ['number', 'null'],
      description: 'freshness left when answered, negative when stale',
    },
    ageSeconds: { type: 'number', description: 'the age that was compared, if one was' },
    bodyBytes: { type: 'integer', description: 'body bytes written to the client' },
    durationMs: { type: 'number', description: 'real time from receipt to the last byte' },
    complete: { type: 'boolean', description: 'the client got the whole answer' },
    background: {
      type: 'boolean',
      description: 'a refresh that the edge began by itself; absent for what a client asked',
    },
    key: { type: ['string', 'null'], description: 'null when the request never reached the key' },
    reasons: { type: 'array', items: { $ref: 'Reason#' } },
  },
} as const;

/** JSON schema of `ReasonView`. */
const REASON_SCHEMA = {
  $id: 'Reason',
  type: 'object',
  required: ['code', 'spec', 'text', 'values'],
  properties: {
    code: { type: 'string' },
    spec: { type: 'string', description: 'the clause that makes the rule' },
    text: { type: 'string' },
    values: {
      type: 'object',
      description: 'the values compared',
      additionalProperties: { type: ['string', 'number', 'boolean'] },
    },
  },
} as const;

/** Schemas that more than one route refers to by `$id`. */
export const SHARED_SCHEMAS = [
  PROBLEM_SCHEMA,
  REASON_SCHEMA,
  EXCHANGE_SCHEMA,
  EXPLANATION_SCHEMA,
] as const;
