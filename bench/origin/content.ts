// What the origin says under each of its paths, for the origin itself and for whoever checks answers.

/**
 * How answers under a path may be used: `stored` and `passed` (no-store), `language` (stored, by
 * Accept-Language), `tagged` (stored, with tags to purge by).
 */
type Kind = 'stored' | 'passed' | 'language' | 'tagged';

export interface Resource {
  readonly kind: Kind;
  readonly bodyBytes: number;
  /** Anything that fits into a path. */
  readonly key: string;
}

/** `/stored/1024/logo.webp` */
export function pathOf({ kind, bodyBytes, key }: Resource): string {
  return `/${kind}/${bodyBytes}/${key}`;
}

export function resourceOf(path: string): Resource | undefined {
  const groups = /^\/(?<kind>stored|passed|language|tagged)\/(?<bytes>\d+)\/(?<key>.+)$/u.exec(path)
    ?.groups as { kind: Kind; bytes: string; key: string } | undefined;
  if (groups === undefined) return undefined;
  return { kind: groups.kind, bodyBytes: Number(groups.bytes), key: groups.key };
}

/** Every second version of a body is longer by this, so that the bytes of a load tell the versions apart. */
export function growthBytes(bodyBytes: number): number {
  return Math.max(256, Math.floor(bodyBytes / 64));
}

/** The body of a version (0, 1, 2 …) in a language: no two are equal. */
export function bodyOf(path: string, version: number, language: string): Buffer {
  const resource = resourceOf(path);
  if (resource === undefined) throw new TypeError(`the origin has no ${path}`);
  const growth = version % 2 === 1 ? growthBytes(resource.bodyBytes) : 0;
  return Buffer.alloc(resource.bodyBytes + growth, `${path} version ${version} in ${language}\n`);
}

export function etagOf(version: number): string {
  return `"version-${version}"`;
}

/** The language that the origin answers in: the first that is asked for. */
export function languageOf(acceptLanguage: string | undefined): string {
  return acceptLanguage?.slice(0, 2) ?? 'en';
}

export const LAST_MODIFIED = 'Sun, 01 Nov 2026 08:00:00 GMT';

/**
 * The fields of an answer beside Date and Content-Length, names and values in turn. Images are what no
 * cache compresses, so that all of them send the same bytes.
 */
export function fieldsOf({ kind, key }: Resource, version: number, language: string): string[] {
  return [
    'Content-Type',
    'image/webp',
    'Cache-Control',
    kind === 'passed' ? 'no-store' : 'public, max-age=3600',
    'ETag',
    etagOf(version),
    'Last-Modified',
    LAST_MODIFIED,
    'Accept-Ranges',
    'bytes',
    'X-Content-Type-Options',
    'nosniff',
    ...(kind === 'language' ? ['Vary', 'Accept-Language', 'Content-Language', language] : []),
    ...(kind === 'tagged' ? ['Surrogate-Key', tagsOf(key).join(' ')] : []),
  ];
}

/** Of a tagged resource whose key is a number: all of them carry the first tag, one of a thousand the second. */
export function tagsOf(key: string): string[] {
  return [ALL_TAG, `group-${Number(key) % 1000}`];
}

export const ALL_TAG = 'all';
