import { CODING_ALIASES, parseWeightedList } from '@poplet/policy';

/** A content coding that may lie beside a file, already made. */
export type ContentCoding = 'br' | 'zstd' | 'gzip';

export interface CodedSibling {
  readonly coding: ContentCoding;
  /** What its file name has after the plain file's. */
  readonly suffix: string;
}

/** In order of preference where the client has none. */
export const CODED_SIBLINGS: readonly CodedSibling[] = [
  { coding: 'br', suffix: '.br' },
  { coding: 'zstd', suffix: '.zst' },
  { coding: 'gzip', suffix: '.gz' },
];

/** Acceptable, but less than anything the client named. */
const UNNAMED = Number.MIN_VALUE;

/**
 * Which of the representations to send (RFC 9110 §12.5.3). Null when the client accepts none of them,
 * not even the one without a coding.
 */
export function chooseCoding(
  acceptEncoding: string | undefined,
  available: readonly ContentCoding[],
): ContentCoding | 'identity' | null {
  // Without the field any coding would do; a client that does not ask may not be able to decode.
  if (acceptEncoding === undefined) return 'identity';
  const weights = readWeights(acceptEncoding);
  const any = weights.get('*');
  let best: { readonly coding: ContentCoding | 'identity'; readonly weight: number } | null = null;
  for (const { coding } of CODED_SIBLINGS) {
    if (!available.includes(coding)) continue;
    const weight = weights.get(coding) ?? any ?? 0;
    if (weight > (best?.weight ?? 0)) best = { coding, weight };
  }
  // RFC 9110 §12.5.3: identity is acceptable unless excluded by "identity;q=0" or by "*;q=0" alone.
  const identity = weights.get('identity') ?? any ?? UNNAMED;
  if (identity > (best?.weight ?? 0)) return 'identity';
  return best?.coding ?? null;
}

/** Weights by coding. Members that are not as defined are left out. */
function readWeights(acceptEncoding: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const member of parseWeightedList(acceptEncoding, CODING_ALIASES)) {
    if (member !== null) weights.set(member.name, member.weight);
  }
  return weights;
}
