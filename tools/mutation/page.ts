import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';

/** docs/mutation.md. */
export function mutationPage(): string {
  return `# Mutation

The list of proofs is written from \`tools/mutation/equivalent-mutants.ts\` by \`npm run docs\`.

\`npm run mutation\` removes or inverts each branch, condition, call and literal of \`packages/policy/src\`, one at a time ([Stryker](https://stryker-mutator.io)), and plays the cases against each such mutant, then the tests with fixed inputs: each is a function call (\`tools/mutation/thread.ts\`). How much the cases notice by themselves is reported. Random tests take no part: what notices a mutant once notices it always. Left out are types, the words of \`reasons.ts\`, \`errors.ts\` and \`status-text.ts\`, and \`explain/\`, which takes no part in decisions and is held to its promises by a random test.

It fails when a mutant survives that is not on the list below, and when a proof of the list proves nothing any more. With \`--fresh --rows\` it looks for all that notice a mutant, not the first alone, and fails when a row of [conformance.md](conformance.md) has no case that noticed any: such a row would pass with its behaviour removed. Since any case notices when all of \`decide\` is gone, it also counts how many rows have a case that noticed what few others did: what at most 10 of all cases noticed, is about that row. A row that forbids something has often no code that could be removed. Rows whose cases run over sockets alone are counted apart, since the mutants are those of the pure functions.

[verification.json](verification.json) has what came out of both, as \`mutation\`; it takes an hour on two cores.

\`npm run mutation fields age.ts\` tries these files and folders only. What was tried before and has not changed is not tried again; a change to a case that keeps its name is no change to Stryker, so \`npm run mutation -- --fresh\` has the last word, and \`npm run verify mutation\` measures that, with the rows.

## Equivalent mutants

Each of these computes the same as the code it replaces.

${EQUIVALENT_MUTANTS.length === 0 ? 'None.' : table()}
`;
}

function table(): string {
  const rows = EQUIVALENT_MUTANTS.map(({ file, within, code, replacement, times = 1, proof }) => {
    const often = times === 1 ? '' : ` (${times} times)`;
    return `| \`${file}\` ${within} | ${cell(code)} | ${cell(replacement)}${often} | ${proof} |`;
  });
  return ['| where | code | mutant | proof |', '|---|---|---|---|', ...rows].join('\n');
}

function cell(code: string): string {
  return `<code>${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '&#124;')}</code>`;
}
