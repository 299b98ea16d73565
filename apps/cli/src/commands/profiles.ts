import { Command } from 'commander';

import { profilesText } from '../profiles-text.ts';

/** `poplet profiles`: the CDNs that can be imitated. */
export function profilesCommand(): Command {
  const command = new Command('profiles')
    .description('list the profiles')
    .argument('[name]', 'one alone, with what can be set of it')
    .option('--json', 'as one JSON object');
  return command.action(async (name: string | undefined, { json }: { readonly json?: true }) => {
    const { PROFILES, profileNamed } = await import('@poplet/cdn');
    if (name !== undefined) profileNamed(name);
    const [only] = name?.split(':') ?? [];
    const entries = Object.entries(PROFILES).filter(([one]) => one === (only ?? one));
    const profiles = entries.map(([one, { summary, options }]) => ({
      name: one,
      summary,
      options,
    }));
    process.stdout.write(
      json === true
        ? `${JSON.stringify({ profiles })}\n`
        : profilesText(profiles, { isAlone: only !== undefined }),
    );
  });
}
