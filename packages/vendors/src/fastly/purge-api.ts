import type {
  ApiAnswer,
  ApiHead,
  ApiRequest,
  CreatePurgeApi,
  Purge,
  PurgeableSite,
  PurgeApi,
} from '@poplet/policy';

import { jsonAnswer, jsonObject, listOfTexts } from '../purge/answers.ts';
import {
  everythingPurge,
  pathPurges,
  purgeUrlOf,
  siteNamed,
  sitesAt,
  tagPurge,
} from '../purge/targets.ts';
import { purgeIdOf } from './purge-method.ts';

/** fastly-purge-keys: of one call. */
const MAX_KEYS = 256;

/** `/service/{id}/purge/{key}`, `/service/{id}/purge`, `/service/{id}/purge_all` and `/purge/{host/path}`. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs }) => {
  /** Purges under one id. */
  const carriedOut = async (purges: readonly Purge[]): Promise<string> => {
    const { sequence } = await purge(purges);
    return purgeIdOf(sequence, nowMs());
  };
  /** What is asked of one service. */
  const ofService =
    (act: (site: PurgeableSite, request: ApiRequest) => Promise<ApiAnswer>) =>
    (request: ApiRequest): Promise<ApiAnswer> | ApiAnswer => {
      const service = request.parameters['service'] ?? '';
      const site = siteNamed(sites, service);
      return site === undefined ? unknownService(service) : act(site, request);
    };
  const call = { method: 'POST', maxContentBytes: 1_048_576 } as const;
  return {
    title: 'Fastly',
    namespaces: ['/service/', '/purge/'],
    calls: [
      {
        ...call,
        path: '/service/:service/purge_all',
        operationId: 'fastlyPurgeAll',
        summary: 'Fastly: purge everything of a service, always hard',
        answer: ofService(async (site) => {
          await purge([everythingPurge(site)]);
          return jsonAnswer(200, { status: 'ok' });
        }),
      },
      {
        ...call,
        path: '/service/:service/purge/*',
        operationId: 'fastlyPurgeTag',
        summary: 'Fastly: purge one surrogate key',
        answer: ofService(async (site, request) => {
          const key = writtenKeyOf(request);
          const id = await carriedOut([tagPurge(site, key, isSoft(request))]);
          return jsonAnswer(200, { status: 'ok', id });
        }),
      },
      {
        ...call,
        path: '/service/:service/purge',
        operationId: 'fastlyBulkPurgeTag',
        summary: 'Fastly: purge up to 256 surrogate keys',
        answer: ofService(async (site, request) => {
          const keys = keysOf(request);
          if (typeof keys === 'string') return refused(400, 'Bad request', keys);
          const soft = isSoft(request);
          const id = await carriedOut(keys.map((key) => tagPurge(site, key, soft)));
          return jsonAnswer(200, Object.fromEntries(keys.map((key) => [key, id])));
        }),
      },
      {
        ...call,
        path: '/purge/*',
        operationId: 'fastlyPurgeSingleUrl',
        summary: 'Fastly: purge one URL, named by host and path',
        answer: async (request) => {
          const url = purgeUrlOf(`http://${writtenUrlOf(request)}`);
          if (url === undefined) return refused(404, 'Record not found', 'Cannot find service');
          const soft = isSoft(request);
          const found = sitesAt(sites, url.hostname);
          const id = await carriedOut(found.flatMap((site) => pathPurges(site, url, { soft })));
          return jsonAnswer(200, { status: 'ok', id });
        },
      },
    ],
    secretOf: ({ fields }) => fields['fastly-key'] || undefined,
    refusals,
  };
};

/** fastly-soft-purge */
function isSoft({ fields }: ApiHead): boolean {
  return fields['fastly-soft-purge'] === '1';
}

/** The key of `/service/{id}/purge/{key}`: some clients encode what is reserved in it, and some do not. */
function writtenKeyOf({ target }: ApiHead): string {
  const written = target.replace(/^\/service\/[^/]*\/purge\//u, '');
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** fastly-purge-calls: host, path and query stand behind `/purge/` as they are. */
function writtenUrlOf({ target }: ApiHead): string {
  return target.slice('/purge/'.length).replace(/^https?:\/\//iu, '');
}

/** From the body, or else from Surrogate-Key; a text: what is wrong. */
function keysOf({ content, fields }: ApiRequest): readonly string[] | string {
  const inField = (fields['surrogate-key'] ?? '').split(' ').filter((key) => key !== '');
  const keys =
    content === '' ? inField : (listOfTexts(jsonObject(content)?.['surrogate_keys']) ?? []);
  if (keys.length === 0) return 'surrogate_keys is to be a list of keys';
  if (keys.length > MAX_KEYS) return `at most ${MAX_KEYS} surrogate keys per request`;
  return keys;
}

function unknownService(service: string): ApiAnswer {
  return refused(404, 'Record not found', `Cannot find service '${service}'`);
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: () => refused(401, 'Provided credentials are missing or invalid'),
  'unknown-call': () => refused(404, 'Record not found', 'Cannot find that resource'),
  'content-too-large': () => refused(413, 'Request entity too large'),
  'store-away': () => refused(503, 'Service unavailable', 'not all edges could be told; try again'),
  fault: () => refused(500, 'Internal server error', 'a fault of Poplet: please report it'),
};

function refused(status: number, msg: string, detail?: string): ApiAnswer {
  return jsonAnswer(status, detail === undefined ? { msg } : { msg, detail });
}
