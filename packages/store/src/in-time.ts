import { StoreError } from './errors.ts';

/** However long this process stands still, it counts as one of them. */
const SLICES = 4;

/**
 * Settles as `answer` does, or rejects with StoreError `unreachable` after so many real milliseconds. An
 * answer that came while this process stood still (a laptop that slept, a machine that is overloaded) is
 * not late.
 */
export async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  let left = SLICES;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) reject(new StoreError('unreachable', `no answer within ${timeoutMs} ms`));
  }, timeoutMs / SLICES);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearInterval(timer);
  }
}
