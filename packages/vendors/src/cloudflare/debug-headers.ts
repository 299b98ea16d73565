import {
  formatDirectives,
  IncomingFields,
  parseCacheControl,
  withDirective,
  writtenDirective,
  writtenDirectives,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
  type ReasonCode,
  type ResponsePlan,
} from '@poplet/policy';

/** The data centre that answers. A code of IATA, as CF-RAY ends in one. */
const DATA_CENTRE = 'FRA';

/** Why the origin server, or what it answered, kept a response out of the cache. */
const REFUSED: ReadonlySet<ReasonCode> = new Set([
  'not-stored-no-store',
  'not-stored-private',
  'not-stored-no-cache',
  'not-stored-never-fresh',
  'not-stored-cookie-set',
  'not-stored-authorization',
  'not-stored-vary-star',
]);

/** cloudflare-status-words: null where neither the cache nor the origin server had a part in the answer. */
function statusOf({ outcome, reasons }: ExchangeFacts): string | null {
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
      return reasons.some(({ code }) => REFUSED.has(code)) ? 'BYPASS' : 'MISS';
    case 'pass':
      return 'BYPASS';
    case 'ineligible':
      return 'DYNAMIC';
    case 'error':
      return null;
    default:
      return outcome satisfies never;
  }
}

function rayOf({ id = '' }: PresentedRequest): string {
  return `${id.slice(0, 16)}-${DATA_CENTRE}`;
}

/** cloudflare-browser-ttl: of what is cached, a max-age that is less, or none. */
function raisedLifetime(
  { ttlSeconds }: ExchangeFacts,
  { lines }: ResponsePlan,
  browserTtlSeconds: number,
): FieldLines {
  if (browserTtlSeconds === 0 || ttlSeconds === null) return [];
  const written = new IncomingFields(lines).lines('cache-control');
  const { maxAgeSeconds } = parseCacheControl(written);
  if (typeof maxAgeSeconds === 'number' && maxAgeSeconds >= browserTtlSeconds) return [];
  const lifetime = writtenDirective(`max-age=${browserTtlSeconds}`);
  return ['Cache-Control', formatDirectives(withDirective(writtenDirectives(written), lifetime))];
}

/** CF-Cache-Status, CF-RAY and Server, and what Browser Cache TTL makes of Cache-Control. */
export function ownFieldsWith(browserTtlSeconds: number): OwnFields {
  return {
    isPerRequest: true,
    linesOf: (exchange, answered): FieldLines => {
      const status = statusOf(exchange);
      return [
        ...raisedLifetime(exchange, answered, browserTtlSeconds),
        ...(status === null ? [] : ['CF-Cache-Status', status]),
        'CF-RAY',
        rayOf(exchange.request),
        'Server',
        'cloudflare',
      ];
    },
  };
}

/** Who asks, as the origin server is told. */
export function upstreamFields(request: PresentedRequest): FieldLines {
  const { clientAddress, fields, scheme } = request;
  const lines = ['CF-RAY', rayOf(request), 'CF-Visitor', JSON.stringify({ scheme })];
  lines.push('CF-IPCountry', fields.get('x-poplet-country') ?? 'XX');
  if (clientAddress !== undefined) lines.push('CF-Connecting-IP', clientAddress);
  return lines;
}
