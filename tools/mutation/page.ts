import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';

/** docs/mutation.md. */
export function mutationPage(): string {
  return `# Mutation

The list of proofs is written from \`tools/equivalent-mutants.ts\` by \`npm run docs\`.

\`npm run mutation\` removes or inverts each branch, condition, call and literal of \`packages/policy/src\`, one at a time ([Stryker](https://stryker-mutator.io)). First the cases judge each such mutant (\`tools/cases-runner.ts\` plays them in a thread; the score of the cases alone is reported). What none of them notices is given to the tests with fixed inputs. Random tests take no part: what notices a mutant once notices it always. Left out are types, the words of \`reasons.ts\`, \`errors.ts\` and \`status-text.ts\`, and \`explain/\`, which takes no part in decisions and is held to its promises by a random test.

It does not hold yet. The last run over everything, on a busy machine, noticed 5,348 of 5,629 mutants (95.0 %), 4,895 of them by cases alone; most of the others stand in \`decide.ts\`, \`read-request.ts\`, \`plan.ts\` and \`fields/quality.ts\`, and some of what it counted as noticed were mutants that only seemed endless under that load.

It fails when a mutant survives that is not on the list below, when a proof of the list proves nothing any more, and, with \`--fresh --rows\`, when a row of [conformance.md](conformance.md) has no case that noticed a mutant: such a row would pass with its behaviour removed. A row whose cases run over sockets alone is counted apart, since the mutants are those of the pure functions.

\`npm run mutation fields age.ts\` tries these files and folders only. What the cases judged before and has not changed is not judged by them again; a change to a case that keeps its name is no change to Stryker, so \`npm run mutation -- --fresh\` has the last word, and \`npm run verify mutation\` measures that.

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
