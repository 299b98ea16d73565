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
import { everythingPurge, pathPurges, purgeUrlOf, siteNamed, tagPurge } from '../purge/targets.ts';

/** keycdn-purge-limit */
const MAX_CONTENT_BYTES = 65_536;

/** `/zones/purge/{id}.json`, `/zones/purgeurl/{id}.json` and `/zones/purgetag/{id}.json`: hard. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge }) => {
  /** What is asked of one zone; a text: what is wrong. */
  const ofZone =
    (purgesFor: (site: PurgeableSite, request: ApiRequest) => readonly Purge[] | string) =>
    async (request: ApiRequest): Promise<ApiAnswer> => {
      const site = siteNamed(sites, (request.parameters['file'] ?? '').replace(/\.json$/u, ''));
      if (site === undefined) return failed(404, 'Zone not found');
      const purges = purgesFor(site, request);
      if (typeof purges === 'string') return failed(400, purges);
      await purge(purges);
      return said(200, 'success', DONE);
    };
  return {
    title: 'KeyCDN',
    namespaces: ['/zones/'],
    calls: [
      {
        method: 'GET',
        path: '/zones/purge/:file',
        operationId: 'keycdnPurgeZone',
        summary: 'KeyCDN: purge everything of a zone',
        maxContentBytes: MAX_CONTENT_BYTES,
        answer: ofZone((site) => [everythingPurge(site)]),
      },
      {
        method: 'DELETE',
        path: '/zones/purgeurl/:file',
        operationId: 'keycdnPurgeUrl',
        summary: 'KeyCDN: purge URLs, written without scheme',
        maxContentBytes: MAX_CONTENT_BYTES,
        answer: ofZone((site, request) => {
          const urls = listIn(request, 'urls');
          if (urls === undefined) return 'urls is to be a list of URLs';
          const found = urls.flatMap(
            (url) => purgeUrlOf(`http://${url.replace(/^https?:\/\//iu, '')}`) ?? [],
          );
          return found.length === urls.length
            ? found.flatMap((url) => pathPurges(site, url))
            : 'a URL is not valid';
        }),
      },
      {
        method: 'DELETE',
        path: '/zones/purgetag/:file',
        operationId: 'keycdnPurgeTag',
        summary: 'KeyCDN: purge by Cache-Tag',
        maxContentBytes: MAX_CONTENT_BYTES,
        answer: ofZone(
          (site, request) =>
            listIn(request, 'tags')?.map((tag) => tagPurge(site, tag)) ??
            'tags is to be a list of tags',
        ),
      },
    ],
    secretOf,
    refusals,
  };
};

const DONE = 'Cache has been cleared. This might take a few seconds.';

/** The key is the user of Basic, without a password (RFC 7617). */
function secretOf({ fields }: ApiHead): string | undefined {
  const credentials = /^Basic +(?<text>[\w+/]+=*) *$/iu.exec(fields['authorization'] ?? '');
  const [key = ''] = decoded(credentials?.groups?.['text'] ?? '').split(':');
  return key === '' ? undefined : key;
}

/** Of base64; empty where it is none. */
function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

/** From JSON, or from a form: `urls[0]=…`. */
function listIn({ content, fields }: ApiRequest, name: string): readonly string[] | undefined {
  const isForm = /^application\/x-www-form-urlencoded/iu.test(fields['content-type'] ?? '');
  const values = isForm
    ? [...new URLSearchParams(content)].flatMap(([key, value]) =>
        key.replace(/\[\d*\]$/u, '') === name ? [value] : [],
      )
    : jsonObject(content)?.[name];
  const list = listOfTexts(values);
  return list === undefined || list.length === 0 ? undefined : list;
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: () => failed(401, 'Authentication failed'),
  'unknown-call': () => failed(404, 'Not found'),
  'content-too-large': () => failed(413, 'Request entity too large'),
  'store-away': () => failed(503, 'Not all edges could be told; try again'),
  fault: () => failed(500, 'A fault of Poplet: please report it'),
};

function failed(status: number, description: string): ApiAnswer {
  return said(status, 'error', description);
}

function said(status: number, word: 'success' | 'error', description: string): ApiAnswer {
  return jsonAnswer(status, { status: word, description });
}
