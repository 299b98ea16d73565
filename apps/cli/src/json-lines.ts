import type { Writable } from 'node:stream';

/** Bytes that may wait for a slow reader before lines are dropped. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** JSON objects, one per line. Lines are dropped only while the reader stalls, and then counted. */
export interface JsonLines {
  write(value: object): void;
  /** Counts what was dropped last. */
  close(): void;
}

export function createJsonLines(out: Writable): JsonLines {
  let dropped = 0;

  function writeDropped(): void {
    if (dropped > 0) out.write(`${JSON.stringify({ event: 'dropped', count: dropped })}\n`);
    dropped = 0;
  }

  return {
    write(value) {
      if (out.writableLength > MAX_WAITING_BYTES) {
        dropped += 1;
        return;
      }
      writeDropped();
      out.write(`${JSON.stringify(value)}\n`);
    },
    close: writeDropped,
  };
}
