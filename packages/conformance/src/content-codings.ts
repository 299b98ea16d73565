import {
  brotliCompressSync,
  brotliDecompressSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';

import type { Coding } from '@poplet/policy';

/** The bytes of a body in a coding; those of a text are UTF-8. */
export function encoded(body: string | Uint8Array, coding: Coding = 'identity'): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  switch (coding) {
    case 'identity':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'br':
      return brotliCompressSync(bytes);
    case 'zstd':
      return zstdCompressSync(bytes);
    default:
      return coding satisfies never;
  }
}

/** What was encoded. Throws where the bytes are not in that coding, or end early. */
export function decoded(bytes: Uint8Array, coding: Coding): Buffer {
  // A body without bytes is one in any coding.
  if (bytes.length === 0) return Buffer.alloc(0);
  switch (coding) {
    case 'identity':
      return Buffer.from(bytes);
    case 'gzip':
      return gunzipSync(bytes);
    case 'br':
      return brotliDecompressSync(bytes);
    case 'zstd':
      return zstdDecompressSync(bytes);
    default:
      return coding satisfies never;
  }
}
