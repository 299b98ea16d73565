/** What a purge reaches. */
export type PurgeSelector =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'tag'; readonly tag: string }
  /** RFC 9875: a group belongs to one origin (scheme, host, port). */
  | { readonly kind: 'group'; readonly origin: string; readonly group: string }
  | { readonly kind: 'everything' };

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
