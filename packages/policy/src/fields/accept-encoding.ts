import type { FieldReader } from '../headers.ts';
import { remembered } from '../remembered.ts';
import { CODING_ALIASES, parseWeightedList } from './weighted-list.ts';

/** Content codings (RFC 9110 §8.4.1, RFC 7932, RFC 8878) that can be made and undone here. */
export type ContentCoding = 'gzip' | 'br' | 'zstd';

/** `identity`: no coding (RFC 9110 §12.5.3). */
export type Coding = ContentCoding | 'identity';

/** Acceptable, but less than anything the client named. */
const UNNAMED = Number.MIN_VALUE;

/** What a request says of codings. */
export function acceptedCodings(request: FieldReader): AcceptedCodings {
  // RFC 9110 §5.2: the lines of a field are one list.
  return codingsIn(request.lines('accept-encoding').join(', '));
}

const codingsIn = remembered((value: string) => new AcceptedCodings(value));

/** What an Accept-Encoding says of codings (RFC 9110 §12.5.3). Members that are not as defined are left out. */
export class AcceptedCodings {
  readonly #weights = new Map<string, number>();

  /**
   * Of the field's value, '' for none. Without it any coding would do; but a client that does not ask may
   * not be able to decode: identity alone.
   */
  constructor(value: string) {
    for (const member of parseWeightedList(value, CODING_ALIASES)) {
      if (member !== null) this.#weights.set(member.name, member.weight);
    }
  }

  accepts(coding: Coding): boolean {
    return this.#weightOf(coding) > 0;
  }

  /**
   * The one that is wanted most of identity and those available, which stand in the order of the server's
   * preference; null when none is accepted.
   */
  choose(available: readonly ContentCoding[]): Coding | null {
    let best: { readonly coding: Coding | null; readonly weight: number } = {
      coding: null,
      weight: 0,
    };
    // Identity last: of equal weights a coding is preferred.
    for (const coding of [...available, 'identity'] as const) {
      const weight = this.#weightOf(coding);
      if (weight > best.weight) best = { coding, weight };
    }
    return best.coding;
  }

  /** RFC 9110 §12.5.3: identity is acceptable unless excluded by "identity;q=0", or by "*;q=0" alone. */
  #weightOf(coding: Coding): number {
    const unnamed = coding === 'identity' ? UNNAMED : 0;
    return this.#weights.get(coding) ?? this.#weights.get('*') ?? unnamed;
  }
}
