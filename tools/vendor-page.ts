// The README of each vendor's folder: what is emulated, how sure each point is, and what is not.

import type { Evidence, Fact, Vendor } from '@poplet/vendors';

const MEANINGS: Readonly<Record<Evidence, string>> = {
  doc: 'the vendor’s own documentation or source says so',
  doc2: 'somebody else’s page that quotes the vendor says so',
  run: 'the vendor’s own software was run',
  meas: 'measured from outside on a live service',
  mem: 'general knowledge, not looked up',
  'mem-low': 'a guess',
};

export function vendorPage({ name, title, profiles, facts }: Vendor): string {
  const emulated = facts.filter(({ withoutCase }) => withoutCase?.kind !== 'not-emulated');
  const others = facts.filter(({ withoutCase }) => withoutCase?.kind === 'not-emulated');
  const used = (Object.keys(MEANINGS) as Evidence[]).filter((evidence) =>
    facts.some((fact) => fact.evidence === evidence),
  );
  return `# ${title}

Written from \`facts.ts\` and \`profile.ts\` by \`npm run docs\`.

${profiles.map(({ policy, summary }) => `- \`--profile ${policy.name}\`: ${summary}`).join('\n')}

How sure a statement is: ${used.map((evidence) => `**${evidence}**: ${MEANINGS[evidence]}`).join('; ')}. Sources are ${title}’s pages, by name. A case is one or more requests with what client, origin and store see of them, run on the pure functions and over real sockets:

\`\`\`
npm run -s test:quick -- --project vendors -t ${name}
\`\`\`

## What is emulated

| statement | evidence | source | cases |
|---|---|---|---|
${emulated.map((fact) => row(fact, casesOf(fact))).join('\n')}

## What is not

| statement | evidence | source | instead |
|---|---|---|---|
${others.map((fact) => row(fact, fact.withoutCase?.because ?? '')).join('\n')}
`;
}

function casesOf({ caseIds, withoutCase }: Fact): string {
  if (withoutCase !== undefined) return `none: ${withoutCase.because}`;
  return caseIds.map((id) => `\`${id}\``).join(' ');
}

function row({ id, claim, evidence, source }: Fact, last: string): string {
  const cells = [`<a id="${id}"></a>${claim}`, evidence, source, last];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
