import { Command } from 'commander';

import { adminOptions, callAdmin, type AdminOptions } from '../admin-client.ts';
import { deployText, type DeployAnswer } from '../output.ts';

interface DeployOptions extends AdminOptions {
  readonly json?: true;
}

/** `poplet deploy`: a new deployment, with a cache of its own where the profile has it so (Vercel, Netlify). */
export function deployCommand(): Command {
  const command = new Command('deploy')
    .description('start a new deployment, as after a build')
    .option('--json', 'the deployment, as one JSON object');
  for (const option of adminOptions()) command.addOption(option);
  return command.action(async (options: DeployOptions) => {
    const answer = (await callAdmin(options, 'deploy', {})) as DeployAnswer;
    process.stdout.write(
      options.json === true ? `${JSON.stringify(answer)}\n` : deployText(answer),
    );
  });
}
