/** What a purge reaches. */
export type PurgeSelector =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'host'; readonly host: string }
  | PathSelector
  | { readonly kind: 'tag'; readonly tag: string }
  /** RFC 9875: a group belongs to one origin (scheme, host, port). */
  | { readonly kind: 'group'; readonly origin: string; readonly group: string }
  | { readonly kind: 'everything' };

/** A path as CDNs' own purge APIs name one: whatever the scheme and the port of the request were. */
export interface PathSelector {
  readonly kind: 'path';
  /** Begins with a slash. With the query, where one is meant; as requests spell it. */
  readonly path: string;
  /** Whether all that begins with the path is meant. */
  readonly extent: 'exact' | 'prefix';
  /** Lower case, without port. Null: any. */
  readonly hostname: string | null;
  /** Whether letter case and query count on neither side (Azure Front Door). */
  readonly folds: boolean;
  /** Of an exact path, only the stored response with this key among its variants; null: all. */
  readonly variantKey: string | null;
}

/** A hard purge removes; a soft one makes stale. `siteId` limits it to one site. */
export interface Purge {
  readonly selector: PurgeSelector;
  readonly soft: boolean;
  readonly siteId: string | undefined;
}

/** What purge APIs are handed: applied and visible to every request when it returns. */
export interface PurgePort {
  purge(purges: readonly Purge[]): Promise<{ readonly sequence: number }>;
}
