import {
  incompleteOf,
  reason,
  STORE_AWAY,
  type PresentedRequest,
  type FieldLines,
  type Reason,
  type StoreAction,
  type StoredResponse,
} from '@poplet/policy';
import { isCorrupt, StoreError, type BodyWriter } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { errorOf } from '../error-of.ts';
import type { Landing } from '../flight.ts';
import type { UpstreamBody } from '../upstream/upstream.ts';
import { joined, WrongLength, type OpenedPart } from './arriving-part.ts';

/** Applies what needs no body: a 304's metadata, the removal of what was replaced. */
export function storeMetadata(
  action: Exclude<StoreAction, { kind: 'insert' }>,
  { store }: EdgeContext,
): Landing {
  switch (action.kind) {
    case 'none':
      return { isStored: false, correction: undefined };
    case 'remove':
      for (const response of action.responses) store.remove(response);
      return { isStored: false, correction: undefined };
    case 'update': {
      let isStored = false;
      for (const { old, updated } of action.pairs)
        isStored = store.update(old, updated) || isStored;
      return { isStored, correction: isStored ? undefined : reason('not-stored-purged') };
    }
    case 'freshen': {
      for (const response of action.withdrawn) store.remove(response);
      for (const { old, updated } of action.outdated) store.update(old, updated);
      let isStored = false;
      for (const { old, updated } of action.confirmed)
        isStored = store.update(old, updated) || isStored;
      return { isStored, correction: undefined };
    }
    default:
      return action satisfies never;
  }
}

export interface PumpInput {
  readonly body: UpstreamBody;
  readonly writer: BodyWriter;
  readonly response: StoredResponse;
  /** Set when the upstream sends a part only. */
  readonly part: OpenedPart | undefined;
  /** The Content-Length of the upstream's message. */
  readonly announcedBytes: number | undefined;
  readonly mayBeIncomplete: boolean;
  /** Of the request that it answers. */
  readonly fields: PresentedRequest['fields'];
  readonly limitBytes: number;
  /** Of the flight: aborted when nobody wants the body any more. */
  readonly signal: AbortSignal;
  /** What is stored of the trailer section, once the body is complete. */
  readonly trailers: () => FieldLines;
  /** Told once when it becomes clear, before the end, that nothing will be stored. */
  readonly onAbandoned: () => void;
}

/** Carries a body into the store while others follow it. Never rejects: a failure is a landing without storing. */
export async function pump(input: PumpInput, edge: EdgeContext): Promise<Landing> {
  const { body, writer, response, part, limitBytes, signal, onAbandoned } = input;
  let bytes = 0;
  let isTold = false;
  try {
    for await (const chunk of part === undefined ? body : joined(body, part)) {
      bytes += chunk.length;
      const room = writer.write(chunk);
      if (writer.abandoned !== undefined && !isTold) {
        isTold = true;
        onAbandoned();
      }
      if (room !== undefined) await unlessAborted(room, signal);
    }
  } catch (error) {
    // The upstream ended early, nobody reads a body that is not kept, or everyone has gone.
    const cause = errorOf(error);
    return await cutOff(input, { bytes, cause }, edge);
  }
  let isStored: boolean;
  try {
    isStored = await writer.commit(part === undefined ? input.trailers() : []);
  } catch (error) {
    const cause = errorOf(error);
    edge.onFault('store', cause);
    // Whoever still reads is not left waiting.
    await writer.abort(cause);
    return { isStored: false, correction: failedReason(cause.message, edge.store) };
  }
  if (isStored) return { isStored, correction: whereStored(bytes, edge) };
  if (writer.abandoned !== undefined)
    return {
      isStored,
      correction: abandonedReason(writer.abandoned, { bytes, limitBytes }, edge.store),
    };
  return {
    isStored,
    correction: edge.store.isPurgedSince(response)
      ? reason('not-stored-purged')
      : failedReason('it did not take the response', edge.store),
  };
}

/** Says so where other edges will not find it. */
function whereStored(bytes: number, { store }: EdgeContext): Reason | undefined {
  const limitBytes = store.maxSharedBodyBytes ?? Infinity;
  return bytes > limitBytes ? reason('stored-here-only', { bytes, limitBytes }) : undefined;
}

/** The body ended early: what there is of it is stored as incomplete, if it may be. */
async function cutOff(
  { body, writer, response, part, announcedBytes, mayBeIncomplete, fields, limitBytes }: PumpInput,
  { bytes, cause }: { readonly bytes: number; readonly cause: Error },
  { store }: EdgeContext,
): Promise<Landing> {
  const isDamaged = isCorrupt(cause);
  if (isDamaged && part?.splice !== undefined) store.remove(part.splice.base);
  // Another exchange may have brought the whole meanwhile.
  const isWholeStored = (): boolean =>
    store.peek(response.primaryKey, fields).selected.some((one) => one.response.part === null);
  const isKept =
    mayBeIncomplete &&
    !(cause instanceof StoreError || cause instanceof WrongLength) &&
    !isWholeStored();
  const incomplete = isKept
    ? incompleteOf({ response, arriving: part, announcedBytes, receivedBytes: bytes })
    : null;
  const isStored = await writer.abort(cause, incomplete ?? undefined);
  body.destroy();
  if (isStored && incomplete?.part != null) {
    const { completeBytes } = incomplete.part;
    return { isStored, correction: reason('cut-off-stored', { bytes, completeBytes }) };
  }
  return { isStored, correction: refusalOf(writer, { bytes, limitBytes, cause }, store) };
}

/** A reader that takes nothing keeps the body waiting, but not its end. */
function unlessAborted(room: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    room.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

interface Measure {
  readonly bytes: number;
  readonly limitBytes: number;
}

function refusalOf(
  { abandoned }: BodyWriter,
  { cause, ...measure }: Measure & { readonly cause: Error },
  store: EdgeContext['store'],
): Reason {
  if (abandoned !== undefined) return abandonedReason(abandoned, measure, store);
  if (cause instanceof StoreError)
    return reason('not-stored-cut-off', { why: 'before its readers had it' });
  return reason('not-stored-cut-off', { why: 'before its end' });
}

function abandonedReason(
  { code, message }: BodyWriter['abandoned'] & {},
  { bytes, limitBytes }: Measure,
  store: EdgeContext['store'],
): Reason {
  return code === 'too-large'
    ? reason('not-stored-too-large', { bytes, limitBytes })
    : failedReason(message, store);
}

/** What fails because the store is away says just that. */
function failedReason(message: string, store: EdgeContext['store']): Reason {
  return store.isAway === true ? STORE_AWAY : reason('not-stored-store-failed', { message });
}
