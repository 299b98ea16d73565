import type { ArrivingPart, Splice } from '@poplet/policy';
import type { BodySource } from '@poplet/store';

/** A part on its way, with the stored body that it is joined to opened. */
export interface OpenedPart extends ArrivingPart {
  readonly splice: OpenedSplice | undefined;
}

interface OpenedSplice extends Splice {
  readonly body: BodySource;
}

/** The upstream sent another number of bytes than its Content-Range announces: what they are is anyone's guess. */
export class WrongLength extends Error {
  override readonly name = 'WrongLength';
}

/** The body to be stored: what is there before the part, the part, and what is there after it. */
export async function* joined(
  body: AsyncIterable<Uint8Array>,
  { bytes, splice }: OpenedPart,
): AsyncGenerator<Uint8Array, void> {
  if (splice !== undefined) yield* splice.body.read(0, splice.beforeBytes);
  let leftBytes = bytes;
  for await (const chunk of body) {
    leftBytes -= chunk.length;
    if (leftBytes < 0) throw new WrongLength(`the part is longer than ${bytes} bytes`);
    yield chunk;
  }
  if (leftBytes > 0) throw new WrongLength(`the part is ${leftBytes} bytes too short`);
  if (splice !== undefined) yield* splice.body.read(splice.afterStartByte, undefined);
}
