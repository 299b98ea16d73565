import type {
  ApiAnswer,
  ApiHead,
  CreatePurgeApi,
  Purge,
  PurgeableSite,
  PurgeApi,
} from '@poplet/policy';

import { jsonAnswer, jsonObject } from '../purge/answers.ts';
import {
  everythingPurge,
  pathPurges,
  purgeUrlOf,
  siteNamed,
  sitesAt,
  tagPurge,
  type PurgeUrl,
} from '../purge/targets.ts';
import { TokenBucket } from '../purge/token-bucket.ts';

/** bunny-purge-rates */
const EXACT = { capacity: 120, perSecond: 5 };
const PREFIX = { capacity: 20, perSecond: 0.5 };

const DONE: ApiAnswer = { status: 204, fields: {}, content: '' };

/** `POST /purge?url=` and `POST /pullzone/{id}/purgeCache`: hard. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs }) => {
  const exact = new TokenBucket(EXACT, nowMs);
  const prefixes = new TokenBucket(PREFIX, nowMs);

  const purgeUrl = async ({ query }: ApiHead): Promise<ApiAnswer> => {
    const written = query['url'] ?? '';
    const url = purgeUrlOf(/^https?:\/\//iu.test(written) ? written : `https://${written}`);
    if (url === undefined)
      return refused(400, 'validation_error', 'The requested URL is not valid');
    const isPrefix = query['exactPath'] !== 'true' && /[*/]$/u.test(pathOf(url));
    const waitSeconds = (isPrefix ? prefixes : exact).take();
    if (waitSeconds > 0) return tooMany(waitSeconds);
    await purge(sitesAt(sites, url.hostname).flatMap((site) => urlPurges(site, url, isPrefix)));
    return { status: 200, fields: {}, content: '' };
  };

  return {
    title: 'Bunny',
    namespaces: ['/pullzone/'],
    calls: [
      // The older method of the same call.
      ...(['POST', 'GET'] as const).map((method) => ({
        method,
        path: '/purge',
        operationId: method === 'POST' ? 'bunnyPurgeUrl' : 'bunnyPurgeUrlByGet',
        summary: 'Bunny: purge a URL, or all that begins with it',
        maxContentBytes: 65_536,
        answer: purgeUrl,
      })),
      {
        method: 'POST',
        path: '/pullzone/:zone/purgeCache',
        operationId: 'bunnyPurgePullZone',
        summary: 'Bunny: purge a pull zone, or a tag of it',
        maxContentBytes: 65_536,
        answer: async ({ parameters, content }) => {
          const site = siteNamed(sites, parameters['zone'] ?? '');
          if (site === undefined)
            return refused(
              404,
              'pullzone.not_found',
              'The requested Pull Zone was not found',
              'Id',
            );
          const body = content === '' ? {} : jsonObject(content);
          const tag = body?.['CacheTag'] ?? undefined;
          if (body === undefined || (tag !== undefined && typeof tag !== 'string'))
            return refused(400, 'validation_error', 'The request is not valid', 'CacheTag');
          await purge([
            tag === undefined || tag === '' ? everythingPurge(site) : tagPurge(site, tag),
          ]);
          return DONE;
        },
      },
    ],
    secretOf: ({ fields }) => fields['accesskey'] || undefined,
    refusals,
  };
};

function pathOf({ target }: PurgeUrl): string {
  return target.replace(/\?.*$/su, '');
}

/** bunny-purge-url */
function urlPurges(site: PurgeableSite, url: PurgeUrl, isPrefix: boolean): readonly Purge[] {
  if (!isPrefix) return pathPurges(site, url);
  const target = pathOf(url).replace(/\*$/u, '');
  return pathPurges(site, { ...url, target }, { extent: 'prefix' });
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: () =>
    jsonAnswer(401, { Message: 'Authorization has been denied for this request.' }),
  'unknown-call': () =>
    jsonAnswer(404, { Message: 'No HTTP resource was found that matches the request.' }),
  'content-too-large': () => jsonAnswer(413, { Message: 'The request is too large.' }),
  'store-away': () => jsonAnswer(503, { Message: 'Not all edges could be told; try again.' }),
  fault: () => jsonAnswer(500, { Message: 'A fault of Poplet: please report it.' }),
};

function refused(status: number, key: string, message: string, field = 'Url'): ApiAnswer {
  return jsonAnswer(status, { ErrorKey: key, Field: field, Message: message });
}

function tooMany(waitSeconds: number): ApiAnswer {
  return jsonAnswer(
    429,
    { ErrorKey: 'rate_limit', Field: null, Message: `Try again in ${waitSeconds} s` },
    { 'retry-after': String(waitSeconds) },
  );
}
