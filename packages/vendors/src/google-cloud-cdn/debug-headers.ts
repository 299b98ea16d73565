import {
  formatDirectives,
  IncomingFields,
  parseCacheControl,
  withDirective,
  withFirstDirective,
  writtenDirective,
  writtenDirectives,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
  type ResponsePlan,
} from '@poplet/policy';

/** The load balancer, as X-Forwarded-For names it. An address of RFC 5737. */
const LOAD_BALANCER = '192.0.2.1';

/** Cache-Control for clients, or null where it stays as it is. */
type ClientCacheControl = (answered: ResponsePlan) => string | null;

/** google-cloud-cdn-client-ttl: max-age no longer than client_ttl, and `public`, of what names max-age. */
function clamped({ lines }: ResponsePlan, clientTtlSeconds: number): string | null {
  const written = new IncomingFields(lines).lines('cache-control');
  const { maxAgeSeconds, public: isPublic } = parseCacheControl(written);
  if (typeof maxAgeSeconds !== 'number') return null;
  const given = writtenDirectives(written);
  const shared = isPublic ? given : withFirstDirective(given, writtenDirective('public'));
  if (maxAgeSeconds <= clientTtlSeconds) return formatDirectives(shared);
  const lifetime = writtenDirective(`max-age=${clientTtlSeconds}`);
  return formatDirectives(withDirective(shared, lifetime));
}

/** google-cloud-cdn-force-downstream: of successes, and of a 304 to one. */
function forced({ status }: ResponsePlan, seconds: number): string | null {
  return status < 300 || status === 304 ? `public, max-age=${seconds}` : null;
}

/** Via, and what the mode makes of Cache-Control for clients. */
function ownFields(clientCacheControl: ClientCacheControl): OwnFields {
  return {
    isPerRequest: false,
    linesOf: ({ ttlSeconds }: ExchangeFacts, answered): FieldLines => {
      const value = ttlSeconds === null ? null : clientCacheControl(answered);
      const lines = ['Via', '1.1 google'];
      return value === null ? lines : ['Cache-Control', value, ...lines];
    },
  };
}

/** Of CACHE_ALL_STATIC, by client_ttl. */
export function staticModeFields(clientTtlSeconds: number): OwnFields {
  return ownFields((answered) => clamped(answered, clientTtlSeconds));
}

export const originModeFields: OwnFields = ownFields(() => null);

/** Of FORCE_CACHE_ALL: the lifetime that clients are sent, in seconds. */
export function forcedModeFields(seconds: number): OwnFields {
  return ownFields((answered) => forced(answered, seconds));
}

/** Who asks, as the origin server is told. */
export function upstreamFields({ clientAddress, fields, id }: PresentedRequest): FieldLines {
  const lines = ['Via', '1.1 google'];
  if (id !== undefined) lines.push('X-Cloud-Trace-Context', `${id}/1`);
  if (clientAddress !== undefined) {
    const before = fields.get('x-forwarded-for');
    const members = [...(before === undefined ? [] : [before]), clientAddress, LOAD_BALANCER];
    lines.push('X-Forwarded-For', members.join(','));
  }
  return lines;
}
