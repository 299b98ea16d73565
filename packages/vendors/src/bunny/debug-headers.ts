import {
  IncomingFields,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
} from '@poplet/policy';
import { geoFieldOf } from '../visitor.ts';

/** The server that answers: `BunnyCDN-<PoP>-<id>`. */
const SERVER = 'BunnyCDN-DE1-1082';
const EDGE_STORAGE = '1082';
const PULL_ZONE = '1000001';
const USER = '5cf0d2a4-6d1c-4f0c-9a25-1c1f3b9b2f10';

/** bunny-cache-words */
function wordOf({ outcome }: ExchangeFacts): string {
  switch (outcome) {
    case 'hit':
      return 'HIT';
    case 'miss':
      return 'MISS';
    case 'expired':
      return 'EXPIRED';
    case 'revalidated':
      return 'REVALIDATED';
    case 'updating':
      return 'UPDATING';
    case 'stale':
      return 'STALE';
    case 'bypass':
    case 'pass':
    case 'ineligible':
      return 'BYPASS';
    case 'error':
      return 'MISS';
    default:
      return outcome satisfies never;
  }
}

function countryOf({ fields }: PresentedRequest): string {
  return fields.get(geoFieldOf('country')) ?? 'XX';
}

/** `MM/DD/YYYY HH:MM:SS`, in UTC. */
function instantText(atMs: number): string {
  const [date = '', time = ''] = new Date(atMs).toISOString().split(/[T.]/u);
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time}`;
}

/** Server and the fields that begin with CDN-. */
export const ownFields: OwnFields = {
  isPerRequest: true,
  linesOf: (exchange, { status, lines }): FieldLines => {
    const { request, upstreamStatus, receivedAtMs, elapsedMs } = exchange;
    const ageSeconds = Number(new IncomingFields(lines).get('age') ?? 0);
    return Object.entries({
      Server: SERVER,
      'CDN-PullZone': PULL_ZONE,
      'CDN-Uid': USER,
      'CDN-RequestCountryCode': countryOf(request),
      'CDN-ProxyVer': '1.06',
      'CDN-RequestPullSuccess': exchange.outcome === 'error' ? 'False' : 'True',
      'CDN-RequestPullCode': String(upstreamStatus ?? status),
      'CDN-CachedAt': instantText(receivedAtMs - ageSeconds * 1000),
      'CDN-EdgeStorageId': EDGE_STORAGE,
      'CDN-RequestId': request.id ?? '',
      'CDN-Cache': wordOf(exchange),
      'CDN-Status': String(status),
      'CDN-RequestTime': String(Math.floor(elapsedMs / 1000)),
    }).flat();
  },
};

/** Who asks, as the origin server is told. */
export function upstreamFields(request: PresentedRequest): FieldLines {
  const { clientAddress, id = '' } = request;
  const lines = ['Via', 'BunnyCDN', 'CDN-ServerId', EDGE_STORAGE, 'CDN-RequestId', id];
  lines.push('CDN-RequestCountryCode', countryOf(request));
  if (clientAddress !== undefined) lines.push('X-Real-IP', clientAddress);
  return lines;
}
