/**
 * - `corrupt`: stored bytes failed their check; none of them was handed out.
 * - `unreachable`: what lies elsewhere could not be had in time; nothing was handed out.
 * - `abandoned`: the body will not be kept, so nobody can begin to read it any more.
 * - `no-readers`: nobody reads a body that is not kept: the upstream may be cancelled.
 * - `stalled`: the reader took nothing for too long while others waited for it.
 * - `closed`: the body is already complete, or was cut off: nothing can be added.
 */
export type StoreErrorCode =
  | 'corrupt'
  | 'unreachable'
  | 'abandoned'
  | 'no-readers'
  | 'stalled'
  | 'closed';

/** A failure of one body; a store as a whole never fails an answer. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether a stored body proved damaged while it was read. */
export function isCorrupt(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'corrupt';
}

/** Whether others, or what lies with them, cannot be reached in time. */
export function isUnreachable(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'unreachable';
}
