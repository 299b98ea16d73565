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
import { bearerTokenOf } from '../purge/credentials.ts';
import { Jobs, type Job } from '../purge/jobs.ts';
import { everythingPurge, pathPurges, siteNamed, tagPurge } from '../purge/targets.ts';
import { TokenBucket } from '../purge/token-bucket.ts';

const GLOBAL = '/compute/v1/projects/:project/global';

/** google-cloud-cdn-invalidation-both: of one request. */
const MAX_TAGS = 10;

/** google-cloud-cdn-invalidation-rate */
const RATE = { capacity: 500, perSecond: 500 / 60 };

/** Of an operation: the resource that it changes, and a number of its own. */
interface About {
  readonly target: string;
  readonly number: string;
}

type Operation = Job<About>;

/** `urlMaps.invalidateCache`, and the operation that comes of it. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs, newId }) => {
  const operations = new Jobs<About>({ purge, nowMs });
  const bucket = new TokenBucket(RATE, nowMs);

  const invalidate = (request: ApiRequest): ApiAnswer => {
    const { project = '', map = '' } = request.parameters;
    const target = `projects/${project}/global/urlMaps/${map}`;
    const site = siteNamed(sites, map);
    if (site === undefined) return notFound(target);
    const purges = purgesOf(request, site);
    if (typeof purges === 'string') return refused(400, 'invalid', purges);
    if (bucket.take() > 0) return refused(429, 'rateLimitExceeded', 'Rate Limit Exceeded');
    const number = BigInt(`0x${newId().slice(0, 15)}`).toString();
    const name = `operation-${nowMs()}-${newId().slice(0, 13)}`;
    const operation = operations.begin(name, { target, number }, purges);
    return said(operation, project, request);
  };

  const ofOperation =
    (ready: (operation: Operation) => Promise<void>) =>
    async (request: ApiRequest): Promise<ApiAnswer> => {
      const { project = '', operation: name = '' } = request.parameters;
      const operation = operations.get(name);
      if (operation === undefined) return notFound(`projects/${project}/global/operations/${name}`);
      await ready(operation);
      return said(operation, project, request);
    };

  return {
    title: 'Google Cloud CDN',
    namespaces: ['/compute/v1/'],
    calls: [
      {
        method: 'POST',
        path: `${GLOBAL}/urlMaps/:map/invalidateCache`,
        operationId: 'googleInvalidateCache',
        summary: 'Google Cloud CDN: invalidate a path, what is below one, or tags of a URL map',
        maxContentBytes: 65_536,
        answer: invalidate,
      },
      {
        method: 'GET',
        path: `${GLOBAL}/operations/:operation`,
        operationId: 'googleGetOperation',
        summary: 'Google Cloud CDN: whether an invalidation is done',
        maxContentBytes: 1024,
        answer: ofOperation(async () => {}),
      },
      {
        method: 'POST',
        path: `${GLOBAL}/operations/:operation/wait`,
        operationId: 'googleWaitForOperation',
        summary: 'Google Cloud CDN: the same, once it is done',
        maxContentBytes: 1024,
        answer: ofOperation(({ ended }) => ended),
      },
    ],
    secretOf: bearerTokenOf,
    refusals,
  };
};

/** What is asked of a URL map; a text: what is wrong. */
function purgesOf({ content }: ApiRequest, site: PurgeableSite): readonly Purge[] | string {
  const body = jsonObject(content);
  if (body === undefined) return 'Invalid JSON payload received.';
  const { host, cacheTags = [] } = body;
  if (host !== undefined && typeof host !== 'string') return invalid('host', host);
  const tags = listOfTexts(cacheTags);
  if (tags === undefined) return invalid('cacheTags', cacheTags);
  if (tags.length > MAX_TAGS)
    return `Invalid value for field 'resource.cacheTags': at most ${MAX_TAGS} tags are allowed.`;
  const path = body['path'] || (tags.length > 0 ? '/*' : '');
  // google-cloud-cdn-invalidation-paths
  if (typeof path !== 'string') return invalid('path', path);
  if (!/^\/[^*?#]*\*?$/u.test(path) || /[^/]\*$/u.test(path)) return invalid('path', path);
  if (tags.length > 0) return tags.map((tag) => tagPurge(site, tag));
  if (path === '/*' && host === undefined) return [everythingPurge(site)];
  const hostname = host?.toLowerCase() ?? null;
  if (path.endsWith('*'))
    return pathPurges(site, { hostname, target: path.slice(0, -1) }, { extent: 'prefix' });
  return [
    ...pathPurges(site, { hostname, target: path }),
    // Whatever its query.
    ...pathPurges(site, { hostname, target: `${path}?` }, { extent: 'prefix' }),
  ];
}

function invalid(field: string, value: unknown): string {
  return `Invalid value for field 'resource.${field}': '${String(value)}'.`;
}

function said(
  { id: name, about: { target, number: id }, begunAtMs, isDone }: Operation,
  project: string,
  { origin }: ApiHead,
): ApiAnswer {
  const root = `${origin}/compute/v1`;
  const insertTime = new Date(begunAtMs).toISOString();
  return jsonAnswer(200, {
    kind: 'compute#operation',
    id,
    name,
    operationType: 'invalidateCache',
    targetLink: `${root}/${target}`,
    status: isDone ? 'DONE' : 'RUNNING',
    progress: isDone ? 100 : 0,
    insertTime,
    startTime: insertTime,
    selfLink: `${root}/projects/${project}/global/operations/${name}`,
    ...(isDone ? { endTime: insertTime } : {}),
  });
}

function notFound(resource: string): ApiAnswer {
  return refused(404, 'notFound', `The resource '${resource}' was not found`);
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: () =>
    refused(
      401,
      'authError',
      'Request had invalid authentication credentials. Expected OAuth 2 access token.',
    ),
  'unknown-call': () => refused(404, 'notFound', 'Not Found'),
  'content-too-large': () => refused(413, 'uploadTooLarge', 'Request Entity Too Large'),
  'store-away': () => refused(503, 'backendError', 'Not all edges could be told; try again.'),
  fault: () => refused(500, 'internalError', 'A fault of Poplet: please report it.'),
};

function refused(code: number, reason: string, message: string): ApiAnswer {
  return jsonAnswer(code, {
    error: { code, message, errors: [{ message, domain: 'global', reason }] },
  });
}
