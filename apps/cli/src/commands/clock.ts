import { Command } from 'commander';

import { adminOptions, callAdmin, type AdminOptions } from '../admin-client.ts';
import { clockText, type ClockAnswer } from '../output.ts';

interface ClockOptions extends AdminOptions {
  readonly json?: true;
}

/** One way to move time: `poplet clock <name> [argument]`. */
interface Move {
  readonly name: string;
  readonly description: string;
  /** Name of its argument and what it may be; undefined for none. */
  readonly argument?: readonly [name: string, description: string];
  /** Body of `POST clock`. */
  readonly body: (argument: string) => object;
}

const MOVES: readonly Move[] = [
  {
    name: 'advance',
    description: 'move time on',
    argument: ['<duration>', '90s, 2m, 1h30m, 1d; back with "-- -2m"'],
    body: (advance) => ({ advance }),
  },
  {
    name: 'set',
    description: 'set the instant',
    argument: ['<instant>', 'ISO 8601: 2026-12-24T18:00:00Z'],
    body: (set) => ({ set }),
  },
  { name: 'freeze', description: 'stop time', body: () => ({ freeze: true }) },
  { name: 'reset', description: 'back to real time', body: () => ({ reset: true }) },
];

/** `poplet clock`: virtual time of a running edge. */
export function clockCommand(): Command {
  const clock = new Command('clock')
    .description('show or move virtual time')
    .option('--json', 'the clock, as one JSON object')
    .action((options: ClockOptions) => show(options, undefined));
  // The options are those of `clock`: its subcommands find them there, wherever they are written.
  for (const option of adminOptions()) clock.addOption(option);
  for (const move of MOVES) {
    const command = new Command(move.name)
      .description(move.description)
      .addHelpText('after', '\nThe options of `poplet clock` apply: --admin, --token, --json');
    if (move.argument !== undefined) command.argument(...move.argument);
    command.action(() =>
      show(command.optsWithGlobals<ClockOptions>(), move.body(command.args[0] ?? '')),
    );
    clock.addCommand(command);
  }
  return clock;
}

async function show(options: ClockOptions, body: object | undefined): Promise<void> {
  const answer = (await callAdmin(options, 'clock', body)) as ClockAnswer;
  process.stdout.write(options.json === true ? `${JSON.stringify(answer)}\n` : clockText(answer));
}
