import { Command } from 'commander';

import { adminOptions, callAdmin, type AdminOptions } from '../admin-client.ts';
import { clockText, type ClockAnswer } from '../output.ts';

/** `poplet clock`: virtual time of a running edge. */
export function clockCommand(): Command {
  const clock = withAdmin(new Command('clock').description('show or move virtual time'));
  const move = (options: AdminOptions, body?: unknown): Promise<void> => show(options, body);
  clock.action((options: AdminOptions) => move(options));
  clock
    .addCommand(
      withAdmin(
        new Command('advance')
          .description('move time on')
          .argument('<duration>', '90s, 2m, 1h30m, 1d'),
      ).action((advance: string, options: AdminOptions) => move(options, { advance })),
    )
    .addCommand(
      withAdmin(
        new Command('set')
          .description('set the instant')
          .argument('<instant>', 'ISO 8601: 2026-12-24T18:00:00Z'),
      ).action((set: string, options: AdminOptions) => move(options, { set })),
    )
    .addCommand(
      withAdmin(new Command('freeze').description('stop time')).action((options: AdminOptions) =>
        move(options, { freeze: true }),
      ),
    )
    .addCommand(
      withAdmin(new Command('reset').description('back to real time')).action(
        (options: AdminOptions) => move(options, { reset: true }),
      ),
    );
  return clock;
}

function withAdmin(command: Command): Command {
  for (const option of adminOptions()) command.addOption(option);
  return command;
}

async function show(options: AdminOptions, body: unknown): Promise<void> {
  const answer = (await callAdmin(options, 'clock', body)) as ClockAnswer;
  process.stdout.write(clockText(answer));
}
