import type { ExchangeFacts, FieldLines, OwnFields, PresentedRequest } from '@poplet/policy';
import { geoLines, type GeoPart } from '../visitor.ts';

/** The region that answers, and the one where functions run. */
const REGION = 'fra1';

/** The fields that tell a function where its visitor is. */
export const GEO_NAMES: Readonly<Record<GeoPart, string>> = {
  country: 'X-Vercel-IP-Country',
  region: 'X-Vercel-IP-Country-Region',
  city: 'X-Vercel-IP-City',
  latitude: 'X-Vercel-IP-Latitude',
  longitude: 'X-Vercel-IP-Longitude',
  timezone: 'X-Vercel-IP-Timezone',
  continent: 'X-Vercel-IP-Continent',
  'postal-code': 'X-Vercel-IP-Postal-Code',
};

/** vercel-status-words */
function statusOf({ outcome, reasons }: ExchangeFacts): string {
  switch (outcome) {
    case 'hit':
      return 'HIT';
    case 'updating':
    case 'stale':
      return 'STALE';
    case 'revalidated':
      return 'REVALIDATED';
    // vercel-pragma
    case 'expired':
      return reasons.some(({ code }) => code === 'request-refuses-stale') ? 'REVALIDATED' : 'MISS';
    case 'pass':
      return 'BYPASS';
    case 'miss':
    case 'bypass':
    case 'ineligible':
    case 'error':
      return 'MISS';
    default:
      return outcome satisfies never;
  }
}

function idOf({ id = '' }: PresentedRequest): string {
  return `${REGION}::${REGION}::${id.slice(0, 5)}-${id.slice(5, 18)}-${id.slice(18, 30)}`;
}

/** x-vercel-cache, x-vercel-id and Server. */
export const ownFields: OwnFields = {
  isPerRequest: true,
  linesOf: (exchange): FieldLines => [
    'Server',
    'Vercel',
    'x-vercel-cache',
    statusOf(exchange),
    'x-vercel-id',
    idOf(exchange.request),
  ],
};

/** Who asks, as functions are told. */
export function upstreamFields(request: PresentedRequest): FieldLines {
  const { clientAddress, authority } = request;
  const lines = ['x-vercel-id', idOf(request), 'x-vercel-deployment-url', authority];
  if (clientAddress !== undefined) {
    lines.push('x-forwarded-for', clientAddress, 'x-vercel-forwarded-for', clientAddress);
    lines.push('x-real-ip', clientAddress);
  }
  return [...lines, ...geoLines(request, GEO_NAMES)];
}
