/** A line of a file of rules that says something. */
export interface ContentLine {
  /** Counts from 1. */
  readonly line: number;
  /** Without white space around it. */
  readonly content: string;
}

/** The lines of a text, without those that are empty or a `#` comment. */
export function contentLines(text: string): ContentLine[] {
  return text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .map((raw, index) => ({ line: index + 1, content: raw.trim() }))
    .filter(({ content }) => content !== '' && !content.startsWith('#'));
}
