// A home, a root of a file system and programs of its own for one test.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type Authority, type Machine, openAuthority } from '../../src/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export class Scene {
  readonly folder = temporaryFolder();
  readonly machine: Machine;
  readonly #programs = path.join(this.folder, 'bin');

  /** `path`: programs that are found beside the scene's own. */
  constructor(platform: NodeJS.Platform, { path: others = '/usr/bin:/bin' } = {}) {
    const home = this.#made('home');
    mkdirSync(this.#programs);
    const env = { PATH: `${this.#programs}:${others}`, HOME: home };
    this.machine = { platform, home, env, uid: 1000, root: this.#made('root') };
  }

  /** Another authority each time. */
  authority(): Promise<Authority> {
    return openAuthority({ folder: path.join(temporaryFolder(), 'a folder') });
  }

  folderInRoot(name: string): string {
    return this.#made(path.join('root', name));
  }

  folderAtHome(name: string): string {
    return this.#made(path.join('home', name));
  }

  /** A program of `sh`; it finds the scene's folder in `$scene`. */
  program(name: string, text: string): string {
    const file = path.join(this.#programs, name);
    writeFileSync(file, `#!/bin/sh\nscene='${this.folder}'\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** What a program wrote into a file of the scene; '' where it wrote none. */
  written(name: string): string {
    try {
      return readFileSync(path.join(this.folder, name), 'utf8');
    } catch {
      return '';
    }
  }

  #made(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}
