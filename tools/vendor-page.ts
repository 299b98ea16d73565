// The README of each vendor's folder: what is emulated, how sure each point is, and what is not.

import type { Evidence, Fact, OptionValues, Profile, Vendor } from '@poplet/vendors';

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
${optionsOf(profiles)}
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

/** What can be set, where anything can: standard values are those of the first profile that has the option. */
function optionsOf(profiles: readonly Profile[]): string {
  const options = new Map(
    profiles
      .toReversed()
      .flatMap(({ options: own = [] }) => own.map((option) => [option.name, option])),
  );
  if (options.size === 0) return '';
  const [first = ''] = profiles.map(({ policy }) => policy.name);
  const rows = [...options.values()].map(({ name, summary, values, standard, doubt }) => {
    const cells = [
      `\`${name}\``,
      summary,
      valuesOf(values),
      `\`${standard}\``,
      doubt === undefined ? '' : `not sure: ${doubt}`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const [example] = options.values();
  return `
## What can be set

Behind the name of the profile: \`--profile ${first}:${example?.name}=…\`, several with a comma between them. Where a standard value is not sure, \`poplet explain <URL>\` says which responses depend on it.

| option | what it is | values | standard | why it is open |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function valuesOf(values: OptionValues): string {
  switch (values.kind) {
    case 'choice':
      return values.choices.map((choice) => `\`${choice}\``).join(' ');
    case 'seconds':
      return 'seconds';
    case 'fields':
      return 'field names';
    default:
      return values satisfies never;
  }
}

function casesOf({ caseIds, withoutCase }: Fact): string {
  if (withoutCase !== undefined) return `none: ${withoutCase.because}`;
  return caseIds.map((id) => `\`${id}\``).join(' ');
}

function row({ id, claim, evidence, source }: Fact, last: string): string {
  const cells = [`<a id="${id}"></a>${claim}`, evidence, source, last];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
