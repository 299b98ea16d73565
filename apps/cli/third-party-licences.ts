// The licences of what is bundled, as they ask: with every copy.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Plugin } from 'rolldown';

const FILE = 'third-party-licences.txt';

/** A package whose code is in the bundle. */
interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly folder: string;
}

/** Writes `third-party-licences.txt` beside the bundle. Fails where a package has no licence to show. */
export function thirdPartyLicences(): Plugin {
  return {
    name: 'third-party-licences',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((one) =>
        one.type === 'chunk' ? one.moduleIds : [],
      );
      const folders = new Set(modules.flatMap(packageFolderOf));
      const packages = [...folders].map(readPackage);
      const byName = packages.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
      const source = byName
        .map((one) => `${idOf(one)} (${one.license ?? 'see below'})\n\n${textOf(one)}\n`)
        .join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: FILE, source });
    },
  };
}

function idOf({ name, version }: Bundled): string {
  return `${name} ${version}`;
}

/** The folder of the installed package that a module belongs to; none for Poplet's own. */
function packageFolderOf(module: string): readonly string[] {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(module) ?? [];
}

function readPackage(folder: string): Bundled {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Bundled;
  return { ...manifest, folder };
}

function textOf({ name, license, folder }: Bundled): string {
  const file = readdirSync(folder).find((one) => /^licen[cs]e/iu.test(one));
  if (file !== undefined) return readFileSync(path.join(folder, file), 'utf8').trim();
  const readme = path.join(folder, 'README.md');
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
  const section = /^#+ *licen[cs]e\b.*/imsu.exec(text)?.[0];
  if (section !== undefined) return section.trim();
  if (license !== undefined) return `${license}, without a text of its own`;
  throw new Error(`${name} has no licence to show`);
}
