import { splitList } from '../fields/list.ts';
import { parseNoVarySearch } from '../fields/no-vary-search.ts';
import type { Draft } from './draft.ts';
import { isWide, trackingParameters, wideFieldWords } from './other-requests.ts';

/** RFC 9110 §12.5.5: Vary without the fields that hardly two visitors have in common. */
export function narrowVary(draft: Draft): Draft | undefined {
  const lines = draft.lines('response', 'vary');
  const words = wideFieldWords(lines);
  if (words === '') return undefined;
  const narrow = splitList(lines.join(',')).filter((name) => !isWide(name));
  return draft
    .with('response', 'vary', narrow.join(', '))
    .because(
      `hardly two visitors send the same ${words}: what one visit stores, hardly another gets`,
      'RFC 9110 §12.5.5',
    );
}

/** The parameters for tracking that the URL has do not count; what the field says of others stays. */
export function ignoreTracking(draft: Draft): Draft | undefined {
  const names = trackingParameters(draft.scene.request);
  if (names.length === 0 || !draft.scene.policy.key.noVarySearch) return undefined;
  const value = ignoring(draft.lines('response', 'no-vary-search'), names);
  const make = names.length === 1 ? 'makes' : 'make';
  return draft
    .with('response', 'no-vary-search', value)
    .because(
      `${names.join(' and ')} ${make} no difference to the page: with and without, it is one answer to the CDN, and to browsers that know the field`,
      'No-Vary-Search §Equivalence',
    );
}

/** A value of No-Vary-Search that says what the lines say, and that these parameters do not count. */
function ignoring(lines: readonly string[], parameters: readonly string[]): string {
  const known = parseNoVarySearch(lines);
  if (typeof known === 'string') return `params=${innerList(parameters)}`;
  const order = known.orderCounts ? [] : ['key-order'];
  if (known.named === 'ignored') {
    const names = [...known.names, ...parameters.filter((name) => !known.names.has(name))];
    return [...order, `params=${innerList(names)}`].join(', ');
  }
  const counted = [...known.names].filter((name) => !parameters.includes(name));
  const except = counted.length === 0 ? [] : [`except=${innerList(counted)}`];
  return [...order, 'params', ...except].join(', ');
}

/** Keys as they stand in a query: percent-encoded, they need no escaping (RFC 9651 §3.3.3). */
function innerList(keys: readonly string[]): string {
  return `(${keys.map((key) => `"${encodeURIComponent(key)}"`).join(' ')})`;
}
