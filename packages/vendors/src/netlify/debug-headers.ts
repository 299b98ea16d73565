import {
  IncomingFields,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
  type ReasonCode,
} from '@poplet/policy';
import { geoFieldOf } from '../visitor.ts';

/** What was stored, and could not be used as it was. */
const STALE: ReadonlySet<ReasonCode> = new Set(['stale', 'soft-purged', 'response-no-cache']);

/** netlify-cache-status */
function memberOf({ outcome, reasons }: ExchangeFacts): string {
  switch (outcome) {
    case 'hit':
      return '"Netlify Edge"; hit';
    case 'updating':
    case 'stale':
      return '"Netlify Edge"; hit; fwd=stale';
    case 'expired':
    case 'revalidated':
    case 'miss':
    case 'bypass':
    case 'ineligible':
    case 'pass':
    case 'error':
      return reasons.some(({ code }) => STALE.has(code))
        ? '"Netlify Edge"; fwd=stale'
        : '"Netlify Edge"; fwd=miss';
    default:
      return outcome satisfies never;
  }
}

/** Crockford's digits, as ULIDs are written. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The 128 bits of a request's id as a ULID is written: 26 digits. */
function ulidOf({ id = '' }: PresentedRequest): string {
  let left = BigInt(`0x${id === '' ? '0' : id}`);
  let text = '';
  for (let digit = 0; digit < 26; digit++) {
    text = `${DIGITS[Number(left % 32n)]}${text}`;
    left /= 32n;
  }
  return text;
}

/** Cache-Status, x-nf-request-id and Server. */
export const ownFields: OwnFields = {
  isPerRequest: true,
  linesOf: (exchange, answered): FieldLines => {
    // The member of this edge comes last, behind those of the origin server and of the CDN.
    const members = new IncomingFields(answered.lines).lines('cache-status');
    const all = [...members.slice(0, -1), memberOf(exchange), ...members.slice(-1)];
    const lines = all.flatMap((member) => ['Cache-Status', member]);
    return [...lines, 'Server', 'Netlify', 'x-nf-request-id', ulidOf(exchange.request)];
  },
};

/** Who asks, as functions and servers behind a proxy rule are told. */
export function upstreamFields(request: PresentedRequest): FieldLines {
  const { clientAddress, fields, siteId } = request;
  const lines = ['x-nf-request-id', ulidOf(request), 'x-nf-site-id', siteId];
  lines.push('x-nf-deploy-context', 'production', 'x-nf-geo', geoOf(request));
  if (clientAddress !== undefined) lines.push('x-nf-client-connection-ip', clientAddress);
  const country = fields.get(geoFieldOf('country'));
  if (country !== undefined) lines.push('x-country', country);
  lines.push('x-language', fields.get('accept-language')?.slice(0, 2).toLowerCase() ?? 'en');
  return lines;
}

/** Where the client is, as far as it is known: JSON in Base64. */
function geoOf({ fields }: PresentedRequest): string {
  const country = fields.get(geoFieldOf('country'));
  const region = fields.get(geoFieldOf('region'));
  const latitude = fields.get(geoFieldOf('latitude'));
  const longitude = fields.get(geoFieldOf('longitude'));
  return btoa(
    JSON.stringify({
      city: fields.get(geoFieldOf('city')),
      country: country === undefined ? undefined : { code: country },
      subdivision: region === undefined ? undefined : { code: region },
      timezone: fields.get(geoFieldOf('timezone')),
      latitude: latitude === undefined ? undefined : Number(latitude),
      longitude: longitude === undefined ? undefined : Number(longitude),
      postal_code: fields.get(geoFieldOf('postal-code')),
    }),
  );
}
