import type { ExchangeFacts, FieldLines, OwnFields, PresentedRequest } from '@poplet/policy';

/** The edge location that answers. */
const LOCATION = 'defr';

/** keycdn-x-cache: what is not cached is a MISS too; an error has none. */
function wordOf({ outcome }: ExchangeFacts): string | null {
  switch (outcome) {
    case 'hit':
      return 'HIT';
    case 'expired':
      return 'EXPIRED';
    case 'revalidated':
      return 'REVALIDATED';
    case 'updating':
    case 'stale':
      return 'STALE';
    case 'miss':
    case 'bypass':
    case 'pass':
    case 'ineligible':
      return 'MISS';
    case 'error':
      return null;
    default:
      return outcome satisfies never;
  }
}

/** X-Cache, X-Edge-Location and Server. */
export const ownFields: OwnFields = {
  isPerRequest: false,
  linesOf: (exchange): FieldLines => {
    const word = wordOf(exchange);
    const lines = ['Server', 'keycdn', 'X-Edge-Location', LOCATION];
    return word === null ? lines : ['X-Cache', word, ...lines];
  },
};

/** The zone as the origin server is told. */
const ZONE_HOST = 'poplet-1.kxcdn.com';

/** Who asks, as the origin server is told. */
export function upstreamFields({ scheme }: PresentedRequest): FieldLines {
  return ['X-Forwarded-Host', ZONE_HOST, 'X-Forwarded-Scheme', scheme, 'X-Pull', 'KeyCDN'];
}
