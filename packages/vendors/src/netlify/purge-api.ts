import type { ApiAnswer, CreatePurgeApi, PurgeableSite, PurgeApi } from '@poplet/policy';

import { jsonAnswer, jsonObject, listOfTexts } from '../purge/answers.ts';
import { bearerTokenOf } from '../purge/credentials.ts';
import { Remembered } from '../purge/remembered.ts';
import { everythingPurge, siteNamed, sitesAt, tagPurge } from '../purge/targets.ts';
import { TokenBucket } from '../purge/token-bucket.ts';

/** netlify-purge-rate: of one tag, or of a site. */
const RATE = { capacity: 2, perSecond: 2 / 5 };

/** Tags and sites whose purges are counted; the oldest is forgotten. */
const MAX_COUNTED = 10_000;

/** `POST /api/v1/purge`: hard. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs }) => {
  const buckets = new Remembered<TokenBucket>(MAX_COUNTED);
  const take = (name: string): number => {
    const bucket = buckets.get(name) ?? new TokenBucket(RATE, nowMs);
    buckets.set(name, bucket);
    return bucket.take();
  };
  return {
    title: 'Netlify',
    namespaces: ['/api/v1/'],
    calls: [
      {
        method: 'POST',
        path: '/api/v1/purge',
        operationId: 'netlifyPurge',
        summary: 'Netlify: purge a site, or tags of it',
        maxContentBytes: 1_048_576,
        answer: async ({ content }) => {
          const body = jsonObject(content);
          if (body === undefined) return failed(400, 'The request body is not a JSON object');
          const found = sitesIn(body, sites);
          if (found === undefined)
            return failed(400, 'One of site_id, site_slug and domain is required');
          if (found.length === 0) return failed(404, 'Not Found');
          const tags = body['cache_tags'] ?? undefined;
          const list = tags === undefined ? undefined : listOfTexts(tags);
          if (tags !== undefined && list === undefined)
            return failed(422, 'cache_tags is to be a list of texts');
          const counted = found.flatMap(({ id }) =>
            list === undefined ? [id] : list.map((tag) => `${id} ${tag.toLowerCase()}`),
          );
          const waitSeconds = Math.max(0, ...counted.map(take));
          if (waitSeconds > 0) return failed(429, 'Too many purges of it', waitSeconds);
          await purge(
            found.flatMap(
              (site) => list?.map((tag) => tagPurge(site, tag)) ?? [everythingPurge(site)],
            ),
          );
          return { status: 202, fields: {}, content: '' };
        },
      },
    ],
    secretOf: bearerTokenOf,
    refusals,
  };
};

/** Undefined where none is named. A domain that is nobody's is the one in production. */
function sitesIn(
  body: Readonly<Record<string, unknown>>,
  sites: readonly PurgeableSite[],
): readonly PurgeableSite[] | undefined {
  const named = body['site_id'] ?? body['site_slug'];
  if (typeof named === 'string') {
    const site = siteNamed(sites, named);
    return site === undefined ? [] : [site];
  }
  const { domain } = body;
  return typeof domain === 'string' ? sitesAt(sites, domain.toLowerCase()) : undefined;
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: () => failed(401, 'Access Denied'),
  'unknown-call': () => failed(404, 'Not Found'),
  'content-too-large': () => failed(413, 'Request Entity Too Large'),
  'store-away': () => failed(503, 'Not all edges could be told; try again'),
  fault: () => failed(500, 'A fault of Poplet: please report it'),
};

function failed(code: number, message: string, waitSeconds?: number): ApiAnswer {
  const fields = waitSeconds === undefined ? {} : { 'retry-after': String(waitSeconds) };
  return jsonAnswer(code, { code, message }, fields);
}
