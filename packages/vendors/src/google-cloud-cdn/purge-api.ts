import type {
  ApiAnswer,
  ApiHead,
  ApiRefusal,
  ApiRequest,
  CreatePurgeApi,
  Purge,
  PurgeableSite,
} from '@poplet/policy';

import { jsonAnswer, jsonObject, listOfTexts } from '../purge/answers.ts';
import { bearerTokenOf } from '../purge/credentials.ts';
import { everythingPurge, pathPurge, siteNamed, tagPurge } from '../purge/targets.ts';
import { TokenBucket } from '../purge/token-bucket.ts';

const GLOBAL = '/compute/v1/projects/:project/global';

/** google-cloud-cdn-invalidation-rate */
const RATE = { capacity: 500, perSecond: 500 / 60 };

/** Operations that are remembered. */
const MAX_REMEMBERED = 1000;

interface Operation {
  readonly name: string;
  readonly id: string;
  readonly target: string;
  readonly insertTime: string;
  readonly done: Promise<void>;
  isDone: boolean;
}

/** `urlMaps.invalidateCache`, and the operation that comes of it. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs, newId }) => {
  const operations = new Map<string, Operation>();
  const bucket = new TokenBucket(RATE, nowMs);

  const invalidate = (request: ApiRequest): ApiAnswer => {
    const { project = '', map = '' } = request.parameters;
    const target = `projects/${project}/global/urlMaps/${map}`;
    const site = siteNamed(sites, map);
    if (site === undefined) return notFound(target);
    const purges = purgesOf(request, site);
    if (typeof purges === 'string') return refused(400, 'invalid', purges);
    if (bucket.take() > 0) return refused(429, 'rateLimitExceeded', 'Rate Limit Exceeded');
    const id = BigInt(`0x${newId().slice(0, 15)}`).toString();
    const begun = purge(purges);
    const operation: Operation = {
      name: `operation-${nowMs()}-${newId().slice(0, 13)}`,
      id,
      target,
      insertTime: new Date(nowMs()).toISOString(),
      isDone: false,
      // Where the store is away it goes on: that some edge still serves what it named is true.
      done: begun.then(
        () => void (operation.isDone = true),
        () => {},
      ),
    };
    operations.set(operation.name, operation);
    const [oldest] = operations.keys();
    if (operations.size > MAX_REMEMBERED && oldest !== undefined) operations.delete(oldest);
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
        answer: ofOperation(({ done }) => done),
      },
    ],
    secretOf: bearerTokenOf,
    refuse,
  };
};

/** What is asked of a URL map; a text: what is wrong. */
function purgesOf({ content }: ApiRequest, site: PurgeableSite): readonly Purge[] | string {
  const body = jsonObject(content);
  if (body === undefined) return 'Invalid JSON payload received.';
  const { path = '', host, cacheTags = [] } = body;
  if (typeof path !== 'string') return invalid('path', path);
  if (host !== undefined && typeof host !== 'string') return invalid('host', host);
  const tags = listOfTexts(cacheTags);
  if (tags === undefined) return invalid('cacheTags', cacheTags);
  if (tags.length > 0 && (path === '' || path === '/*') && host === undefined)
    return tags.map((tag) => tagPurge(site, tag));
  // google-cloud-cdn-invalidation-paths
  if (!/^\/[^*?#]*\*?$/u.test(path) || /[^/]\*$/u.test(path)) return invalid('path', path);
  if (path === '/*' && host === undefined) return [everythingPurge(site)];
  const hostname = host?.toLowerCase() ?? null;
  if (path.endsWith('*'))
    return [pathPurge(site, { hostname, target: path.slice(0, -1) }, { extent: 'prefix' })];
  return [
    pathPurge(site, { hostname, target: path }),
    // Whatever its query.
    ...(site.policy.key.query === 'none'
      ? []
      : [pathPurge(site, { hostname, target: `${path}?` }, { extent: 'prefix' })]),
  ];
}

function invalid(field: string, value: unknown): string {
  return `Invalid value for field 'resource.${field}': '${String(value)}'.`;
}

function said(
  { name, id, target, insertTime, isDone }: Operation,
  project: string,
  { origin }: ApiHead,
): ApiAnswer {
  const root = `${origin}/compute/v1`;
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

function refuse(refusal: ApiRefusal): ApiAnswer {
  switch (refusal) {
    case 'unauthorized':
      return refused(
        401,
        'authError',
        'Request had invalid authentication credentials. Expected OAuth 2 access token.',
      );
    case 'unknown-call':
      return refused(404, 'notFound', 'Not Found');
    case 'content-too-large':
      return refused(413, 'uploadTooLarge', 'Request Entity Too Large');
    case 'store-away':
      return refused(503, 'backendError', 'Not all edges could be told; try again.');
    case 'fault':
      return refused(500, 'internalError', 'A fault of Poplet: please report it.');
    default:
      return refusal satisfies never;
  }
}

function refused(code: number, reason: string, message: string): ApiAnswer {
  return jsonAnswer(code, {
    error: { code, message, errors: [{ message, domain: 'global', reason }] },
  });
}
