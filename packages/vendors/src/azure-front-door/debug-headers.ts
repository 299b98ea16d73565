import type {
  ExchangeFacts,
  FieldLines,
  OwnFields,
  PresentedRequest,
  ReasonCode,
} from '@poplet/policy';

/** The Front Door that asks. */
const FRONT_DOOR_ID = '55ce4ed1-4b06-4bf1-b40e-4638452104da';

/** What the origin server says that keeps a response out of the cache. */
const REFUSED: ReadonlySet<ReasonCode> = new Set([
  'not-stored-no-store',
  'not-stored-private',
  'not-stored-no-cache',
]);

/** azure-front-door-x-cache */
function wordOf({ outcome, reasons }: ExchangeFacts): string {
  switch (outcome) {
    case 'hit':
    case 'updating':
    case 'stale':
    case 'revalidated':
      return 'TCP_HIT';
    case 'bypass':
      return reasons.some(({ code }) => REFUSED.has(code)) ? 'PRIVATE_NOSTORE' : 'TCP_MISS';
    case 'ineligible':
    case 'pass':
      return 'CONFIG_NOCACHE';
    case 'miss':
    case 'expired':
    case 'error':
      return 'TCP_MISS';
    default:
      return outcome satisfies never;
  }
}

function refOf({ id = '' }: PresentedRequest): string {
  return `0${id}`;
}

/** X-Cache and X-Azure-Ref, and what X-Azure-DebugInfo asks for. */
export const ownFields: OwnFields = {
  isPerRequest: true,
  linesOf: (exchange): FieldLines => {
    const { request, upstreamStatus } = exchange;
    const lines = ['X-Cache', wordOf(exchange), 'X-Azure-Ref', refOf(request)];
    if (request.fields.get('x-azure-debuginfo') === '1' && upstreamStatus !== null)
      lines.push('X-Azure-OriginStatusCode', String(upstreamStatus));
    return lines;
  },
};

/** Who asks, as the origin server is told. */
export function upstreamFields(request: PresentedRequest): FieldLines {
  const { clientAddress, fields, receivedVersion = '1.1' } = request;
  const via = `${receivedVersion} Azure`;
  const before = fields.get('via');
  const lines = ['Via', before === undefined ? via : `${before}, ${via}`];
  lines.push('X-Azure-Ref', refOf(request), 'X-Azure-RequestChain', 'hops=1');
  lines.push('X-Azure-FDID', FRONT_DOOR_ID);
  if (clientAddress !== undefined)
    lines.push('X-Azure-ClientIP', clientAddress, 'X-Azure-SocketIP', clientAddress);
  return lines;
}
