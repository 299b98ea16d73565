import path from 'node:path';

import { AUTHORITY_NAME, type Authority } from '../authority.ts';
import { runProgram } from './run-program.ts';
import type { Machine, TrustChange, TrustStore } from './trust-store.ts';

type Command = readonly string[];

/** A store that the system changes by a program of its own, which may ask the person in a window. */
interface CommandStoreOptions {
  readonly name: string;
  /** Says the names of authorities that it holds, among other things. */
  readonly list: Command;
  readonly add: (authority: Authority) => Command;
  readonly remove: (name: string) => Command;
}

/** The user's own store of macOS or Windows, which browsers there read. */
export function commandStore(machine: Machine): TrustStore | undefined {
  if (machine.platform === 'darwin') return new CommandStore(keychain(machine), machine);
  if (machine.platform === 'win32') return new CommandStore(WINDOWS, machine);
  return undefined;
}

function keychain({ home }: Machine): CommandStoreOptions {
  const file = path.posix.join(home, 'Library/Keychains/login.keychain-db');
  return {
    name: 'the login keychain',
    list: ['security', 'find-certificate', '-a', '-c', AUTHORITY_NAME, file],
    add: (authority) => {
      const flags = ['-r', 'trustRoot', '-p', 'ssl', '-k', file];
      return ['security', 'add-trusted-cert', ...flags, authority.file];
    },
    remove: (name) => ['security', 'delete-certificate', '-t', '-c', name, file],
  };
}

const WINDOWS: CommandStoreOptions = {
  name: 'the user’s root store',
  list: ['certutil.exe', '-user', '-store', 'Root'],
  add: ({ file }) => ['certutil.exe', '-user', '-f', '-addstore', 'Root', file],
  remove: (name) => ['certutil.exe', '-user', '-delstore', 'Root', name],
};

class CommandStore implements TrustStore {
  readonly name: string;
  readonly kind = 'system';
  readonly #options: CommandStoreOptions;
  readonly #machine: Machine;

  constructor(options: CommandStoreOptions, machine: Machine) {
    this.name = options.name;
    this.#options = options;
    this.#machine = machine;
  }

  async holds({ name }: Authority): Promise<boolean> {
    return (await this.#names()).includes(name);
  }

  async add(authority: Authority): Promise<TrustChange> {
    const names = await this.#names();
    const dropped = await this.#drop(names.filter((name) => name !== authority.name));
    if (dropped.kind === 'failed' || names.includes(authority.name)) return dropped;
    return this.#run(this.#options.add(authority));
  }

  async remove(): Promise<TrustChange> {
    return this.#drop(await this.#names());
  }

  async #drop(names: readonly string[]): Promise<TrustChange> {
    for (const name of names) {
      const change = await this.#run(this.#options.remove(name));
      if (change.kind !== 'done') return change;
    }
    return { kind: names.length === 0 ? 'unchanged' : 'done' };
  }

  async #run(command: Command): Promise<TrustChange> {
    const ending = await runProgram(command, this.#machine.env);
    if (ending.kind === 'done') return { kind: 'done' };
    const why = ending.kind === 'missing' ? `there is no ${command[0]}` : ending.message;
    return { kind: 'failed', why: `${command.join(' ')}: ${why}` };
  }

  /** Of Poplet's authorities that it holds; a list that cannot be had has none. */
  async #names(): Promise<readonly string[]> {
    const ending = await runProgram(this.#options.list, this.#machine.env);
    if (ending.kind !== 'done') return [];
    const names = ending.output.match(new RegExp(`${AUTHORITY_NAME} [\\w@.-]+ [0-9a-f]{8}`, 'gu'));
    return [...new Set(names)];
  }
}
