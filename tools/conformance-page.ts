// docs/conformance.md: the requirements of the specifications, written from the rows beside the cases.

import { REQUIREMENT_LEVELS } from '@poplet/conformance';
import type { Case, Requirement, RequirementTable, Runner } from '@poplet/conformance';
import { policyCases, policyRequirements } from '@poplet/policy/cases';
import { clauseLink } from './clause-link.ts';

const CASES_SHOWN = 3;

const WHERE: Readonly<Record<Runner, string>> = {
  pure: 'on the pure functions only',
  sockets: 'over sockets only',
};

const caseById = new Map(policyCases.map((found) => [found.id, found]));

export function conformancePage(): string {
  return `# Conformance

Written from \`packages/policy/cases/requirements\` by \`npm run docs\`.

What the specifications of HTTP caching ask of a shared cache, clause by clause, and the cases that show what Poplet does. A case is one or more requests with what the client, the origin and the store must see of them. Each is run on the pure functions of \`packages/policy\` and over real sockets against a scripted origin. Every row has at least one case that fails when the behaviour is removed; a check fails for a row without a case, a case that cites another clause, and a clause of these specifications that is cited and stands in no table.

\`\`\`
npm run -s test:quick -- --project policy --project conformance                    # all cases, both ways
npm run -s test:quick -- --project policy --project conformance -t 'immutable-stale:'   # one of them
\`\`\`

*MAY* stands for whatever a clause permits, *defines* for a definition or a recommendation without a keyword. What binds only origin servers, user agents or private caches has no row. Of more than ${CASES_SHOWN + 1} cases the first ${CASES_SHOWN} are named here; the table's file names all. Where Poplet departs from a clause on purpose, [deviations.md](deviations.md) says why.

${marksExplained()}

${summary()}

${policyRequirements.map(section).join('\n\n')}
`;
}

function summary(): string {
  const rows = policyRequirements.map((table) => {
    const { specification, title, requirements } = table;
    const cells = [`[${specification}](#${anchorOf(table)}) ${title}`, ...counts(requirements)];
    return `| ${cells.join(' | ')} |`;
  });
  const all = policyRequirements.flatMap(({ requirements }) => requirements);
  const total = ['all', ...counts(all)].map((cell) => `**${cell}**`);
  return `| | ${REQUIREMENT_LEVELS.join(' | ')} | rows | cases |
|---|${'--:|'.repeat(REQUIREMENT_LEVELS.length + 2)}
${[...rows, `| ${total.join(' | ')} |`].join('\n')}`;
}

function counts(requirements: readonly Requirement[]): readonly number[] {
  return [
    ...REQUIREMENT_LEVELS.map((level) => requirements.filter((row) => row.level === level).length),
    requirements.length,
    new Set(requirements.flatMap(({ cases }) => cases)).size,
  ];
}

function section(table: RequirementTable): string {
  const { requirements, leftOut = [] } = table;
  const rows = requirements.map(({ clause, level, requirement, cases, does }) => {
    const cells = [sectionLink(clause, table), level, requirement, casesCell(cases), does];
    return `| ${cells.map(escapeCell).join(' | ')} |`;
  });
  const blocks = [
    `## ${headingOf(table)}`,
    `| clause | level | requirement | cases | what we do |
|---|---|---|---|---|
${rows.join('\n')}`,
  ];
  if (leftOut.length > 0) {
    const lines = leftOut.map(({ clause, why }) => `- ${sectionLink(clause, table)}: ${why}`);
    blocks.push(`No row of their own:\n\n${lines.join('\n')}`);
  }
  return blocks.join('\n\n');
}

function headingOf({ specification, title }: RequirementTable): string {
  return `${specification}: ${title}`;
}

/** As GitHub makes it from the heading. */
function anchorOf(table: RequirementTable): string {
  const words = headingOf(table).toLowerCase();
  return words.replaceAll(/[^\p{Letter}\p{Number}\s-]/gu, '').replaceAll(/\s/gu, '-');
}

/** The section alone: the specification is the heading. */
function sectionLink(clause: string, { specification, isUnverified }: RequirementTable): string {
  const link = clauseLink(clause, clause.slice(specification.length + 1));
  return isUnverified === true ? `${link} unverified text` : link;
}

function casesCell(ids: readonly string[]): string {
  const shown = ids.length > CASES_SHOWN + 1 ? ids.slice(0, CASES_SHOWN) : ids;
  const rest = ids.length - shown.length;
  const names = shown.map((id) => `\`${id}\`${markOf(caseById.get(id))}`);
  return rest === 0 ? names.join(', ') : `${names.join(', ')} and ${rest} more`;
}

/** What makes a case run on one runner only, in the order of the cases: each is a numbered mark. */
const onlyOnOne = [
  ...new Map(policyCases.flatMap(({ runs }) => (runs ? [[runs.because, runs.only]] : []))),
];

function markOf(found: Case | undefined): string {
  const index = onlyOnOne.findIndex(([because]) => because === found?.runs?.because);
  return index === -1 ? '' : `<sup>${index + 1}</sup>`;
}

function marksExplained(): string {
  const lines = onlyOnOne.map(
    ([because, only], index) => `- <sup>${index + 1}</sup> ${WHERE[only]}: ${because}`,
  );
  return `Marked cases can be expressed by one runner only:\n\n${lines.join('\n')}`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
