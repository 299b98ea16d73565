import {
  currentAgeSeconds,
  isFreshAt,
  siteOfKey,
  ttlSecondsOf,
  uriOfKey,
  type StoredCoding,
} from '@poplet/policy';
import type { StoredEntry } from '@poplet/store';
import type { FastifyPluginCallback } from 'fastify';
import type { ResourceOptions } from '../admin-context.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

interface EntriesQuery {
  readonly prefix?: string;
  readonly limit: number;
}

/** `GET entries`: what is stored and alive. */
export const entriesResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const { store, clock } = context.edge;
  server.get<{ Querystring: EntriesQuery }>(
    '/entries',
    {
      schema: {
        operationId: 'getEntries',
        summary: 'Stored responses, the most recently used first',
        tags: ['state'],
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            prefix: { type: 'string', minLength: 1, description: 'how their URL begins' },
            limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
          },
        },
        response: { 200: ENTRIES_SCHEMA, ...PROBLEM_RESPONSE },
      },
    },
    ({ query: { prefix, limit } }) => {
      const nowMs = clock.nowMs();
      const found = store.entries(prefix === undefined ? { limit } : { prefix, limit });
      return { entries: found.map((entry) => entryView(entry, nowMs)) };
    },
  );
  done();
};

interface EntryView {
  readonly url: string;
  readonly site: string;
  readonly key: string;
  readonly variantRule: string;
  readonly variantKey: string;
  readonly status: number;
  readonly bodyBytes: number;
  readonly codings: readonly StoredCoding[];
  readonly ageSeconds: number;
  readonly ttlSeconds: number;
  readonly lifetimeSeconds: number;
  readonly lifetimeSource: string;
  readonly state: 'fresh' | 'stale' | 'soft-purged';
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

function entryView(entry: StoredEntry, nowMs: number): EntryView {
  const { response } = entry;
  const ageSeconds = currentAgeSeconds(response, nowMs);
  const isFresh = isFreshAt(response.facts, ageSeconds);
  return {
    url: uriOfKey(response.primaryKey),
    site: siteOfKey(response.primaryKey),
    key: response.primaryKey,
    variantRule: response.rule.id,
    variantKey: response.variantKey,
    status: response.status,
    bodyBytes: response.bodyBytes,
    codings: response.codings ?? [],
    ageSeconds,
    ttlSeconds: ttlSecondsOf(entry, nowMs),
    lifetimeSeconds: response.facts.lifetimeSeconds,
    lifetimeSource: response.facts.lifetimeSource,
    state: entry.softPurgedAtMs !== undefined ? 'soft-purged' : isFresh ? 'fresh' : 'stale',
    tags: response.tags,
    groups: response.groups,
  };
}

const STRINGS = { type: 'array', items: { type: 'string' } } as const;

const ENTRIES_SCHEMA = {
  description: 'What is stored; never what was purged',
  type: 'object',
  required: ['entries'],
  properties: {
    entries: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'url',
          'site',
          'key',
          'variantRule',
          'variantKey',
          'status',
          'bodyBytes',
          'codings',
          'ageSeconds',
          'ttlSeconds',
          'lifetimeSeconds',
          'lifetimeSource',
          'state',
          'tags',
          'groups',
        ],
        properties: {
          url: { type: 'string' },
          site: { type: 'string' },
          key: { type: 'string' },
          variantRule: { type: 'string', description: 'how variants are told apart' },
          variantKey: { type: 'string', description: 'that rule, applied to the request' },
          status: { type: 'integer' },
          bodyBytes: { type: 'integer' },
          codings: {
            type: 'array',
            description: 'in which codings the body is stored beside the one it came in',
            items: {
              type: 'object',
              required: ['coding', 'bodyBytes'],
              properties: { coding: { type: 'string' }, bodyBytes: { type: 'integer' } },
            },
          },
          ageSeconds: { type: 'integer', description: 'RFC 9111 §4.2.3, in virtual time' },
          ttlSeconds: { type: 'integer', description: 'freshness left, negative when stale' },
          lifetimeSeconds: { type: 'integer' },
          lifetimeSource: { type: 'string', description: 'the field that gave the lifetime' },
          state: { type: 'string', enum: ['fresh', 'stale', 'soft-purged'] },
          tags: STRINGS,
          groups: STRINGS,
        },
      },
    },
  },
} as const;
