import { randomInt } from 'node:crypto';
import { globSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Does harm to the bodies of a disk store while it is in use. */
export class Damage {
  readonly #folder: string | undefined;
  flipped = 0;
  deleted = 0;

  /** As `--store` has it. */
  constructor(store: string) {
    this.#folder = store.startsWith('disk:') ? store.slice('disk:'.length) : undefined;
  }

  async go(seconds: number): Promise<void> {
    const endsAtMs = performance.now() + seconds * 1000;
    while (this.#folder !== undefined && performance.now() < endsAtMs) {
      await sleep(250);
      const files = globSync(path.join(this.#folder, '**/content-v2/**/*'), {
        withFileTypes: true,
      }).filter((entry) => entry.isFile());
      const victim = files[randomInt(Math.max(1, files.length))];
      if (victim !== undefined) await this.#harm(path.join(victim.parentPath, victim.name));
    }
  }

  async #harm(file: string): Promise<void> {
    try {
      if (randomInt(3) === 0) {
        await rm(file);
        this.deleted += 1;
      } else {
        await flipByte(file);
        this.flipped += 1;
      }
    } catch (error) {
      // The store itself may have removed it by now.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

async function flipByte(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const position = randomInt(Math.max(1, size));
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, position);
    buffer.writeUInt8(buffer.readUInt8() ^ 1);
    await handle.write(buffer, 0, 1, position);
  } finally {
    await handle.close();
  }
}
