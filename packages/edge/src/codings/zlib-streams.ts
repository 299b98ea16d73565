import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
  type BrotliCompress,
  type BrotliDecompress,
  type Gunzip,
  type Gzip,
  type ZstdCompress,
  type ZstdDecompress,
} from 'node:zlib';

import type { ContentCoding } from '@poplet/policy';

export type Compressor = Gzip | BrotliCompress | ZstdCompress;
export type Decompressor = Gunzip | BrotliDecompress | ZstdDecompress;

/** RFC 9659 §3: what a client has to have room for is at most 8 MB. */
const ZSTD_WINDOW_LOG = 23;
/** Up to this level the window is no larger by itself. */
const LAST_IN_WINDOW = 19;

export interface CompressorOptions {
  readonly level: number;
  /** Length of what it is given, where that is known for certain. */
  readonly bodyBytes: number | undefined;
}

export function compressorFor(
  coding: ContentCoding,
  { level, bodyBytes }: CompressorOptions,
): Compressor {
  switch (coding) {
    case 'gzip':
      return createGzip({ level });
    case 'br':
      return createBrotliCompress({
        params: {
          [constants.BROTLI_PARAM_QUALITY]: level,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: bodyBytes ?? 0,
        },
      });
    case 'zstd':
      return createZstdCompress({
        params: {
          [constants.ZSTD_c_compressionLevel]: level,
          ...(level > LAST_IN_WINDOW ? { [constants.ZSTD_c_windowLog]: ZSTD_WINDOW_LOG } : {}),
        },
        ...(bodyBytes === undefined ? {} : { pledgedSrcSize: bodyBytes }),
      });
    default:
      return coding satisfies never;
  }
}

export function decompressorFor(coding: ContentCoding): Decompressor {
  switch (coding) {
    case 'gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
    default:
      return coding satisfies never;
  }
}

/** Lets out what a compressor has taken in: whoever waits for it need not wait for more. */
export function flush(stream: Compressor, coding: ContentCoding): void {
  // gzip has a kind that keeps what was learnt of the text so far, and another is the default.
  if (coding === 'gzip') stream.flush(constants.Z_SYNC_FLUSH);
  else stream.flush();
}
