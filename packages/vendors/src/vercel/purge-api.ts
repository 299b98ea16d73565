import type {
  ApiAnswer,
  ApiRequest,
  CreatePurgeApi,
  Purge,
  PurgeableSite,
  PurgeApi,
} from '@poplet/policy';

import { jsonAnswer, jsonObject, listOfTexts } from '../purge/answers.ts';
import { bearerTokenOf } from '../purge/credentials.ts';
import { pathPurges, siteNamed, tagPurge } from '../purge/targets.ts';

/** vercel-purge-limits */
const MAX_TAGS = 16;
const MAX_TAG_BYTES = 256;

/** Where optimised images stand, the source first among their parameters. */
const IMAGE_PATHS = ['/_vercel/image', '/_next/image'];

/** `/v1/edge-cache/…`: what is invalidated is stale, what is deleted is gone. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge }) => {
  /** What is asked of one project; a text: what is wrong. */
  const ofProject =
    (purgesFor: (site: PurgeableSite, request: ApiRequest) => readonly Purge[] | string) =>
    async (request: ApiRequest): Promise<ApiAnswer> => {
      const project = request.query['projectIdOrName'] ?? '';
      if (project === '')
        return refused(
          400,
          'bad_request',
          'Invalid request: missing required property `projectIdOrName`.',
        );
      const site = siteNamed(sites, project);
      if (site === undefined) return refused(404, 'not_found', 'Project not found.');
      const purges = purgesFor(site, request);
      if (typeof purges === 'string')
        return refused(400, 'bad_request', `Invalid request: ${purges}`);
      await purge(purges);
      return { status: 200, fields: {}, content: '' };
    };
  const call = { method: 'POST', maxContentBytes: 65_536 } as const;
  return {
    title: 'Vercel',
    namespaces: ['/v1/edge-cache/'],
    calls: [
      {
        ...call,
        path: '/v1/edge-cache/invalidate-by-tags',
        operationId: 'vercelInvalidateByTags',
        summary: 'Vercel: make stale what carries a tag',
        answer: ofProject((site, request) => tagPurges(site, request, true)),
      },
      {
        ...call,
        path: '/v1/edge-cache/dangerously-delete-by-tags',
        operationId: 'vercelDangerouslyDeleteByTags',
        summary: 'Vercel: remove what carries a tag',
        answer: ofProject((site, request) => tagPurges(site, request, false)),
      },
      {
        ...call,
        path: '/v1/edge-cache/invalidate-by-src-images',
        operationId: 'vercelInvalidateBySrcImages',
        summary: 'Vercel: make stale what was made of source images',
        answer: ofProject((site, request) => imagePurges(site, request, true)),
      },
      {
        ...call,
        path: '/v1/edge-cache/dangerously-delete-by-src-images',
        operationId: 'vercelDangerouslyDeleteBySrcImages',
        summary: 'Vercel: remove what was made of source images',
        answer: ofProject((site, request) => imagePurges(site, request, false)),
      },
    ],
    secretOf: bearerTokenOf,
    refusals,
  };
};

function tagPurges(
  site: PurgeableSite,
  { content }: ApiRequest,
  soft: boolean,
): readonly Purge[] | string {
  const { tags, target } = jsonObject(content) ?? {};
  const list = listOfTexts(typeof tags === 'string' ? [tags] : tags);
  if (list === undefined) return '`tags` should be a string or an array of strings.';
  if (list.length > MAX_TAGS) return `\`tags\` should NOT have more than ${MAX_TAGS} items.`;
  if (list.some((tag) => new TextEncoder().encode(tag).length > MAX_TAG_BYTES))
    return `a tag should NOT be longer than ${MAX_TAG_BYTES} bytes.`;
  if (target !== undefined && target !== 'production' && target !== 'preview')
    return '`target` should be equal to one of the allowed values "production, preview".';
  return list.map((tag) => tagPurge(site, tag, soft));
}

/** vercel-purge-images: of the source's own path nothing is purged. */
function imagePurges(
  site: PurgeableSite,
  { content }: ApiRequest,
  soft: boolean,
): readonly Purge[] | string {
  const sources = listOfTexts(jsonObject(content)?.['srcImages']);
  if (sources === undefined) return '`srcImages` should be an array of strings.';
  return sources.flatMap((source) =>
    IMAGE_PATHS.flatMap((path) => {
      const target = `${path}?url=${encodeURIComponent(source)}&`;
      return pathPurges(site, { hostname: null, target }, { extent: 'prefix', soft });
    }),
  );
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: ({ fields }) =>
    fields['authorization'] === undefined
      ? refused(401, 'unauthorized', 'No authorization token was provided.')
      : jsonAnswer(403, {
          error: { code: 'forbidden', message: 'Not authorized', invalidToken: true },
        }),
  'unknown-call': () => refused(404, 'not_found', 'Not Found'),
  'content-too-large': () =>
    refused(413, 'request_entity_too_large', 'The request body is too large.'),
  'store-away': () =>
    refused(503, 'service_unavailable', 'Not all edges could be told; try again.'),
  fault: () => refused(500, 'internal_server_error', 'A fault of Poplet: please report it.'),
};

function refused(status: number, code: string, message: string): ApiAnswer {
  return jsonAnswer(status, { error: { code, message } });
}
