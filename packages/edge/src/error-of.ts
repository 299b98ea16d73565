/** What was thrown, as an Error: anything can be thrown, and any reason given to an AbortController. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
