import { reason, type Reason, type StoreAction, type StoredResponse } from '@poplet/policy';
import { StoreError, type BodyWriter } from '@poplet/store';

import type { EdgeContext } from '../edge-context.ts';
import type { Landing } from '../flight.ts';
import type { UpstreamBody } from '../upstream/upstream.ts';

/** Applies what needs no body: a 304's metadata, the removal of what was replaced. */
export function storeMetadata(
  action: Exclude<StoreAction, { kind: 'insert' }>,
  { store }: EdgeContext,
): Landing {
  switch (action.kind) {
    case 'none':
      return { isStored: false, refusal: undefined };
    case 'remove':
      for (const response of action.responses) store.remove(response);
      return { isStored: false, refusal: undefined };
    case 'update': {
      let isStored = false;
      for (const { old, updated } of action.pairs)
        isStored = store.update(old, updated) || isStored;
      return { isStored, refusal: isStored ? undefined : reason('not-stored-purged') };
    }
    case 'freshen': {
      for (const response of action.withdrawn) store.remove(response);
      for (const { old, updated } of action.outdated) store.update(old, updated);
      let isStored = false;
      for (const { old, updated } of action.confirmed)
        isStored = store.update(old, updated) || isStored;
      return { isStored, refusal: undefined };
    }
    default:
      return action satisfies never;
  }
}

export interface PumpInput {
  readonly body: UpstreamBody;
  readonly writer: BodyWriter;
  readonly response: StoredResponse;
  readonly limitBytes: number;
  /** Told once when it becomes clear, before the end, that nothing will be stored. */
  readonly onAbandoned: () => void;
}

/** Carries a body into the store while others follow it. Never rejects: a failure is a landing without storing. */
export async function pump(
  { body, writer, response, limitBytes, onAbandoned }: PumpInput,
  { store }: EdgeContext,
): Promise<Landing> {
  let bytes = 0;
  let isTold = false;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      const room = writer.write(chunk);
      if (writer.abandoned !== undefined && !isTold) {
        isTold = true;
        onAbandoned();
      }
      if (room !== undefined) await room;
    }
  } catch (error) {
    // The upstream ended early, nobody reads a body that is not kept, or everyone has gone.
    const cause = error instanceof Error ? error : new Error(String(error));
    writer.abort(cause);
    body.destroy();
    return { isStored: false, refusal: refusalOf(writer, { bytes, limitBytes, cause }) };
  }
  if (await writer.commit(body.trailers)) return { isStored: true, refusal: undefined };
  if (writer.abandoned !== undefined)
    return { isStored: false, refusal: abandonedReason(writer.abandoned, { bytes, limitBytes }) };
  return {
    isStored: false,
    refusal: store.isPurgedSince(response)
      ? reason('not-stored-purged')
      : reason('not-stored-store-failed'),
  };
}

interface Measure {
  readonly bytes: number;
  readonly limitBytes: number;
}

function refusalOf(
  { abandoned }: BodyWriter,
  { cause, ...measure }: Measure & { readonly cause: Error },
): Reason {
  if (abandoned !== undefined) return abandonedReason(abandoned, measure);
  if (cause instanceof StoreError) return reason('not-stored-cut-off', { why: 'readers had it' });
  return reason('not-stored-cut-off', { why: 'end' });
}

function abandonedReason(
  { code, message }: BodyWriter['abandoned'] & {},
  { bytes, limitBytes }: Measure,
): Reason {
  return code === 'too-large'
    ? reason('not-stored-too-large', { bytes, limitBytes })
    : reason('not-stored-store-failed', { message });
}
