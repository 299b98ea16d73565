import { type ReadStream, fstat } from 'node:fs';
import { once } from 'node:events';
import { type Readable, Transform, type TransformCallback, pipeline } from 'node:stream';
import { promisify } from 'node:util';
import type { ByteRange } from './byte-range.ts';
import { ContentHash, isUnchanged, type OpenFile } from './file-version.ts';

/** The file's bytes were changed while they were being sent. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
}

/**
 * The bytes of one version of a file, or an error: never a mixture of two that looks complete.
 *
 * `byName` was opened by name, and the name may have been given to another file since: then the bytes
 * come from the descriptor that was hashed. The last chunk is held back until all is known to be of
 * that version, so a file overwritten in place ends in a cut connection. Closes the file at the end.
 */
export async function verifiedBody(
  byName: ReadStream,
  file: OpenFile,
  range: ByteRange,
): Promise<Readable> {
  const source = (await isSameFile(byName, file)) ? byName : fromDescriptor(file, range);
  if (source !== byName) byName.destroy();
  const guard = new HeldBack(file, range);
  pipeline(source, guard, () => void file.handle.close());
  return guard;
}

function fromDescriptor({ handle }: OpenFile, { startByte, endByte }: ByteRange): Readable {
  return handle.createReadStream({ start: startByte, end: endByte - 1, autoClose: false });
}

async function isSameFile(stream: ReadStream, { stats }: OpenFile): Promise<boolean> {
  try {
    if (stream.pending) await once(stream, 'open');
    // `fd` is what 'open' announced.
    const { fd } = stream as ReadStream & { readonly fd: number };
    const opened = await statDescriptor(fd, { bigint: true });
    return opened.ino === stats.ino && opened.dev === stats.dev;
  } catch {
    return false;
  }
}

const statDescriptor = promisify(fstat);

/** Passes bytes on one chunk late. */
class HeldBack extends Transform {
  readonly #file: OpenFile;
  readonly #range: ByteRange;
  /** Of a whole body; a range is judged by the file's times. */
  readonly #hash: ContentHash | null;
  #held: Buffer | null = null;
  #bytes = 0;

  constructor(file: OpenFile, range: ByteRange) {
    super();
    this.#file = file;
    this.#range = range;
    const isWhole = range.startByte === 0 && range.endByte === file.sizeBytes;
    this.#hash = isWhole ? new ContentHash() : null;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash?.update(chunk);
    this.#bytes += chunk.length;
    const held = this.#held;
    this.#held = chunk;
    done(null, held);
  }

  override _flush(done: TransformCallback): void {
    void this.#finish(done);
  }

  async #finish(done: TransformCallback): Promise<void> {
    // A file that cannot even be looked at any more is not known to be intact.
    if (await this.#isIntact().catch(() => false)) done(null, this.#held);
    else done(new FileChangedError('the file was changed while it was being sent'));
  }

  async #isIntact(): Promise<boolean> {
    if (this.#bytes !== this.#range.endByte - this.#range.startByte) return false;
    if (this.#hash !== null) return this.#hash.digest() === this.#file.hash;
    return isUnchanged(this.#file.handle, this.#file.stats);
  }
}
