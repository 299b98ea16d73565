import type { IncomingHttpHeaders } from 'node:http';

/** What rules are asked about. */
export interface Visit {
  /** In one spelling, percent-encoded. */
  readonly pathname: string;
  /** `?…` as it was sent, or empty. */
  readonly search: string;
  /** The Host field, port included. */
  readonly host: string;
  readonly headers: IncomingHttpHeaders;
}

/** Where a visit is led to. */
export type Routed =
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** A file of the folder stands for the path, with the status of the rule. */
  | { readonly kind: 'file'; readonly target: string; readonly status: number }
  /** Another server answers. */
  | { readonly kind: 'elsewhere'; readonly url: string };

/** What rules make of a visit. */
export interface Route {
  /** Null: the folder answers by itself. */
  readonly routed: Routed | null;
  /** Whether another visitor of the same path might be led elsewhere. */
  readonly isConditional: boolean;
}

/** Redirects and rewrites, in the order of their host. */
export interface Routing {
  /** `exists`: whether the folder answers to a path by itself. */
  route(visit: Visit, exists: (target: string) => Promise<boolean>): Promise<Route>;
  /** Whether a path without a file may be answered with one. */
  readonly rewrites: boolean;
}

export const NO_ROUTING: Routing = {
  route: async () => ({ routed: null, isConditional: false }),
  rewrites: false,
};

/** A target with the query of the request beside its own; of parameters of one name those of the request count. */
export function withParameters(target: string, search: string): string {
  const [before = '', ...fragment] = target.split('#');
  const mark = before.indexOf('?');
  if (search === '' || mark === -1) return withSearch(target, search);
  const asked = new URLSearchParams(search);
  const own = [...new URLSearchParams(before.slice(mark))].filter(([name]) => !asked.has(name));
  const merged = new URLSearchParams([...own, ...asked]);
  return [`${before.slice(0, mark)}?${merged.toString()}`, ...fragment].join('#');
}

/** A target with the query of the request, where it has none of its own. */
export function withSearch(target: string, search: string): string {
  if (search === '' || target.includes('?')) return target;
  const [before = '', ...fragment] = target.split('#');
  return [before + search, ...fragment].join('#');
}
