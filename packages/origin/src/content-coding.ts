import type { ContentCoding } from '@poplet/policy';

export interface CodedSibling {
  readonly coding: ContentCoding;
  /** What its file name has after the plain file's. */
  readonly suffix: string;
}

/** In order of preference where the client has none. */
export const CODED_SIBLINGS: readonly CodedSibling[] = [
  { coding: 'br', suffix: '.br' },
  { coding: 'zstd', suffix: '.zst' },
  { coding: 'gzip', suffix: '.gz' },
];
