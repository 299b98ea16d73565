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
import { TokenBucket } from '../purge/token-bucket.ts';

/** akamai-purge-limits */
const MAX_CONTENT_BYTES = 50_000;
/** akamai-purge-rates */
const REQUESTS = { capacity: 100, perSecond: 50 };
const OBJECTS = {
  url: { capacity: 10_000, perSecond: 200 },
  cpcode: { capacity: 300, perSecond: 0.5 },
  tag: { capacity: 5000, perSecond: 500 / 60 },
} as const;

type Kind = keyof typeof OBJECTS;

/** Without one it is production; staging stands for that here. */
const NETWORKS = ['', 'staging', 'production'] as const;

/** `POST /ccu/v3/{invalidate|delete}/{url|cpcode|tag}/{network}`: what is invalidated is stale, what is deleted is gone. */
export const createPurgeApi: CreatePurgeApi = ({ sites, purge, nowMs, newId }) => {
  const requests = new TokenBucket(REQUESTS, nowMs);
  const objectsOf = {
    url: new TokenBucket(OBJECTS.url, nowMs),
    cpcode: new TokenBucket(OBJECTS.cpcode, nowMs),
    tag: new TokenBucket(OBJECTS.tag, nowMs),
  };

  const answer =
    (kind: Kind, soft: boolean) =>
    async ({ content }: ApiRequest): Promise<ApiAnswer> => {
      const { objects, hostname } = jsonObject(content) ?? {};
      if (!Array.isArray(objects) || objects.length === 0)
        return problem(400, 'Bad request', 'objects is to be a list');
      const purges: Purge[] = [];
      for (const object of objects as readonly unknown[]) {
        const some = purgesFor[kind](sites, { object, hostname, soft });
        if (!Array.isArray(some)) return some as ApiAnswer;
        purges.push(...(some as readonly Purge[]));
      }
      const waitSeconds = requests.take() || objectsOf[kind].take(objects.length);
      if (waitSeconds > 0) return tooMany(kind, waitSeconds);
      await purge(purges);
      return jsonAnswer(201, {
        detail: 'Request accepted',
        estimatedSeconds: 5,
        httpStatus: 201,
        purgeId: newId(),
        supportId: `poplet-${newId()}`,
      });
    };

  return {
    title: 'Akamai',
    namespaces: ['/ccu/'],
    calls: (['invalidate', 'delete'] as const).flatMap((action) =>
      (['url', 'cpcode', 'tag'] as const).flatMap((kind) =>
        NETWORKS.map((network) => ({
          method: 'POST' as const,
          path: ['/ccu/v3', action, kind, network].filter((part) => part !== '').join('/'),
          operationId: `akamai${capital(action)}${capital(kind)}${capital(network)}`,
          summary: `Akamai: ${action} by ${kind}`,
          maxContentBytes: MAX_CONTENT_BYTES,
          answer: answer(kind, action === 'invalidate'),
        })),
      ),
    ),
    secretOf,
    refusals,
  };
};

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

interface Wanted {
  readonly object: unknown;
  /** Of the content: that of objects which are paths. */
  readonly hostname: unknown;
  readonly soft: boolean;
}

/** The purges for an object, or why there are none. */
const purgesFor: Readonly<
  Record<Kind, (sites: readonly PurgeableSite[], wanted: Wanted) => readonly Purge[] | ApiAnswer>
> = {
  url: (sites, { object, hostname, soft }) => {
    if (typeof object !== 'string') return problem(400, 'Bad request', 'a URL is to be a text');
    const isPath = object.startsWith('/') && typeof hostname === 'string';
    const url = purgeUrlOf(isPath ? `https://${hostname}${object}` : object);
    if (url === undefined) return problem(403, 'unauthorized arl', `unauthorized arl: ${object}`);
    return sitesAt(sites, url.hostname).flatMap((site) => pathPurges(site, url, { soft }));
  },
  cpcode: (sites, { object, soft }) => {
    const site = typeof object === 'number' ? siteNamed(sites, String(object)) : undefined;
    if (site === undefined)
      return problem(403, 'unauthorized cpcode', `unauthorized cpcode: ${String(object)}`);
    return [{ ...everythingPurge(site), soft }];
  },
  tag: (sites, { object, soft }) => {
    const [tag] = listOfTexts([object]) ?? [];
    if (tag === undefined) return problem(400, 'Bad request', 'a tag is to be a text');
    return sites.map((site) => tagPurge(site, tag, soft));
  },
};

/** akamai-purge-auth: signatures are not verified; the client token says who it is. */
function secretOf({ fields }: ApiHead): string | undefined {
  const authorization = fields['authorization'] ?? '';
  const match =
    /^EG1-HMAC-SHA256 client_token=(?<client>[^;]+);access_token=[^;]+;timestamp=\d{8}T\d\d:\d\d:\d\d\+0000;nonce=[^;]+;signature=[\w+/]+=*$/u.exec(
      authorization,
    );
  return match?.groups?.['client'];
}

const refusals: PurgeApi['refusals'] = {
  unauthorized: () =>
    problem(401, 'Not authorized', 'The signature does not match, or there is none'),
  'unknown-call': () => problem(404, 'Not found', 'There is no such call'),
  'content-too-large': () =>
    problem(413, 'Request entity too large', `at most ${MAX_CONTENT_BYTES} bytes`),
  'store-away': () => problem(503, 'Service unavailable', 'Not all edges could be told; try again'),
  fault: () => problem(500, 'Internal error', 'A fault of Poplet: please report it'),
};

function problem(httpStatus: number, title: string, detail: string, more: object = {}): ApiAnswer {
  const describedBy = 'https://problems.luna.akamaiapis.net/-/pep-authn/request-error';
  const supportId = 'poplet';
  return jsonAnswer(
    httpStatus,
    { describedBy, detail, httpStatus, supportId, title, ...more },
    { 'content-type': 'application/api-problem+json' },
  );
}

function tooMany(kind: Kind, waitSeconds: number): ApiAnswer {
  const { capacity } = OBJECTS[kind];
  const answer = problem(429, 'Rate limit exceeded', `try again in ${waitSeconds} s`, {
    rateLimit: capacity,
    rateLimitRemaining: 0,
  });
  return { ...answer, fields: { ...answer.fields, 'retry-after': String(waitSeconds) } };
}
