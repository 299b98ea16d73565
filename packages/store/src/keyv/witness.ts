import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where witnesses stand unless told otherwise. */
export function witnessFolder(): string {
  const state = process.env['XDG_STATE_HOME'];
  const folder = state === undefined || state === '' ? path.join(homedir(), '.local/state') : state;
  return path.join(folder, 'poplet', 'stores');
}

/**
 * A small file on this machine that says: what this session left in the database is all that there was
 * to say, however the session ended. It is removed as long as something is owed to the database, such as
 * a purge while that is away. So whoever finds it may believe the database, and whoever does not, for
 * whatever reason, begins anew.
 */
export class Witness {
  readonly #file: string;

  constructor(folder: string, url: string) {
    this.#file = path.join(folder, hash('sha256', url).slice(0, 32));
  }

  speaksFor(session: string): boolean {
    try {
      return readFileSync(this.#file, 'utf8').split('\n').includes(session);
    } catch {
      return false;
    }
  }

  /** Best effort: without it a restart begins anew. */
  speakFor(sessions: readonly string[]): void {
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, `${sessions.join('\n')}\n`);
    } catch {
      this.#remove();
    }
  }

  /** Nobody speaks for this session any more; for another, who does may go on. False where that cannot be had. */
  withdraw(session: string): boolean {
    return !this.speaksFor(session) || this.#remove();
  }

  #remove(): boolean {
    try {
      rmSync(this.#file, { force: true });
      return true;
    } catch {
      return false;
    }
  }
}
