/** The path of a request target, taken apart and vetted. */
export interface RequestPath {
  /** Decoded, none of them empty, `.` or `..`, none with a separator inside. Empty for `/`. */
  readonly segments: readonly string[];
  readonly hasTrailingSlash: boolean;
  /** The path in one spelling, percent-encoded: what patterns are compared with. */
  readonly pathname: string;
  /** `?…` as it was sent, or empty. */
  readonly search: string;
}

/** `malformed`: no URL at all. `refused`: a path that no file of a folder can have. */
export type ReadPath =
  | { readonly kind: 'path'; readonly path: RequestPath }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'refused' };

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/iu;

/**
 * Reads a request target. Dot segments and doubled slashes are refused, not resolved: clients resolve
 * them before they ask, and a server that does it too answers one file under many cache keys.
 */
export function readRequestPath(target: string): ReadPath {
  // RFC 9112 §3.2.2: a server must accept the absolute form.
  const originForm = target.replace(ABSOLUTE_FORM, '') || '/';
  if (originForm.startsWith('?')) return readRequestPath(`/${originForm}`);
  if (!originForm.startsWith('/')) return { kind: 'malformed' };
  const [beforeFragment = ''] = originForm.split('#');
  const mark = beforeFragment.indexOf('?');
  const raw = mark === -1 ? beforeFragment : beforeFragment.slice(0, mark);
  const search = mark === -1 ? '' : beforeFragment.slice(mark);

  const hasTrailingSlash = raw !== '/' && raw.endsWith('/');
  const encoded = raw.slice(1, hasTrailingSlash ? -1 : undefined);
  const segments: string[] = [];
  if (raw !== '/') {
    for (const part of encoded.split('/')) {
      const segment = decodeSegment(part);
      if (segment === null) return { kind: 'malformed' };
      if (!isFileName(segment)) return { kind: 'refused' };
      segments.push(segment);
    }
  }
  const slash = hasTrailingSlash ? '/' : '';
  const pathname = `/${segments.map(encodeSegment).join('/')}${slash}`;
  return { kind: 'path', path: { segments, hasTrailingSlash, pathname, search } };
}

/** Percent-encodes what a path segment cannot carry as it is (RFC 3986 §3.3), and nothing else. */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(
    /%(?:24|26|2B|2C|3A|3B|3D|40)/gu,
    decodeURIComponent,
  );
}

/** The segment's text; null when it is not percent-encoded UTF-8. */
export function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function isFileName(segment: string): boolean {
  return segment !== '' && segment !== '.' && segment !== '..' && !/[/\\\0]/u.test(segment);
}
