import type { BodyPlan, FieldLines, ResponsePlan } from '@poplet/policy';
import { isCorrupt, isUnreachable, type BodySource } from '@poplet/store';
import type { Client, TrailersAhead } from '../client.ts';
import { errorOf } from '../error-of.ts';

export interface RespondInput {
  readonly plan: ResponsePlan;
  readonly source: BodySource | undefined;
  readonly trailers: () => FieldLines;
  /** The body comes from the store: its first bytes are verified before the head promises them. */
  readonly isOpened: boolean;
}

/** What reached the client. */
export type Sent =
  | {
      readonly kind: 'sent';
      /** Body bytes handed to the connection. */
      readonly bodyBytes: number;
      /** The client got all of the answer. */
      readonly isComplete: boolean;
      /** Why the body ended before its time, where it did. */
      readonly cutOff: Error | undefined;
    }
  /** What is stored is damaged; nothing was written. */
  | { readonly kind: 'corrupt' }
  /** What is stored cannot be had in time; nothing was written. */
  | { readonly kind: 'unreachable' };

/**
 * Writes an answer and resolves when it is over. A body that ends before its time takes the
 * connection with it, so that the client notices. Rejects only on a fault of the edge.
 */
export async function respond(client: Client, input: RespondInput): Promise<Sent> {
  if (client.isGone) return { kind: 'sent', bodyBytes: 0, isComplete: false, cutOff: undefined };
  const over = client.whenOver();
  const content = wholeContent(input.plan.body, input.source);
  const sent =
    content === undefined ? await stream(client, input) : await sendWhole(client, input, content);
  if (sent.kind !== 'sent') return sent;
  const stopWatching = client.isGone ? undefined : client.watchWrites();
  await over;
  stopWatching?.();
  client.done();
  return { ...sent, isComplete: client.isAnswered && sent.cutOff === undefined };
}

type Written = Extract<Sent, { kind: 'sent' }>;

const NOTHING = new Uint8Array(0);

/** The bytes to send, where all of them are at hand. */
export function wholeContent(
  body: BodyPlan,
  source: BodySource | undefined,
): Uint8Array | undefined {
  switch (body.kind) {
    case 'none':
      return NOTHING;
    case 'text':
      return Buffer.from(body.text);
    case 'whole':
      return source === undefined ? NOTHING : source.bytes();
    case 'range':
      return (
        source?.slice?.(body.startByte, body.endByte) ??
        source?.bytes()?.subarray(body.startByte, body.endByte)
      );
    case 'multipart':
      return undefined;
    default:
      return body satisfies never;
  }
}

async function sendWhole(
  client: Client,
  { plan, trailers }: RespondInput,
  content: Uint8Array,
): Promise<Written> {
  const known = trailers();
  client.begin(plan, aheadOf(known));
  await client.end(content, known);
  return { kind: 'sent', bodyBytes: content.length, isComplete: false, cutOff: undefined };
}

async function stream(client: Client, input: RespondInput): Promise<Sent> {
  const { plan, source, trailers, isOpened } = input;
  // Readers attach at once: a body that is not kept is gone for those who come later.
  const chunks = chunksOf(plan.body, source as BodySource);
  const stopListening = client.onGone(() => void chunks.return?.());
  let bodyBytes = 0;
  try {
    let next = isOpened ? await chunks.next() : undefined;
    client.begin(plan, isOpened ? aheadOf(trailers()) : 'unknown');
    // Streams and events are not held back until there is more.
    client.flush();
    next ??= await chunks.next();
    while (next.done !== true && !client.isGone) {
      bodyBytes += next.value.length;
      const writable = client.write(next.value);
      if (writable !== undefined) await writable;
      next = await chunks.next();
    }
    if (!client.isGone) await client.end(NOTHING, trailers());
    return { kind: 'sent', bodyBytes, isComplete: false, cutOff: undefined };
  } catch (error) {
    const isUnsent = !client.hasBegun;
    if (isUnsent && isCorrupt(error)) return { kind: 'corrupt' };
    if (isUnsent && isUnreachable(error)) return { kind: 'unreachable' };
    if (client.isGone) return { kind: 'sent', bodyBytes, isComplete: false, cutOff: undefined };
    const cutOff = errorOf(error);
    client.cut();
    return { kind: 'sent', bodyBytes, isComplete: false, cutOff };
  } finally {
    stopListening();
    await chunks.return?.();
  }
}

function aheadOf(trailers: FieldLines): TrailersAhead {
  return trailers.length > 0 ? 'some' : 'none';
}

function chunksOf(body: BodyPlan, source: BodySource): AsyncIterator<Uint8Array> {
  switch (body.kind) {
    case 'whole':
      return source.read(0, undefined)[Symbol.asyncIterator]();
    case 'range':
      return source.read(body.startByte, body.endByte)[Symbol.asyncIterator]();
    case 'multipart':
      return multipartChunks(body, source);
    case 'none':
    case 'text':
      throw new TypeError(`a body of kind ${body.kind} is not read from a source`);
    default:
      return body satisfies never;
  }
}

async function* multipartChunks(
  { parts, closing }: Extract<BodyPlan, { kind: 'multipart' }>,
  source: BodySource,
): AsyncGenerator<Uint8Array, undefined> {
  for (const { head, startByte, endByte } of parts) {
    yield Buffer.from(head, 'latin1');
    yield* source.read(startByte, endByte);
  }
  yield Buffer.from(closing, 'latin1');
}
