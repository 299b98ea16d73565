import type {
  ApiAnswer,
  ApiHead,
  ApiRequest,
  CreatePurgeApi,
  Purge,
  PurgeableSite,
  PurgeApi,
} from '@poplet/policy';

import { Jobs, type Job } from '../purge/jobs.ts';
import { everythingPurge, pathPurges, siteNamed, tagPurge } from '../purge/targets.ts';
import {
  errorXml,
  invalidationListXml,
  invalidationXml,
  readInvalidationBatch,
  type Invalidation,
  type InvalidationBatch,
} from './invalidation-xml.ts';

const ROOT = '/2020-05-31/distribution/:distribution/invalidation';

/** cloudfront-invalidation-limits */
const MAX_PATHS = 3000;
const MAX_WILDCARDS = 15;
const MAX_PATH_LENGTH = 4000;
const MAX_TAG_LENGTH = 256;

/** Of a list that names no other number. */
const PAGE_ITEMS = 100;

type Batches = Jobs<InvalidationBatch>;

/** `CreateInvalidation`, `GetInvalidation` and `ListInvalidations`: begun at once, completed by and by. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs, newId }) => {
  const jobsOfSite = new Map<string, Batches>(
    sites.map(({ id }) => [id, new Jobs({ purge, nowMs })]),
  );
  /** What is asked of one distribution. */
  const ofDistribution =
    (answer: (jobs: Batches, request: ApiRequest, site: PurgeableSite) => ApiAnswer) =>
    (request: ApiRequest): ApiAnswer => {
      const site = siteNamed(sites, request.parameters['distribution'] ?? '');
      if (site === undefined)
        return refused('NoSuchDistribution', 'The specified distribution does not exist.');
      return answer(jobsOfSite.get(site.id) as Batches, request, site);
    };

  const create = (
    jobs: Batches,
    { content, origin, target }: ApiRequest,
    site: PurgeableSite,
  ): ApiAnswer => {
    const batch = readInvalidationBatch(content);
    if (batch === undefined)
      return refused('MalformedInput', 'The request body is not an InvalidationBatch.');
    const purges = purgesOf(batch, site);
    if (purges === undefined)
      return refused(
        'InvalidArgument',
        'Your request contains one or more invalid invalidation paths.',
      );
    const same = jobs
      .newestFirst()
      .find(({ about }) => about.callerReference === batch.callerReference);
    if (same !== undefined) {
      return isSameBatch(same.about, batch)
        ? created(same, `${origin}${target}`)
        : refused(
            'InvalidationBatchAlreadyExists',
            'The caller reference that you are using to create an invalidation batch is associated with another invalidation batch.',
          );
    }
    if (isTooMuch(batch, jobs.newestFirst()))
      return refused(
        'TooManyInvalidationsInProgress',
        'Processing your request will cause you to exceed the maximum number of in-progress invalidations.',
      );
    const id = `I${newId().toUpperCase().slice(0, 13)}`;
    return created(jobs.begin(id, batch, purges), `${origin}${target}`);
  };

  return {
    title: 'Amazon CloudFront',
    namespaces: ['/2020-05-31/'],
    calls: [
      {
        method: 'POST',
        path: ROOT,
        operationId: 'cloudfrontCreateInvalidation',
        summary: 'CloudFront: invalidate paths, wildcards and tags of a distribution',
        // Of 3000 paths of 4000 characters.
        maxContentBytes: 16_777_216,
        answer: ofDistribution(create),
      },
      {
        method: 'GET',
        path: `${ROOT}/:invalidation`,
        operationId: 'cloudfrontGetInvalidation',
        summary: 'CloudFront: whether an invalidation is completed',
        maxContentBytes: 1024,
        answer: ofDistribution((jobs, { parameters }) => {
          const job = jobs.get(parameters['invalidation'] ?? '');
          return job === undefined
            ? refused('NoSuchInvalidation', 'The specified invalidation does not exist.')
            : xml(200, invalidationXml(viewOf(job)));
        }),
      },
      {
        method: 'GET',
        path: ROOT,
        operationId: 'cloudfrontListInvalidations',
        summary: 'CloudFront: the invalidations of a distribution, newest first',
        maxContentBytes: 1024,
        answer: ofDistribution((jobs, { query }) => listed(jobs.newestFirst(), query)),
      },
    ],
    secretOf,
    refusals,
  };
};

/** cloudfront-invalidation-auth: signatures are not verified; the access key id says who it is. */
function secretOf({ fields }: ApiHead): string | undefined {
  const credential =
    /^AWS4-HMAC-SHA256 +Credential=(?<id>\S+)\/\d{8}\/[^/\s]+\/cloudfront\/aws4_request, *SignedHeaders=[^\s,]+, *Signature=[\da-f]{64}$/u.exec(
      fields['authorization'] ?? '',
    );
  return credential?.groups?.['id'];
}

/** Undefined where any item is none that an invalidation may have. */
function purgesOf({ paths }: InvalidationBatch, site: PurgeableSite): readonly Purge[] | undefined {
  const purges: Purge[] = [];
  for (const item of paths) {
    const some = item.startsWith('#') ? ofTag(item.slice(1), site) : ofPath(item, site);
    if (some === undefined) return undefined;
    purges.push(...some);
  }
  return purges;
}

function ofTag(tag: string, site: PurgeableSite): readonly Purge[] | undefined {
  const isTag = /^[!-+\--~]+$/u.test(tag) && !tag.includes('*') && tag.length <= MAX_TAG_LENGTH;
  return isTag ? [tagPurge(site, tag)] : undefined;
}

/** cloudfront-invalidation-paths: a `*` stands for anything, and at the end alone. */
function ofPath(path: string, site: PurgeableSite): readonly Purge[] | undefined {
  if (!/^\/[!-~]*$/u.test(path) || path.length > MAX_PATH_LENGTH) return undefined;
  const star = path.indexOf('*');
  if (star === -1) return pathPurges(site, { hostname: null, target: path });
  if (star !== path.length - 1) return undefined;
  if (path === '/*') return [everythingPurge(site)];
  return pathPurges(site, { hostname: null, target: path.slice(0, -1) }, { extent: 'prefix' });
}

function isTooMuch(batch: InvalidationBatch, jobs: readonly Job<InvalidationBatch>[]): boolean {
  const inProgress = jobs.filter(({ isDone }) => !isDone).map(({ about }) => about);
  const paths = [...inProgress, batch].flatMap((one) => one.paths);
  const wildcards = paths.filter((path) => path.endsWith('*'));
  return paths.length > MAX_PATHS || wildcards.length > MAX_WILDCARDS;
}

function isSameBatch(one: InvalidationBatch, other: InvalidationBatch): boolean {
  return JSON.stringify(one.paths) === JSON.stringify(other.paths);
}

function viewOf({ id, about, begunAtMs, isDone }: Job<InvalidationBatch>): Invalidation {
  const createdAt = new Date(begunAtMs).toISOString();
  return { id, isCompleted: isDone, createdAt, batch: about };
}

function created(job: Job<InvalidationBatch>, address: string): ApiAnswer {
  const answer = xml(201, invalidationXml(viewOf(job)));
  return { ...answer, fields: { ...answer.fields, location: `${address}/${job.id}` } };
}

function listed(
  newestFirst: readonly Job<InvalidationBatch>[],
  { Marker: marker = '', MaxItems: asked }: ApiHead['query'],
): ApiAnswer {
  const maxItems = asked === undefined ? PAGE_ITEMS : Number(asked);
  if (!Number.isInteger(maxItems) || maxItems < 1)
    return refused('InvalidArgument', 'MaxItems is not a number above 0.');
  const from = marker === '' ? 0 : newestFirst.findIndex(({ id }) => id === marker);
  if (from === -1) return refused('InvalidArgument', 'The specified marker is not valid.');
  const nextMarker = newestFirst[from + maxItems]?.id;
  const page = newestFirst.slice(from, from + maxItems);
  return xml(200, invalidationListXml(page.map(viewOf), { marker, maxItems, nextMarker }));
}

const STATUSES: Readonly<Record<string, number>> = {
  NoSuchDistribution: 404,
  NoSuchInvalidation: 404,
  NoSuchResource: 404,
  AccessDenied: 403,
  MissingAuthenticationToken: 403,
  IncompleteSignature: 403,
  RequestEntityTooLarge: 413,
  ServiceUnavailable: 503,
  InternalFailure: 500,
};

const refusals: PurgeApi['refusals'] = {
  unauthorized: ({ fields }) => unauthorized(fields['authorization']),
  'unknown-call': () =>
    refused('NoSuchResource', 'Poplet has invalidations of distributions alone.'),
  'content-too-large': () => refused('RequestEntityTooLarge', 'The request body is too large.'),
  'store-away': () => refused('ServiceUnavailable', 'Not all edges could be told.'),
  fault: () => refused('InternalFailure', 'This is a fault of Poplet: please report it.'),
};

function unauthorized(authorization: string | undefined): ApiAnswer {
  if (authorization === undefined)
    return refused('MissingAuthenticationToken', 'Missing Authentication Token');
  return authorization.startsWith('AWS4-HMAC-SHA256 ') && /Signature=/u.test(authorization)
    ? refused('AccessDenied', 'User is not authorized to access this resource')
    : refused(
        'IncompleteSignature',
        "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of AWS4-HMAC-SHA256 for the service cloudfront.",
      );
}

function refused(code: string, message: string): ApiAnswer {
  return xml(STATUSES[code] ?? 400, errorXml({ code, message, requestId: 'poplet' }));
}

function xml(status: number, content: string): ApiAnswer {
  return { status, fields: { 'content-type': 'text/xml' }, content };
}
