/** Of each reading so many results are kept; then all are forgotten. */
const MAX_TEXTS = 256;

/** Longer texts are likely to be one message's own. */
const MAX_LENGTH = 256;

/**
 * A reading that keeps what it read last, by its text: most field values come again and again. `read`
 * depends on the text alone; nobody may change what it returned.
 */
export function remembered<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = read(text);
    if (text.length > MAX_LENGTH) return result;
    if (known.size >= MAX_TEXTS) known.clear();
    known.set(text, result);
    return result;
  };
}
