/** What macros in paths and header values stand for, in one run of one case. */
export interface MacroValues {
  /** Real instant at which the case began. */
  readonly startAtMs: number;
  /** Leads every path of the case: `/storability-no-store`. */
  readonly pathPrefix: string;
  /** As the client sees the edge: `http://edge.test`. */
  readonly edgeOrigin: string;
  /** The upstream's own address: `http://upstream.test:8000`. */
  readonly upstreamOrigin: string;
  /** What the edge adds to CDN-Loop: `poplet;id=5f3a09c1d2e4.0`. */
  readonly cdnInfo: string;
}

/**
 * Fills in macros. Dates have a resolution of one second and are rounded down.
 *
 * | macro | stands for |
 * |---|---|
 * | `{now}`, `{now-60}`, `{now+60}` | IMF-fixdate, seconds from the instant of writing |
 * | `{start}`, `{start-60}` … | IMF-fixdate, seconds from the beginning of the case |
 * | `{path}` `{edge}` `{upstream}` | path prefix, the edge's origin, the upstream's origin |
 * | `{edge-authority}` `{upstream-authority}` | the same without the scheme |
 * | `{cdn-info}` | the edge's own member of CDN-Loop |
 */
export function fillMacros(text: string, values: MacroValues, nowMs: number): string {
  return text.replaceAll(
    /\{(now|start|path|edge-authority|edge|upstream-authority|upstream|cdn-info)([+-]\d+)?\}/gu,
    (_, name: string, offset = '0') => {
      switch (name) {
        case 'path':
          return values.pathPrefix;
        case 'edge':
          return values.edgeOrigin;
        case 'edge-authority':
          return new URL(values.edgeOrigin).host;
        case 'cdn-info':
          return values.cdnInfo;
        case 'upstream-authority':
          return new URL(values.upstreamOrigin).host;
        case 'upstream':
          return values.upstreamOrigin;
        default:
          return imfFixdate((name === 'now' ? nowMs : values.startAtMs) + Number(offset) * 1000);
      }
    },
  );
}

/** `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). */
export function imfFixdate(atMs: number): string {
  return new Date(atMs).toUTCString();
}
