import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import {
  IncomingFields,
  MATCHES_ALL,
  StoredFields,
  parseNoVarySearch,
  variantKeyOf,
  type SelectionRule,
  type StoredResponse,
} from '@poplet/policy';

export interface RecordOptions {
  readonly siteId?: string;
  readonly uri?: string;
  /** Request fields that the response varies by, lower case, sorted. */
  readonly vary?: readonly string[];
  /** Value of No-Vary-Search. */
  readonly noVarySearch?: string;
  /** Field lines of the request that brought it. */
  readonly request?: readonly string[];
  /** Field lines of the response. */
  readonly fields?: readonly string[];
  readonly tags?: readonly string[];
  readonly groups?: readonly string[];
  /** `fetchedSeq`, and `validatedSeq` unless that is given. */
  readonly seq?: number;
  readonly validatedSeq?: number;
  readonly dateAtMs?: number;
}

/** What `settle` would have made of a 200 fresh for a minute. */
export function storedResponse(options: RecordOptions = {}): StoredResponse {
  const { siteId = 'main', uri = 'https://example.com/', vary = [], request = [] } = options;
  const { fields = ['Cache-Control', 'max-age=60'], tags = [], groups = [], seq = 0 } = options;
  const rule: SelectionRule =
    vary.length === 0 ? MATCHES_ALL : { id: `vary:${vary.join(',')}`, names: vary };
  const variance = parseNoVarySearch([options.noVarySearch ?? '']);
  return {
    primaryKey: `${siteId} ${uri}`,
    rule,
    variantKey: variantKeyOf(rule, new IncomingFields(request)),
    variance: typeof variance === 'string' ? null : variance,
    status: 200,
    statusText: 'OK',
    fields: StoredFields.fromLines(fields),
    trailers: [],
    bodyBytes: 0,
    part: null,
    codings: [],
    requestAtMs: 1_000,
    responseAtMs: 1_010,
    residentSinceMs: 1_010,
    fetchedSeq: seq,
    validatedSeq: options.validatedSeq ?? seq,
    tags,
    groups,
    facts: { ...FRESH_FOR_A_MINUTE, dateAtMs: options.dateAtMs ?? 1_000 },
  };
}
