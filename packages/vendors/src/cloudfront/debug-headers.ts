import {
  isServedAtOnce,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
  type ResponsePlan,
} from '@poplet/policy';
import { geoFieldOf, geoLines, type GeoPart } from '../visitor.ts';

/** The edge location that answers. */
const POP = 'FRA56-P1';

/** cloudfront-x-cache: an error is one, wherever it came from. */
function wordOf({ outcome }: ExchangeFacts, { status }: ResponsePlan): string {
  if (status >= 400) return 'Error';
  if (isServedAtOnce(outcome)) return 'Hit';
  return outcome === 'revalidated' ? 'RefreshHit' : 'Miss';
}

function idOf({ id = '' }: PresentedRequest): string {
  return `${id}${id.slice(0, 22)}==`;
}

/** cloudfront-server-timing: what the cache did, where and for which request. */
function timingOf({ outcome, request, elapsedMs }: ExchangeFacts): string {
  const about = [`cdn-pop;desc="${POP}"`, `cdn-rid;desc="${idOf(request)}"`];
  if (isServedAtOnce(outcome))
    return ['cdn-cache-hit', ...about, 'cdn-hit-layer;desc="EDGE"'].join(',');
  const word = outcome === 'revalidated' ? 'cdn-cache-refresh' : 'cdn-cache-miss';
  const milliseconds = Math.round(elapsedMs);
  return [
    'cdn-upstream-layer;desc="EDGE"',
    `cdn-upstream-fbl;dur=${milliseconds}`,
    word,
    ...about,
    `cdn-downstream-fbl;dur=${milliseconds}`,
  ].join(',');
}

function asksForTiming({ fields }: PresentedRequest): boolean {
  const asked = (fields.get('pragma') ?? '').split(',');
  return asked.some((one) => one.trim().toLowerCase() === 'server-timing');
}

/** X-Cache, Via, X-Amz-Cf-Pop and X-Amz-Cf-Id; Server-Timing always, or where Pragma asks for it. */
export function ownFieldsWith(hasServerTiming: boolean): OwnFields {
  return {
    isPerRequest: true,
    linesOf: (exchange, answered): FieldLines => {
      const { request } = exchange;
      const lines = [
        'X-Cache',
        `${wordOf(exchange, answered)} from cloudfront`,
        'Via',
        '1.1 0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e.cloudfront.net (CloudFront)',
        'X-Amz-Cf-Pop',
        POP,
        'X-Amz-Cf-Id',
        idOf(request),
      ];
      const isTimed = hasServerTiming || asksForTiming(request);
      return isTimed ? [...lines, 'Server-Timing', timingOf(exchange)] : lines;
    },
  };
}

/** cloudfront-viewer-fields: how it calls where the client is. */
const VIEWER_NAMES: Readonly<Partial<Record<GeoPart, string>>> = {
  country: 'CloudFront-Viewer-Country',
  region: 'CloudFront-Viewer-Country-Region',
  city: 'CloudFront-Viewer-City',
  'postal-code': 'CloudFront-Viewer-Postal-Code',
  timezone: 'CloudFront-Viewer-Time-Zone',
  latitude: 'CloudFront-Viewer-Latitude',
  longitude: 'CloudFront-Viewer-Longitude',
};

/** The request fields that CloudFront makes, lower case, and what each is made of. */
export const MADE_OF: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(VIEWER_NAMES).map(([part, name]) => [
    name.toLowerCase(),
    geoFieldOf(part as GeoPart),
  ]),
);

/** Of which the origin gets Authorization in any case. */
const WITH_CREDENTIALS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What the origin server is told, by whether it gets a request field (lower case). */
export function upstreamFieldsFor(
  isForwarded: (name: string) => boolean,
): (request: PresentedRequest) => FieldLines {
  return (request) => {
    const { fields, method } = request;
    const lines = ['X-Amz-Cf-Id', idOf(request)];
    if (!isForwarded('user-agent')) lines.push('User-Agent', 'Amazon CloudFront');
    // cloudfront-authorization-methods
    const credentials = fields.get('authorization');
    if (credentials !== undefined && WITH_CREDENTIALS.has(method))
      lines.push('Authorization', credentials);
    const names = Object.entries(VIEWER_NAMES).filter(([, name]) =>
      isForwarded(name.toLowerCase()),
    );
    return [...lines, ...geoLines(request, Object.fromEntries(names))];
  };
}
