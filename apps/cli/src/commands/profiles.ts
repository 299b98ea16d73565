import { Command } from 'commander';

/** `poplet profiles`: the CDNs that can be imitated. */
export function profilesCommand(): Command {
  return new Command('profiles').description('list the profiles').action(async () => {
    const { PROFILES } = await import('@poplet/cdn');
    const width = Math.max(...Object.keys(PROFILES).map((name) => name.length));
    for (const [name, { summary }] of Object.entries(PROFILES)) {
      process.stdout.write(`${name.padEnd(width)}  ${summary}\n`);
    }
  });
}
