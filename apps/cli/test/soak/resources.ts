// What the origin of a soak has to offer. Every body follows from its label, which travels in a field of
// the answer: whoever gets one can say whether each byte is right.

import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** One sort of resource; there are several of each, at `/<kind>/<number>`. */
export interface Kind {
  readonly cacheControl: string;
  /** Whether the body is sent in chunks, without its length. */
  readonly isChunked: boolean;
  readonly hasValidator: boolean;
  /** What else than the path the body depends on: a request field that Vary names, or who asks. */
  readonly differsBy: 'nothing' | 'variant' | 'visitor';
  readonly bytes: number;
  /** Whether it says to be text, which an edge compresses. */
  readonly isText: boolean;
  /** How the origin sends it, whoever asks. */
  readonly coding: 'identity' | 'gzip';
  /** How long after it was superseded a version may still be served; undefined: as long as the origin is away. */
  readonly staleForMs: number | undefined;
}

const KIB = 1024;

const PLAIN: Kind = {
  cacheControl: 'max-age=2',
  isChunked: false,
  hasValidator: true,
  differsBy: 'nothing',
  bytes: 8 * KIB,
  isText: true,
  coding: 'identity',
  staleForMs: undefined,
};

const KINDS: Readonly<Record<string, Kind>> = {
  plain: PLAIN,
  small: { ...PLAIN, bytes: 80 },
  strict: {
    ...PLAIN,
    cacheControl: 'max-age=1, must-revalidate',
    isText: false,
    staleForMs: 2000,
  },
  gzipped: { ...PLAIN, coding: 'gzip', bytes: 40 * KIB },
  validated: { ...PLAIN, cacheControl: 'no-cache', staleForMs: 1000 },
  never: { ...PLAIN, cacheControl: 'no-store', staleForMs: 1000 },
  unvalidated: { ...PLAIN, cacheControl: 'max-age=1', hasValidator: false },
  chunked: { ...PLAIN, isChunked: true, bytes: 60 * KIB },
  refreshed: {
    ...PLAIN,
    cacheControl: 'max-age=1, stale-while-revalidate=2, stale-if-error=4',
  },
  varied: { ...PLAIN, differsBy: 'variant' },
  personal: {
    ...PLAIN,
    cacheControl: 'private, max-age=60',
    differsBy: 'visitor',
    staleForMs: 1000,
  },
  large: { ...PLAIN, bytes: 1300 * KIB },
  larger: { ...PLAIN, bytes: 2500 * KIB, isChunked: true, isText: false },
};

const RESOURCES_PER_KIND = 6;

export const PATHS: readonly string[] = Object.keys(KINDS).flatMap((kind) =>
  Array.from({ length: RESOURCES_PER_KIND }, (_, number) => `/${kind}/${number}`),
);

/** What a body is of. */
export interface Label {
  readonly path: string;
  /** From 1. */
  readonly version: number;
  /** The variant or the visitor, where the kind differs by it; else empty. */
  readonly whose: string;
}

export function labelText({ path, version, whose }: Label): string {
  return `${path}|${version}|${whose}`;
}

export function parseLabel(text: string): Label {
  const [path = '', version = '', whose = ''] = text.split('|');
  return { path, version: Number(version), whose };
}

export function kindOf(path: string): Kind {
  const kind = KINDS[path.split('/')[1] ?? ''];
  if (kind === undefined) throw new Error(`no resource is at ${path}`);
  return kind;
}

export function etagOf(label: Label): string {
  return `"${createHash('sha256').update(labelText(label)).digest('hex').slice(0, 16)}"`;
}

/** The body as the origin sends it. */
export function sentBodyOf(label: Label): Buffer {
  const body = bodyOf(label);
  return kindOf(label.path).coding === 'gzip' ? gzipSync(body) : body;
}

/** The length differs from version to version. */
export function bodyOf(label: Label): Buffer {
  const bytes = kindOf(label.path).bytes + (label.version % 7);
  const key = createHash('sha256').update(labelText(label)).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
