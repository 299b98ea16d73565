import {
  absoluteUriOf,
  formatDirectives,
  formatHttpDate,
  IncomingFields,
  isServedAtOnce,
  parseCacheControl,
  parseHttpDate,
  withDirective,
  writtenDirective,
  writtenDirectives,
  type ExchangeFacts,
  type FieldLines,
  type OwnFields,
  type PresentedRequest,
  type ResponsePlan,
} from '@poplet/policy';

/** The server that answers. An address of RFC 5737. */
const SERVER = 'a192-0-2-45.deploy.akamaitechnologies.com (AkamaiGHost/22.1.3-c2f6b8b1d4f5) (-)';

/** Serial number of the server's map, and the CP code of the property. */
const SERIAL = '1234';
const CP_CODE = '123456';

/** akamai-negative */
const NEGATIVE: ReadonlySet<number> = new Set([204, 305, 404, 405, 500, 501, 502, 503, 504]);

/** akamai-x-cache */
function wordOf({ outcome, hits }: ExchangeFacts, { status }: ResponsePlan): string {
  if (outcome === 'stale') return 'TCP_REFRESH_FAIL_HIT';
  if (isServedAtOnce(outcome)) {
    if (status === 304) return 'TCP_IMS_HIT';
    if (NEGATIVE.has(status)) return 'TCP_NEGATIVE_HIT';
    return hits === 1 ? 'TCP_HIT' : 'TCP_MEM_HIT';
  }
  if (outcome === 'revalidated') return 'TCP_REFRESH_HIT';
  return outcome === 'expired' ? 'TCP_REFRESH_MISS' : 'TCP_MISS';
}

/** akamai-cache-key: 000 for what is not cached, else the lifetime in its largest unit. */
function ttlWord({ ttlSeconds }: ExchangeFacts, ageSeconds: number): string {
  if (ttlSeconds === null) return '000';
  const seconds = ttlSeconds + ageSeconds;
  if (seconds === 0) return '0s';
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** Host, path and query. */
function placeOf(request: PresentedRequest): string {
  return absoluteUriOf(request).slice(`${request.scheme}://`.length);
}

/** What the request's Pragma asks for, and nothing without. */
function debugLines(exchange: ExchangeFacts, answered: ResponsePlan): FieldLines {
  const { request, ttlSeconds } = exchange;
  const asked = new Set(
    (request.fields.get('pragma') ?? '').split(',').map((one) => one.trim().toLowerCase()),
  );
  const ageSeconds = Number(new IncomingFields(answered.lines).get('age') ?? 0);
  const place = placeOf(request);
  const key = `S/L/${SERIAL}/${CP_CODE}/${ttlWord(exchange, ageSeconds)}/${place}`;
  const told: readonly (readonly [pragma: string, field: string, value: string])[] = [
    ['akamai-x-cache-on', 'X-Cache', `${wordOf(exchange, answered)} from ${SERVER}`],
    ['akamai-x-check-cacheable', 'X-Check-Cacheable', ttlSeconds === null ? 'NO' : 'YES'],
    ['akamai-x-get-cache-key', 'X-Cache-Key', key],
    ['akamai-x-get-true-cache-key', 'X-True-Cache-Key', `/L/${place}`],
    ['akamai-x-get-request-id', 'X-Akamai-Request-ID', (request.id ?? '').slice(0, 8)],
    ['akamai-x-serial-no', 'X-Serial', SERIAL],
  ];
  return told.flatMap(([pragma, field, value]) => (asked.has(pragma) ? [field, value] : []));
}

/** The lifetime that the origin gave clients, or null. Seconds. */
function lifetimeForClients(fields: IncomingFields): number | null {
  const { maxAgeSeconds } = parseCacheControl(fields.lines('cache-control'));
  if (typeof maxAgeSeconds === 'number') return maxAgeSeconds;
  const expires = fields.get('expires');
  if (maxAgeSeconds !== null || expires === undefined) return null;
  const dateAtMs = parseHttpDate(fields.get('date') ?? '', 0);
  const expiresAtMs = parseHttpDate(expires, 0);
  if (dateAtMs === null || expiresAtMs === null) return 0;
  return Math.max(0, Math.floor((expiresAtMs - dateAtMs) / 1000));
}

/** akamai-downstream: of what is cached, the lesser of what is left of it here and what the origin said. */
function lesserLifetime(
  { ttlSeconds, receivedAtMs }: ExchangeFacts,
  { lines }: ResponsePlan,
): FieldLines {
  const fields = new IncomingFields(lines);
  const given = lifetimeForClients(fields);
  const kept = [
    ...fields.lines('cache-control').flatMap((value) => ['Cache-Control', value]),
    ...fields.lines('expires').flatMap((value) => ['Expires', value]),
  ];
  if (ttlSeconds === null || given === null) return kept;
  const seconds = Math.max(0, Math.min(ttlSeconds, given));
  const directives = withDirective(
    writtenDirectives(fields.lines('cache-control')),
    writtenDirective(`max-age=${seconds}`),
  );
  const expires = formatHttpDate(receivedAtMs + seconds * 1000);
  return ['Cache-Control', formatDirectives(directives), 'Expires', expires];
}

/** akamai-no-store: what keeps others downstream from storing it. */
function busted({ receivedAtMs }: ExchangeFacts): FieldLines {
  const now = formatHttpDate(receivedAtMs);
  const lines = ['Expires', now, 'Cache-Control', 'max-age=0', 'Cache-Control', 'no-store'];
  return [...lines, 'Pragma', 'no-cache'];
}

/** akamai-server-timing */
function timingLines({ outcome, elapsedMs }: ExchangeFacts): FieldLines {
  const word = isServedAtOnce(outcome) ? 'HIT' : 'MISS';
  return ['Server-Timing', `cdn-cache; desc=${word}, edge; dur=${Math.round(elapsedMs)}`];
}

/** Lifetimes for clients, what Pragma asks for, and Server-Timing. */
export function ownFieldsOf({
  isCaching,
  hasServerTiming,
}: {
  readonly isCaching: boolean;
  readonly hasServerTiming: boolean;
}): OwnFields {
  return {
    isPerRequest: true,
    // What is left of a lifetime is sent, and no time that has passed beside it.
    replaces: ['age', 'cache-control', 'expires'],
    linesOf: (exchange, answered) => [
      ...(isCaching ? lesserLifetime(exchange, answered) : busted(exchange)),
      ...debugLines(exchange, answered),
      ...(hasServerTiming ? timingLines(exchange) : []),
    ],
  };
}

/** What the origin server is told. */
export function upstreamFields({ fields }: PresentedRequest): FieldLines {
  const ghosts = '1.1 v1-akamaitech.net(ghost) (AkamaiGHost), 1.1 akamai.net(ghost) (AkamaiGHost)';
  const before = fields.get('via');
  const via = before === undefined ? ghosts : `${before}, ${ghosts}`;
  return ['Via', via, 'Akamai-Origin-Hop', '2'];
}
