// docs/cdns.md: where CDNs do otherwise with the same exchange.

import { VENDORS } from '@poplet/vendors';
import { traps } from '@poplet/vendors/cases';

const profiles = new Set(
  VENDORS.flatMap((vendor) => vendor.profiles.map(({ policy }) => policy.name)),
);

/** One table for each trap, of the CDNs that there is a profile for. */
export function trapsPage(): string {
  return `# Where CDNs differ

Written from \`packages/vendors/cases/traps\` by \`npm run docs\`.

The same exchange under every profile, and what each makes of it: fifteen places at which a site that is right behind one CDN is wrong behind another. Each row is a case that runs on the pure functions and over real sockets. *Known* is what a source says of that CDN, *chosen* what none does: its README (\`packages/vendors/src\`) says what the profile does instead, and where it is an option. \`poplet explain <URL>\` makes such a table for a response of your own.

\`\`\`
npm run -s test:quick -- --project vendors -t traps
\`\`\`
${traps.map(section).join('')}`;
}

function section({ number, title, stake, told }: (typeof traps)[number]): string {
  const rows = told
    .filter(({ profile }) => profiles.has(profile.replace(/:.*$/su, '')))
    .map(
      ({ profile, words, isSaid }) =>
        `| \`${profile}\` | ${words} | ${isSaid ? 'known' : 'chosen'} |`,
    );
  return `
## ${number}. ${title}

${stake}

| profile | what becomes of it | basis |
|---|---|---|
${rows.join('\n')}
`;
}
