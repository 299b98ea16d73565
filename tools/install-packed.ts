import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pnpm, publishedPackages, root, run } from './repository.ts';

/** Runs a program in a folder; throws, with what it said, when it fails. */
export async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, output } = await run(command, args, { cwd });
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

/**
 * What would be published, as tarballs, installed by npm into a folder: each package finds the others
 * by their exact version. It must have been built.
 */
export async function installPacked(folder: string): Promise<void> {
  const dependencies: Record<string, string> = {};
  for (const { folder: source, manifest } of publishedPackages()) {
    const tarball = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    await must('npx', pnpm('pack', '--pack-destination', folder), path.join(root, source));
    dependencies[manifest.name] = `file:${tarball}`;
  }
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await must('npm', ['install', '--prefer-offline', '--no-package-lock'], folder);
}
