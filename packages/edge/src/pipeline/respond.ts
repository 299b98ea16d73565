import type { BodyPlan, FieldLines, ResponsePlan } from '@poplet/policy';
import { StoreError, type BodySource } from '@poplet/store';
import type { Client } from '../client.ts';
import { errorOf } from '../error-of.ts';
import { frame, type FramedHead } from './frame.ts';

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
  const over = whenOver(client);
  const content = wholeContent(input.plan.body, input.source);
  const sent =
    content === undefined ? await stream(client, input) : await sendWhole(client, input, content);
  if (sent.kind !== 'sent') return sent;
  if (!client.isGone) client.watchWrites();
  await over;
  client.done();
  const isComplete = client.response.writableFinished && sent.cutOff === undefined;
  return { ...sent, isComplete };
}

type Written = Extract<Sent, { kind: 'sent' }>;

const NOTHING = new Uint8Array(0);

/** The bytes to send, where all of them are at hand. */
function wholeContent(body: BodyPlan, source: BodySource | undefined): Uint8Array | undefined {
  switch (body.kind) {
    case 'none':
      return NOTHING;
    case 'text':
      return Buffer.from(body.text);
    case 'whole':
      return source === undefined ? NOTHING : source.bytes();
    case 'range':
      return source?.bytes()?.subarray(body.startByte, body.endByte);
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
  const head = frame(client.request, plan, known.length > 0);
  writeHead(client, plan, head);
  await end(client, content, known);
  return { kind: 'sent', bodyBytes: content.length, isComplete: false, cutOff: undefined };
}

async function stream(client: Client, input: RespondInput): Promise<Sent> {
  const { response } = client;
  const { plan, source, trailers, isOpened } = input;
  const head = frame(client.request, plan, isOpened && trailers().length > 0);
  // Readers attach at once: a body that is not kept is gone for those who come later.
  const chunks = chunksOf(plan.body, source as BodySource);
  const stopListening = client.onGone(() => void chunks.return?.());
  let bodyBytes = 0;
  try {
    let next = isOpened ? await chunks.next() : undefined;
    writeHead(client, plan, head);
    // Streams and events are not held back until there is more.
    flushHead(client);
    next ??= await chunks.next();
    while (next.done !== true && !client.isGone) {
      bodyBytes += next.value.length;
      if (!response.write(next.value)) await whenWritable(client);
      next = await chunks.next();
    }
    if (!client.isGone) await end(client, NOTHING, trailers());
    return { kind: 'sent', bodyBytes, isComplete: false, cutOff: undefined };
  } catch (error) {
    const isUnsent = !response.headersSent;
    if (isUnsent && isCorrupt(error)) return { kind: 'corrupt' };
    if (isUnsent && isUnreachable(error)) return { kind: 'unreachable' };
    if (client.isGone) return { kind: 'sent', bodyBytes, isComplete: false, cutOff: undefined };
    const cutOff = errorOf(error);
    // RFC 9112 §8: an orderly close would complete a body that has no other end.
    client.cut(head.isCloseDelimited ? 'reset' : 'close');
    return { kind: 'sent', bodyBytes, isComplete: false, cutOff };
  } finally {
    stopListening();
    await chunks.return?.();
  }
}

/** Whether a stored body proved damaged while it was read. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'corrupt';
}

/** Whether others, or what lies with them, cannot be reached in time. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'unreachable';
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

function writeHead(
  client: Client,
  { status }: ResponsePlan,
  { statusText, lines }: FramedHead,
): void {
  const { request, response, content } = client;
  // RFC 9112 §6.1: HTTP/1.0 knows no Transfer-Encoding; where such a message ends is anybody's guess.
  const isFaultyFraming =
    request.httpVersion === '1.0' && request.headers['transfer-encoding'] !== undefined;
  // RFC 9112 §9.3: a connection with request content left on it cannot be used again.
  if (content.isUnread || isFaultyFraming) response.shouldKeepAlive = false;
  response.writeHead(status, statusText, lines as string[]);
}

/** What `flushHeaders` is for; that one turns bytes beyond ASCII into UTF-8. */
function flushHead({ response }: Client): void {
  response.write(NOTHING);
}

async function end(client: Client, bytes: Uint8Array, trailers: FieldLines): Promise<void> {
  const { response, content } = client;
  // RFC 9112 §7.1.2: trailers exist only in chunked messages.
  if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(pairsOf(trailers));
  if (!content.isUnread) {
    if (bytes.length > 0) response.end(bytes);
    else response.end();
    return;
  }
  if (bytes.length > 0) response.write(bytes);
  else flushHead(client);
  await content.drain();
  response.end();
}

function pairsOf(lines: FieldLines): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < lines.length; index += 2)
    pairs.push([lines[index] as string, lines[index + 1] as string]);
  return pairs;
}

function whenOver(client: Client): Promise<void> {
  const { response } = client;
  return new Promise((resolve) => {
    // 'close' is what the http server emits; a response on an upgraded socket only finishes.
    response.once('finish', resolve).once('close', resolve);
  });
}

/** Resolves when the connection takes more, or is gone. */
function whenWritable(client: Client): Promise<void> {
  const { response } = client;
  return new Promise((resolve) => {
    const stopWatching = client.watchWrites();
    const done = (): void => {
      response.off('drain', done);
      stopListening();
      stopWatching();
      resolve();
    };
    const stopListening = client.onGone(done);
    response.once('drain', done);
  });
}
