import { STORE_AWAY, type Found, type SelectionRule } from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { Exchange } from '../exchange.ts';

/** What is stored for a request; slower tiers are asked only when the index knows nothing. Bodies stay closed. */
export function lookup(
  { primaryKey, request, notes }: Exchange,
  edge: EdgeContext,
): Found | Promise<Found> {
  const { store } = edge;
  const found = store.find(primaryKey, request.fields);
  const loading = found.selected.length > 0 ? undefined : store.load?.(primaryKey);
  const saySo = (): void => {
    if (store.isAway === true && !notes.includes(STORE_AWAY)) notes.push(STORE_AWAY);
  };
  if (loading === undefined) {
    saySo();
    return found;
  }
  return loading.then((isNews) => {
    saySo();
    return isNews ? store.find(primaryKey, request.fields) : found;
  });
}

/** The newest rule that the index knows for a key. */
export function indexRuleOf({ selected, siblings }: Found): SelectionRule | undefined {
  return (selected[0] ?? siblings[0])?.response.rule;
}
