// Reads TypeScript as text: enough to tell code from comments and strings, without a compiler.

/** Where a `/` begins a regular expression rather than a division. */
const REGEX_MAY_FOLLOW =
  /(?:^|[([{}=,;:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|yield|await))$/u;

export interface SourceText {
  /** Comments are blanks; strings stand. For import specifiers. */
  readonly withoutComments: string;
  /** Comments, strings, regular expressions and template text are blanks. For identifiers. */
  readonly codeOnly: string;
}

/** Both views keep every offset and line break of the source. */
export function readSource(source: string): SourceText {
  let withoutComments = '';
  let codeOnly = '';
  let index = 0;
  /** For each open `${`, how many `{` stand open inside it. */
  const templates: number[] = [];

  const take = (end: number, kind: 'code' | 'comment' | 'literal'): void => {
    const text = source.slice(index, end);
    const blank = text.replaceAll(/[^\n]/gu, ' ');
    withoutComments += kind === 'comment' ? blank : text;
    codeOnly += kind === 'code' ? text : blank;
    index = end;
  };
  const endOf = (pattern: RegExp): number => {
    pattern.lastIndex = index;
    return pattern.test(source) ? pattern.lastIndex : source.length;
  };
  /** Template text from `index` up to its closing backtick or the next `${`. */
  const takeTemplateText = (): void => {
    const end = endOf(/(?:[^\\`$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/gy);
    if (source.slice(0, end).endsWith('${')) templates.push(0);
    take(end, 'literal');
  };

  while (index < source.length) {
    const character = source.charAt(index);
    const two = source.slice(index, index + 2);
    const depth = templates.at(-1);
    if (two === '//' || (two === '#!' && index === 0)) take(endOf(/[^\n]*/gy), 'comment');
    else if (two === '/*') take(endOf(/\/\*[\s\S]*?\*\//gy), 'comment');
    else if (character === "'" || character === '"') {
      take(
        endOf(character === "'" ? /'(?:[^'\\\n]|\\[\s\S])*'?/gy : /"(?:[^"\\\n]|\\[\s\S])*"?/gy),
        'literal',
      );
    } else if (character === '`') {
      take(index + 1, 'literal');
      takeTemplateText();
    } else if (character === '}' && depth === 0) {
      templates.pop();
      take(index + 1, 'literal');
      takeTemplateText();
    } else if (character === '/' && REGEX_MAY_FOLLOW.test(codeOnly.trimEnd().slice(-10))) {
      take(endOf(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/gy), 'literal');
    } else {
      if (depth !== undefined && character === '{') templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && character === '}') templates[templates.length - 1] = depth - 1;
      take(index + 1, 'code');
    }
  }
  return { withoutComments, codeOnly };
}

export interface Located {
  readonly text: string;
  readonly line: number;
}

export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}

/** Every module specifier: `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`. */
export function importSpecifiers(source: string): Located[] {
  const { withoutComments, codeOnly } = readSource(source);
  const pattern = /\b(?:from|import)\s*(?:\(\s*)?(['"])([^'"\n]+)\1/gu;
  return withoutComments
    .matchAll(pattern)
    .filter((match) => /^(?:from|import)/u.test(codeOnly.slice(match.index)))
    .map((match) => ({ text: match[2] ?? '', line: lineAt(source, match.index) }))
    .toArray();
}
