/** What macros in paths and header values stand for, in one run of one case. */
export interface MacroValues {
  /** Real instant at which the case began. */
  readonly startAtMs: number;
  /** Leads every path of the case: `/storability-no-store`. */
  readonly pathPrefix: string;
  /** As the client sees the edge: `http://edge.test`. */
  readonly edgeOrigin: string;
  /** HTTP version of what the client sends, as Via names it: `1.1`. */
  readonly clientVersion: string;
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
 * | `{edge-scheme}` `{edge-scheme-upper}` `{edge-default-port}` | `http`, `HTTP`, `80`, or the same of https |
 * | `{client-version}` | the version that the client speaks, as Via names it |
 * | `{cdn-info}` | the edge's own member of CDN-Loop |
 */
export function fillMacros(text: string, values: MacroValues, nowMs: number): string {
  return text.replaceAll(
    /\{(now|start|path|client-version|edge-authority|edge-scheme-upper|edge-scheme|edge-default-port|edge|upstream-authority|upstream|cdn-info)([+-]\d+)?\}/gu,
    (_, name: string, offset = '0') => {
      switch (name) {
        case 'path':
          return values.pathPrefix;
        case 'edge':
          return values.edgeOrigin;
        case 'client-version':
          return values.clientVersion;
        case 'edge-scheme':
          return schemeOf(values);
        case 'edge-scheme-upper':
          return schemeOf(values).toUpperCase();
        case 'edge-default-port':
          return schemeOf(values) === 'https' ? '443' : '80';
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

function schemeOf({ edgeOrigin }: MacroValues): string {
  return new URL(edgeOrigin).protocol.slice(0, -1);
}

/** `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). */
export function imfFixdate(atMs: number): string {
  return new Date(atMs).toUTCString();
}
