import type { Candidate } from './contracts/stored-response.ts';
import { codingQuality, languageQuality, mediaQuality } from './fields/quality.ts';
import type { FieldReader } from './headers.ts';
import { reason, type Reason } from './reasons.ts';

/** The stored response to be used, and why where that is more than the most recent of its kind. */
export interface Preference {
  readonly candidate: Candidate;
  readonly reason: Reason | null;
}

/** Request fields that rank representations, the response field that says which one it is, and how. */
const RANKINGS = [
  { asked: 'accept-language', given: 'content-language', qualityOf: languageQuality },
  { asked: 'accept', given: 'content-type', qualityOf: mediaQuality },
  { asked: 'accept-encoding', given: 'content-encoding', qualityOf: codingQuality },
] as const;

/**
 * RFC 9111 §4.1: of several matching responses the one that the request prefers, else the most recent
 * by its Date; one that names Vary is preferred to one that forgot it. Of equals the first, which was
 * stored last.
 */
export function preferred(
  selected: readonly Candidate[],
  request: FieldReader,
): Preference | undefined {
  const [first] = selected;
  if (first === undefined) return undefined;
  if (selected.length === 1) return { candidate: first, reason: null };
  const naming = selected.filter(({ response }) => response.rule.names.length > 0);
  const [head = first, ...others] = naming.length > 0 ? naming : selected;
  const { rank, names } = rankingOf([head, ...others], request);
  let best = head;
  for (const one of others) {
    const gain = rank(one) - rank(best);
    const isNewer = one.response.facts.dateAtMs > best.response.facts.dateAtMs;
    if (gain > 0 || (gain === 0 && isNewer)) best = one;
  }
  const isRanked = others.some((one) => rank(one) !== rank(head));
  return {
    candidate: best,
    reason: isRanked ? reason('preferred-variant', { count: others.length + 1, names }) : null,
  };
}

/** How much each response is wanted, by the fields that Vary nominates and all responses can be ranked by. */
function rankingOf(
  candidates: readonly Candidate[],
  request: FieldReader,
): { readonly rank: (one: Candidate) => number; readonly names: string } {
  const qualities = RANKINGS.flatMap(({ asked, given, qualityOf }) => {
    const accepted = request.get(asked);
    const isNominated = candidates.some(({ response }) => response.rule.names.includes(asked));
    if (accepted === undefined || !isNominated) return [];
    const quality = ({ response }: Candidate): number | null =>
      qualityOf(accepted, response.fields.get(given));
    return [{ asked, quality }];
  });
  // A ranking is available only where every one of them has its place in it.
  const rankings = qualities.filter(({ quality }) =>
    candidates.every((one) => quality(one) !== null),
  );
  const telling = rankings.filter(
    ({ quality }) => new Set(candidates.map((one) => quality(one))).size > 1,
  );
  return {
    rank: (one) => telling.reduce((product, { quality }) => product * Number(quality(one)), 1),
    names: telling.map(({ asked }) => asked).join(', '),
  };
}
