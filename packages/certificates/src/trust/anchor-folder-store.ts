import { constants, copyFile, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { quoted } from '../authority-folder.ts';
import type { Authority } from '../authority.ts';
import { findProgram } from './find-program.ts';
import { may } from './may.ts';
import { runProgram } from './run-program.ts';
import type { Machine, TrustChange, TrustStore } from './trust-store.ts';

/** A folder of authorities, and what has the system read it anew. */
interface Anchors {
  readonly folder: string;
  readonly extension: string;
  readonly update: readonly [program: string, ...args: string[]];
}

/** By distribution: Debian and its kin, Fedora and its kin, Arch, SUSE. */
const ANCHORS: readonly Anchors[] = [
  {
    folder: 'usr/local/share/ca-certificates',
    extension: 'crt',
    update: ['update-ca-certificates'],
  },
  { folder: 'etc/pki/ca-trust/source/anchors', extension: 'pem', update: ['update-ca-trust'] },
  {
    folder: 'etc/ca-certificates/trust-source/anchors',
    extension: 'crt',
    update: ['trust', 'extract-compat'],
  },
  { folder: 'usr/share/pki/trust/anchors', extension: 'pem', update: ['update-ca-certificates'] },
];

/** The system's store on Linux, where one is known: what curl, git and most programs read. */
export async function anchorFolderStore(machine: Machine): Promise<TrustStore | undefined> {
  for (const anchors of ANCHORS) {
    const [program, ...args] = anchors.update;
    const folder = path.join(machine.root, anchors.folder);
    const found = await findProgram(program, machine.env);
    if (found !== undefined && (await may(folder, constants.R_OK)))
      return new AnchorFolderStore({ ...anchors, folder, update: [found, ...args] }, machine);
  }
  return undefined;
}

class AnchorFolderStore implements TrustStore {
  readonly name: string;
  readonly kind = 'system';
  readonly #anchors: Anchors;
  readonly #machine: Machine;

  constructor(anchors: Anchors, machine: Machine) {
    this.name = `the system (${anchors.folder})`;
    this.#anchors = anchors;
    this.#machine = machine;
  }

  async holds(authority: Authority): Promise<boolean> {
    const present = await readFile(this.#fileOf(authority), 'utf8').catch(() => '');
    return present === authority.certificate;
  }

  async add(authority: Authority): Promise<TrustChange> {
    const file = this.#fileOf(authority);
    const stale = (await this.#ours()).filter((one) => one !== file);
    const isHeld = await this.holds(authority);
    if (isHeld && stale.length === 0) return { kind: 'unchanged' };
    if (!(await this.#isWritable())) {
      return this.#byHand([
        ...removals(stale),
        ...(isHeld ? [] : [`sudo install -m 644 ${quoted(authority.file)} ${quoted(file)}`]),
      ]);
    }
    for (const one of stale) await rm(one);
    if (!isHeld) await copyFile(authority.file, file);
    return this.#update();
  }

  async remove(): Promise<TrustChange> {
    const ours = await this.#ours();
    if (ours.length === 0) return { kind: 'unchanged' };
    if (!(await this.#isWritable())) return this.#byHand(removals(ours));
    for (const file of ours) await rm(file);
    return this.#update();
  }

  async #update(): Promise<TrustChange> {
    const ending = await runProgram(this.#anchors.update, this.#machine.env);
    if (ending.kind === 'done') return { kind: 'done' };
    const what = this.#anchors.update.join(' ');
    return {
      kind: 'failed',
      why: ending.kind === 'missing' ? `${what} is gone` : `${what}: ${ending.message}`,
    };
  }

  #byHand(commands: readonly string[]): TrustChange {
    return {
      kind: 'by-hand',
      why: 'only the administrator may change it',
      commands: [...commands, `sudo ${this.#anchors.update.map(quoted).join(' ')}`],
    };
  }

  #isWritable(): Promise<boolean> {
    return may(this.#anchors.folder, constants.W_OK);
  }

  /** One user's authorities are told from another's by the number. */
  #fileOf({ fingerprint }: Authority): string {
    const { folder, extension } = this.#anchors;
    return path.join(
      folder,
      `poplet-${this.#machine.uid}-${fingerprint.slice(0, 16)}.${extension}`,
    );
  }

  async #ours(): Promise<readonly string[]> {
    const { folder, extension } = this.#anchors;
    const names = await readdir(folder);
    const ours = new RegExp(
      String.raw`^poplet-${this.#machine.uid}-[0-9a-f]{16}\.${extension}$`,
      'u',
    );
    return names.filter((name) => ours.test(name)).map((name) => path.join(folder, name));
  }
}

function removals(files: readonly string[]): readonly string[] {
  return files.length === 0 ? [] : [`sudo rm ${files.map(quoted).join(' ')}`];
}
