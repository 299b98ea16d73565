import { type ReadStream, fstat } from 'node:fs';
import { once } from 'node:events';
import { type Readable, Transform, type TransformCallback, pipeline } from 'node:stream';
import { promisify } from 'node:util';
import type { ByteSpan } from '@poplet/policy';
import { bytesOf } from './byte-range.ts';
import { ContentHash, isUnchanged, type OpenFile } from './file-version.ts';

/** Bytes of the file's one version; null when it has been changed. */
export async function readRange(file: OpenFile, range: ByteSpan): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafe(bytesOf(range));
  for (let offset = 0; offset < bytes.length;) {
    const { bytesRead } = await file.handle.read(bytes, {
      offset,
      position: range.startByte + offset,
    });
    if (bytesRead === 0) return null;
    offset += bytesRead;
  }
  if (bytes.length === 0) return bytes;
  const hash = hashFor(file, range);
  hash?.update(bytes);
  return (await isIntact(file, hash)) ? bytes : null;
}

/**
 * The bytes of one version of a file, or an error: never a mixture of two that looks complete.
 *
 * `byName` was opened by name, and the name may have been given to another file since: then the bytes
 * come from the descriptor that was hashed. The last chunk is held back until all is known to be of
 * that version, so a file overwritten in place ends in a cut connection. Closes the file at the end.
 */
export async function verifiedStream(
  byName: ReadStream,
  file: OpenFile,
  range: ByteSpan,
): Promise<Readable> {
  const source = (await isSameFile(byName, file)) ? byName : fromDescriptor(file, range);
  if (source !== byName) byName.destroy();
  const guard = new HeldBack(file, range);
  pipeline(source, guard, () => void file.handle.close());
  return guard;
}

/** A whole body proves itself by its hash; a part is judged by the file's times. */
function hashFor({ sizeBytes }: OpenFile, range: ByteSpan): ContentHash | null {
  return bytesOf(range) === sizeBytes ? new ContentHash() : null;
}

async function isIntact(
  { handle, stats, hash }: OpenFile,
  sent: ContentHash | null,
): Promise<boolean> {
  return sent === null ? isUnchanged(handle, stats) : sent.digest() === hash;
}

function fromDescriptor({ handle }: OpenFile, { startByte, endByte }: ByteSpan): Readable {
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
  readonly #hash: ContentHash | null;
  #leftBytes: number;
  #held: Buffer | null = null;

  constructor(file: OpenFile, range: ByteSpan) {
    super();
    this.#file = file;
    this.#hash = hashFor(file, range);
    this.#leftBytes = bytesOf(range);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash?.update(chunk);
    this.#leftBytes -= chunk.length;
    const held = this.#held;
    this.#held = chunk;
    done(null, held);
  }

  override _flush(done: TransformCallback): void {
    void this.#finish(done);
  }

  async #finish(done: TransformCallback): Promise<void> {
    // A file that cannot even be looked at any more is not known to be intact.
    const isWhole =
      this.#leftBytes === 0 && (await isIntact(this.#file, this.#hash).catch(() => false));
    if (isWhole) done(null, this.#held);
    else done(new Error('the file was changed while it was being sent'));
  }
}
