import { glob, mkdir } from 'node:fs/promises';
import path from 'node:path';

import { AUTHORITY_NAME, type Authority } from '../authority.ts';
import { findProgram } from './find-program.ts';
import { may } from './may.ts';
import { type Ending, runProgram } from './run-program.ts';
import type { Machine, TrustChange, TrustStore } from './trust-store.ts';

/** Databases of Chromium and of what is built upon it. The first is made where it is missing. */
const CHROMIUM = [
  '.pki/nssdb',
  '.local/share/pki/nssdb',
  'snap/*/current/.pki/nssdb',
  '.var/app/*/.pki/nssdb',
  '.var/app/*/data/pki/nssdb',
];

/** Profiles of Firefox and its kin: from its own packages, as a snap, as a flatpak. */
const FIREFOX = [
  '.mozilla/firefox/*',
  '.config/mozilla/firefox/*',
  'snap/firefox/common/.mozilla/firefox/*',
  '.var/app/org.mozilla.firefox/.mozilla/firefox/*',
  '.var/app/org.mozilla.firefox/config/mozilla/firefox/*',
  '.librewolf/*',
];

const DATABASE = 'cert9.db';

/** The databases of browsers that bring a store of their own (NSS). On Linux alone: elsewhere they read the system's. */
export async function nssStores(machine: Machine): Promise<readonly TrustStore[]> {
  if (machine.platform !== 'linux') return [];
  const chromium = await foldersOf(CHROMIUM, machine);
  const firefox = await foldersOf(FIREFOX, machine);
  const own = path.join(machine.home, CHROMIUM[0] as string);
  return [
    ...[...new Set([own, ...chromium])].map((folder) => new NssStore('Chromium', folder, machine)),
    ...firefox.map((folder) => new NssStore('Firefox', folder, machine)),
  ];
}

async function foldersOf(patterns: readonly string[], { home }: Machine): Promise<string[]> {
  const found: string[] = [];
  for await (const file of glob(
    patterns.map((pattern) => path.posix.join(pattern, DATABASE)),
    { cwd: home },
  ))
    found.push(path.join(home, path.dirname(file)));
  return found.toSorted();
}

class NssStore implements TrustStore {
  readonly name: string;
  readonly kind = 'browsers';
  readonly #folder: string;
  readonly #machine: Machine;

  constructor(browser: string, folder: string, machine: Machine) {
    this.name = `${browser} (${folder.replace(machine.home, '~')})`;
    this.#folder = folder;
    this.#machine = machine;
  }

  async holds({ name }: Authority): Promise<boolean> {
    const listed = await this.#list();
    return listed.kind === 'listed' && listed.nicknames.includes(name);
  }

  async add({ name, file }: Authority): Promise<TrustChange> {
    const listed = (await this.#exists()) ? await this.#list() : await this.#create();
    if (listed.kind !== 'listed') return this.#cannot(listed);
    const { nicknames } = listed;
    const dropped = await this.#drop(nicknames.filter((nickname) => nickname !== name));
    if (dropped.kind === 'failed' || nicknames.includes(name)) return dropped;
    const added = await this.#certutil('-A', '-t', 'C,,', '-n', name, '-i', file);
    return added.kind === 'done' ? { kind: 'done' } : this.#cannot(added);
  }

  async remove(): Promise<TrustChange> {
    const listed = await this.#list();
    return listed.kind === 'listed' ? this.#drop(listed.nicknames) : this.#cannot(listed);
  }

  async #drop(nicknames: readonly string[]): Promise<TrustChange> {
    for (const nickname of nicknames) {
      const deleted = await this.#certutil('-D', '-n', nickname);
      if (deleted.kind !== 'done') return this.#cannot(deleted);
    }
    return { kind: nicknames.length === 0 ? 'unchanged' : 'done' };
  }

  async #create(): Promise<Listed | NotDone> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const created = await this.#certutil('-N', '--empty-password');
    return created.kind === 'done' ? { kind: 'listed', nicknames: [] } : created;
  }

  #exists(): Promise<boolean> {
    return may(path.join(this.#folder, DATABASE));
  }

  /** Of the trusted authorities that are Poplet's. */
  async #list(): Promise<Listed | NotDone> {
    if (!(await this.#exists())) return { kind: 'listed', nicknames: [] };
    const ending = await this.#certutil('-L');
    if (ending.kind !== 'done') return ending;
    const nicknames = ending.output
      .matchAll(/^(?<nickname>\S.*?) +\w*,\w*,\w*\s*$/gmu)
      .map((match) => match.groups?.['nickname'] ?? '')
      .filter((nickname) => nickname.startsWith(AUTHORITY_NAME))
      .toArray();
    return { kind: 'listed', nicknames };
  }

  #certutil(...[action = '', ...args]: readonly string[]): Promise<Ending> {
    return runProgram(
      ['certutil', action, '-d', `sql:${this.#folder}`, ...args],
      this.#machine.env,
    );
  }

  async #cannot(ending: NotDone): Promise<TrustChange> {
    if (ending.kind === 'failed') return { kind: 'failed', why: ending.message };
    return {
      kind: 'by-hand',
      why: 'certutil, which changes what it trusts, is not installed',
      commands: [await installCommand(this.#machine)],
    };
  }
}

interface Listed {
  readonly kind: 'listed';
  readonly nicknames: readonly string[];
}

type NotDone = Exclude<Ending, { readonly kind: 'done' }>;

/** The package that has certutil, by package manager. */
const PACKAGES = [
  ['apt-get', 'sudo apt-get install libnss3-tools'],
  ['dnf', 'sudo dnf install nss-tools'],
  ['pacman', 'sudo pacman -S nss'],
  ['zypper', 'sudo zypper install mozilla-nss-tools'],
  ['apk', 'sudo apk add nss-tools'],
] as const;

async function installCommand({ env }: Machine): Promise<string> {
  for (const [manager, command] of PACKAGES)
    if ((await findProgram(manager, env)) !== undefined) return command;
  return 'install the package of NSS’s tools (libnss3-tools, nss-tools)';
}
