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
import { Jobs } from '../purge/jobs.ts';
import { everythingPurge, pathPurges, siteNamed } from '../purge/targets.ts';

const GROUP = '/subscriptions/:subscription/resourceGroups/:group/providers';

/** `purgeContent` of Standard and Premium, and of the classic Front Door: begun at once, polled until it is done. */
export const createPurgeApi: CreatePurgeApi = ({ sites, newId, ...others }) => {
  const jobs = new Jobs<undefined>(others);

  const begin = (request: ApiRequest, names: readonly string[], resource: string): ApiAnswer => {
    const { parameters, query, origin } = request;
    if (query['api-version'] === undefined)
      return refused(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    const site = names.map((name) => siteNamed(sites, name)).find((one) => one !== undefined);
    if (site === undefined)
      return refused(
        404,
        'ResourceNotFound',
        `The Resource '${resource}' under resource group '${parameters['group']}' was not found.`,
      );
    const purges = purgesOf(request, site);
    if (typeof purges === 'string') return refused(400, 'BadRequest', purges);
    const { id } = jobs.begin(newId(), undefined, purges);
    const place = `${origin}/subscriptions/${parameters['subscription']}/providers/Microsoft.Cdn/locations/global`;
    const version = `api-version=${query['api-version']}`;
    return {
      status: 202,
      fields: {
        location: `${place}/operationresults/${id}?${version}`,
        'azure-asyncoperation': `${place}/operationstatuses/${id}?${version}`,
        'retry-after': '1',
      },
      content: '',
    };
  };

  const polled =
    (answer: (isDone: boolean, name: string) => ApiAnswer) =>
    ({ parameters: { operation = '' } }: ApiRequest): ApiAnswer => {
      const job = jobs.get(operation);
      return job === undefined
        ? refused(404, 'NotFound', `The operation '${operation}' was not found.`)
        : answer(job.isDone, operation);
    };

  return {
    title: 'Azure Front Door',
    namespaces: ['/subscriptions/'],
    calls: [
      {
        method: 'POST',
        path: `${GROUP}/Microsoft.Cdn/profiles/:profile/afdEndpoints/:endpoint/purge`,
        operationId: 'azurePurgeEndpoint',
        summary: 'Azure Front Door, Standard and Premium: purge paths of an endpoint',
        maxContentBytes: 1_048_576,
        answer: (request) => {
          const { profile = '', endpoint = '' } = request.parameters;
          const resource = `Microsoft.Cdn/profiles/${profile}/afdEndpoints/${endpoint}`;
          return begin(request, [endpoint, profile], resource);
        },
      },
      {
        method: 'POST',
        path: `${GROUP}/Microsoft.Network/frontDoors/:frontDoor/purge`,
        operationId: 'azurePurgeFrontDoor',
        summary: 'Azure Front Door, classic: purge paths',
        maxContentBytes: 1_048_576,
        answer: (request) => {
          const { frontDoor = '' } = request.parameters;
          return begin(request, [frontDoor], `Microsoft.Network/frontDoors/${frontDoor}`);
        },
      },
      {
        method: 'GET',
        path: '/subscriptions/:subscription/providers/Microsoft.Cdn/locations/global/operationresults/:operation',
        operationId: 'azureOperationResult',
        summary: 'Azure Front Door: 202 until a purge is done, then 200',
        maxContentBytes: 1024,
        answer: polled((isDone) => ({ status: isDone ? 200 : 202, fields: {}, content: '' })),
      },
      {
        method: 'GET',
        path: '/subscriptions/:subscription/providers/Microsoft.Cdn/locations/global/operationstatuses/:operation',
        operationId: 'azureOperationStatus',
        summary: 'Azure Front Door: whether a purge is done',
        maxContentBytes: 1024,
        answer: polled((isDone, name) =>
          jsonAnswer(200, { name, status: isDone ? 'Succeeded' : 'InProgress' }),
        ),
      },
    ],
    secretOf: bearerTokenOf,
    refusals,
  };
};

/** What is asked of an endpoint; a text: what is wrong. */
function purgesOf({ content }: ApiRequest, site: PurgeableSite): readonly Purge[] | string {
  const { contentPaths, domains = [] } = jsonObject(content) ?? {};
  const paths = listOfTexts(contentPaths);
  const hosts = listOfTexts(domains);
  if (paths === undefined || paths.length === 0)
    return 'The property "contentPaths" is to be a list of paths.';
  if (hosts === undefined) return 'The property "domains" is to be a list of names.';
  const wrong = paths.find((path) => !/^\/[^*]*\*?$/u.test(path) || /[^/]\*$/u.test(path));
  if (wrong !== undefined)
    return `The content path "${wrong}" is not valid: it begins with a slash, and a * stands behind one, at the end alone.`;
  const hostnames = hosts.length === 0 ? [null] : hosts.map((host) => host.toLowerCase());
  return hostnames.flatMap((hostname) => paths.flatMap((path) => ofPath(site, { hostname, path })));
}

/** azure-front-door-purge-paths: neither letter case nor query counts. */
function ofPath(
  site: PurgeableSite,
  { hostname, path }: { readonly hostname: string | null; readonly path: string },
): readonly Purge[] {
  if (path === '/*' && hostname === null) return [everythingPurge(site)];
  return path.endsWith('*')
    ? pathPurges(site, { hostname, target: path.slice(0, -1) }, { extent: 'prefix', folds: true })
    : pathPurges(site, { hostname, target: path }, { folds: true });
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: ({ fields }) =>
    fields['authorization'] === undefined
      ? refused(
          401,
          'AuthenticationFailed',
          "Authentication failed. The 'Authorization' header is missing.",
        )
      : refused(401, 'InvalidAuthenticationToken', 'The access token is invalid.'),
  'unknown-call': () => refused(404, 'NotFound', 'The resource was not found.'),
  'content-too-large': () =>
    refused(413, 'RequestContentTooLarge', 'The request content is too large.'),
  'store-away': () => refused(503, 'ServiceUnavailable', 'Not all edges could be told; try again.'),
  fault: () => refused(500, 'InternalServerError', 'A fault of Poplet: please report it.'),
};

function refused(status: number, code: string, message: string): ApiAnswer {
  return jsonAnswer(status, { error: { code, message } });
}
