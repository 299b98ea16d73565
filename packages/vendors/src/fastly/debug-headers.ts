import {
  formatHttpDate,
  IncomingFields,
  isServedAtOnce,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
} from '@poplet/policy';

/** The cache server that answers: `cache-<dc><node>-<DC>`. */
const SERVED_BY = 'cache-fra19140-FRA';

/** X-Cache, X-Cache-Hits, X-Served-By, X-Timer, Via, Age on a miss, and a Date made anew for each hit. */
export const ownFields: OwnFields = {
  isPerRequest: true,
  linesOf: ({ outcome, hits, receivedAtMs, elapsedMs }, { lines: answered }): FieldLines => {
    // fastly-x-cache: what is stored answers, stale or not; all else is a miss.
    const isHit = isServedAtOnce(outcome);
    const startedAt = (receivedAtMs / 1000).toFixed(6);
    const lines = ['Via', '1.1 varnish', 'X-Served-By', SERVED_BY];
    lines.push('X-Cache', isHit ? 'HIT' : 'MISS', 'X-Cache-Hits', String(isHit ? hits : 0));
    lines.push('X-Timer', `S${startedAt},VS0,VE${Math.round(elapsedMs)}`);
    if (isHit) lines.push('Date', formatHttpDate(receivedAtMs));
    else if (!new IncomingFields(answered).has('age')) lines.push('Age', '0');
    return lines;
  },
};

/** Who asks, as the origin server is told. */
export function upstreamFields({ clientAddress, scheme }: PresentedRequest): FieldLines {
  const lines = ['Fastly-Client', '1'];
  if (clientAddress !== undefined) lines.push('Fastly-Client-IP', clientAddress);
  if (scheme === 'https') lines.push('Fastly-SSL', '1');
  return lines;
}
