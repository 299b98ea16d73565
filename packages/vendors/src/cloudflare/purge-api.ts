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
import { everythingPurge, pathPurges, purgeUrlOf, siteNamed, tagPurge } from '../purge/targets.ts';
import { TokenBucket } from '../purge/token-bucket.ts';

/** cloudflare-purge-limits: items of one call. */
const MAX_ITEMS = 100;
/** cloudflare-purge-limits: characters of a tag. */
const MAX_TAG_LENGTH = 1024;
/** cloudflare-purge-limits, of the largest plan that the profile stands for: Business. */
const CALLS = { capacity: 50, perSecond: 10 };
const URLS = { capacity: 1500, perSecond: 1500 };

/** What one member of the body asks for; a text: what is wrong with it. */
type ReadMember = (value: unknown, site: PurgeableSite) => readonly Purge[] | string;

const MEMBERS: Readonly<Record<string, ReadMember>> = {
  purge_everything: (value, site) =>
    value === true ? [everythingPurge(site)] : '"purge_everything" must be true',
  files: (value, site) => listOf('files', value, (file) => filePurge(file, site)),
  tags: (value, site) => listOf('tags', value, (tag) => tagsPurge(tag, site)),
  hosts: (value, site) => listOf('hosts', value, (host) => hostPurge(host, site)),
  prefixes: (value, site) => listOf('prefixes', value, (prefix) => prefixPurges(prefix, site)),
};

/** `POST /client/v4/zones/{zone_id}/purge_cache`: hard, whatever is named. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs, newId }) => {
  const calls = new TokenBucket(CALLS, nowMs);
  const urls = new TokenBucket(URLS, nowMs);
  return {
    title: 'Cloudflare',
    namespaces: ['/client/v4/'],
    calls: [
      {
        method: 'POST',
        path: '/client/v4/zones/:zone/purge_cache',
        operationId: 'cloudflarePurgeCache',
        summary: 'Cloudflare: purge everything, files, tags, hosts or prefixes of a zone',
        maxContentBytes: 1_048_576,
        answer: async ({ parameters, content, target }: ApiRequest): Promise<ApiAnswer> => {
          const site = siteNamed(sites, parameters['zone'] ?? '');
          if (site === undefined) return unknownZone(target);
          const purges = purgesOf(content, site);
          if (typeof purges === 'string') return refused(400, 1012, purges);
          const files = jsonObject(content)?.['files'];
          const waitSeconds = Array.isArray(files) ? urls.take(files.length) : calls.take();
          if (waitSeconds > 0) return tooMany(waitSeconds);
          await purge(purges);
          const result = { id: newId() };
          return jsonAnswer(200, { success: true, errors: [], messages: [], result });
        },
      },
    ],
    secretOf: (head) => bearerTokenOf(head) ?? keyOf(head),
    refusals,
  };
};

/** The older pair of fields, for a whole account. */
function keyOf({ fields }: ApiHead): string | undefined {
  return fields['x-auth-email'] === undefined ? undefined : fields['x-auth-key'] || undefined;
}

function purgesOf(content: string, site: PurgeableSite): readonly Purge[] | string {
  const body = jsonObject(content);
  if (body === undefined) return 'Request body is not a JSON object';
  const named = Object.keys(body).filter((name) => Object.hasOwn(MEMBERS, name));
  const [name = ''] = named;
  if (named.length !== 1)
    return 'Request must contain one of "purge_everything", "files", "tags", "hosts" or "prefixes"';
  return (MEMBERS[name] as ReadMember)(body[name], site);
}

function listOf(
  name: string,
  value: unknown,
  purgesFor: (item: unknown) => readonly Purge[] | string,
): readonly Purge[] | string {
  if (!Array.isArray(value) || value.length === 0) return `"${name}" must be a non-empty array`;
  if (value.length > MAX_ITEMS) return `"${name}" may hold at most ${MAX_ITEMS} items per request`;
  const purges: Purge[] = [];
  for (const item of value) {
    const some = purgesFor(item);
    if (typeof some === 'string') return some;
    purges.push(...some);
  }
  return purges;
}

/** cloudflare-purge-files: what differs in a field of the key is another file, so its fields are to be named. */
function filePurge(file: unknown, site: PurgeableSite): readonly Purge[] | string {
  const { url: text, headers = {} } =
    typeof file === 'string'
      ? { url: file }
      : ((file ?? {}) as { url?: unknown; headers?: object });
  const url = typeof text === 'string' ? purgeUrlOf(text) : undefined;
  if (url === undefined) return `Unable to purge ${JSON.stringify(text)}, which is an invalid URL`;
  const values = Object.entries(headers ?? {});
  if (listOfTexts(values.map(([, value]) => value)) === undefined)
    return '"headers" of a file must be an object of texts';
  // Requests say here in another field where they come from.
  const variantOf = Object.fromEntries(
    values.map(([name, value]) => [
      /^cf-ipcountry$/iu.test(name) ? 'x-poplet-country' : name,
      value,
    ]),
  );
  return pathPurges(site, url, { variantOf });
}

function tagsPurge(tag: unknown, site: PurgeableSite): readonly Purge[] | string {
  if (typeof tag !== 'string' || !/^[!-+\--~]+$/u.test(tag))
    return `${JSON.stringify(tag)} is not a tag: printable ASCII without spaces and commas`;
  if (tag.length > MAX_TAG_LENGTH) return `a tag has at most ${MAX_TAG_LENGTH} characters`;
  return [tagPurge(site, tag)];
}

function hostPurge(host: unknown, site: PurgeableSite): readonly Purge[] | string {
  const isHost = typeof host === 'string' && /^[^\s/:?#]+$/u.test(host);
  const url = isHost ? purgeUrlOf(`http://${host}/`) : undefined;
  if (url === undefined) return `${JSON.stringify(host)} is not a hostname`;
  return pathPurges(site, url, { extent: 'prefix' });
}

/** cloudflare-purge-prefixes: by whole segments, without scheme and query. */
function prefixPurges(prefix: unknown, site: PurgeableSite): readonly Purge[] | string {
  const isPrefix = typeof prefix === 'string' && !/^[a-z]+:\/\/|[?#]/iu.test(prefix);
  const url = isPrefix ? purgeUrlOf(`http://${prefix}`) : undefined;
  if (url === undefined)
    return `${JSON.stringify(prefix)} is not a prefix: a host and a path, without scheme, query and fragment`;
  const { hostname, target } = url;
  if (target.endsWith('/')) return pathPurges(site, url, { extent: 'prefix' });
  return [
    ...pathPurges(site, url),
    ...['/', '?'].flatMap((next) =>
      pathPurges(site, { hostname, target: target + next }, { extent: 'prefix' }),
    ),
  ];
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: (head) => unauthorized(head),
  'unknown-call': () => refused(404, 7000, 'No route for that URI'),
  'content-too-large': () => refused(413, 413, 'Request entity too large'),
  'store-away': () => refused(503, 10_000, 'The purge could not be told to all edges; try again'),
  fault: () => refused(500, 10_001, 'Internal error of Poplet: please report it'),
};

/** cloudflare-api-credentials */
function unauthorized({ fields }: ApiHead): ApiAnswer {
  const { authorization } = fields;
  const isBearer = authorization !== undefined && /^Bearer +\S+ *$/iu.test(authorization);
  if (isBearer || fields['x-auth-key'] !== undefined)
    return refused(401, 10_000, 'Authentication error');
  if (authorization !== undefined) {
    const chain = [{ code: 6111, message: 'Invalid format for Authorization header' }];
    return refused(400, 6003, 'Invalid request headers', chain);
  }
  return refused(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
}

function unknownZone(target: string): ApiAnswer {
  const path = target.replace(/^\/client\/v4|\?.*$/gu, '');
  const message = `Could not route to ${path}, perhaps your object identifier is invalid?`;
  return refused(404, 7003, message);
}

function tooMany(waitSeconds: number): ApiAnswer {
  const answer = refused(429, 971, 'Please wait and consider throttling your request speed');
  return { ...answer, fields: { ...answer.fields, 'retry-after': String(waitSeconds) } };
}

function refused(
  status: number,
  code: number,
  message: string,
  chain?: readonly object[],
): ApiAnswer {
  const error = chain === undefined ? { code, message } : { code, message, error_chain: chain };
  return jsonAnswer(status, { success: false, errors: [error], messages: [], result: null });
}
