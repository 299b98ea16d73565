/** What was thrown, in words: anything can be. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What a person is told when what lies elsewhere is away. */
export function cannotBeReached(why: string): string {
  return `cannot be reached, so that every request goes to the origin meanwhile: ${why}`;
}

/** What a person is told when a store that keeps responses for longer cannot keep them. */
export function notStored(thrown: unknown): string {
  return `responses cannot be stored, and are passed on meanwhile: ${messageOf(thrown)}`;
}
