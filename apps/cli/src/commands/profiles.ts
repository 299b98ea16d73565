import { Command } from 'commander';

/** `poplet profiles`: the CDNs that can be imitated. */
export function profilesCommand(): Command {
  const command = new Command('profiles')
    .description('list the profiles')
    .option('--json', 'as one JSON object');
  return command.action(async ({ json }: { readonly json?: true }) => {
    const { PROFILES } = await import('@poplet/cdn');
    if (json === true) {
      const profiles = Object.entries(PROFILES).map(([name, { summary }]) => ({ name, summary }));
      process.stdout.write(`${JSON.stringify({ profiles })}\n`);
      return;
    }
    const width = Math.max(...Object.keys(PROFILES).map((name) => name.length));
    for (const [name, { summary }] of Object.entries(PROFILES)) {
      process.stdout.write(`${name.padEnd(width)}  ${summary}\n`);
    }
  });
}
