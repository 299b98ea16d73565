import { Command, CommanderError } from 'commander';

import { PopletError } from '@poplet/policy';

import { caCommand } from './commands/ca.ts';
import { clockCommand } from './commands/clock.ts';
import { deployCommand } from './commands/deploy.ts';
import { diffCommand } from './commands/diff.ts';
import { explainCommand } from './commands/explain.ts';
import { profilesCommand } from './commands/profiles.ts';
import { purgeCommand } from './commands/purge.ts';
import { addServe } from './commands/serve.ts';
import { mustBeSpelt, pathOf } from './mistyped.ts';
import { errorText, usageErrorText } from './output.ts';
import { VERSION } from './version.ts';

/** Exit codes by class of error; 0 is success. */
const EXIT_CODES = { internal: 1, user: 2, upstream: 3 } as const;

/** As these commands do something by themselves, commander would leave it out. */
const HELP = ['help [command]', 'what a command does, and its options'] as const;

/** Runs the command line. Sets `process.exitCode`; a server command returns when it has ended. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = addServe(
    new Command('poplet')
      .description('A CDN point of presence on your laptop.')
      .version(VERSION, '-v, --version')
      .showSuggestionAfterError()
      .helpCommand(...HELP)
      .exitOverride(),
  );
  sayInOurWay(program);
  for (const command of [
    explainCommand(),
    diffCommand(),
    purgeCommand(),
    clockCommand(),
    deployCommand(),
    caCommand(),
    profilesCommand(),
  ]) {
    inherit(command, program);
    program.addCommand(command);
  }
  // Else the program would take what is meant for a subcommand: `purge --host` is not where to listen.
  program.enablePositionalOptions();
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`poplet explain … | head -1`) is no fault.
    if (error.code !== 'EPIPE') process.exitCode = exitCodeOf(error);
  });
  try {
    await mustBeSpelt(argv.slice(2), program);
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Errors of a subcommand, at any depth, end as those of the program do. */
function inherit(command: Command, from: Command): void {
  command.copyInheritedSettings(from);
  if (command.commands.length > 0) command.helpCommand(...HELP);
  sayInOurWay(command);
  for (const subcommand of command.commands) inherit(subcommand, command);
}

/** What commander finds wrong reads as everything else does. */
function sayInOurWay(command: Command): void {
  command.configureOutput({
    outputError: (text, write) => write(usageErrorText(text, pathOf(command))),
  });
}

/** Reports an error where commander has not done so, and says which code to exit with. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.user;
  process.stderr.write(errorText(error));
  return error instanceof PopletError ? EXIT_CODES[error.class] : EXIT_CODES.internal;
}
