/** Narrow enough to be read, wide enough for a header. */
const MAX_WIDTH = 96;

/** How long a line may be where this is written to. */
export function width(): number {
  const { columns } = process.stdout;
  return Math.max(40, Math.min(MAX_WIDTH, columns ?? MAX_WIDTH));
}

/** Words on lines of at most this many characters; a longer word has a line of its own. */
export function wrapped(text: string, limit: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
