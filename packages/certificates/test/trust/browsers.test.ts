// The stores of Chromium and Firefox on Linux, by the real certutil.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { findStores } from '../../src/index.ts';
import { Scene } from './scene.ts';

const PROFILES = [
  '.mozilla/firefox/abc.default',
  'snap/firefox/common/.mozilla/firefox/def.default',
  '.var/app/org.mozilla.firefox/.mozilla/firefox/ghi.default',
];

function createDatabase(folder: string): void {
  execFileSync('certutil', ['-N', '--empty-password', '-d', `sql:${folder}`]);
}

/** Names and trust of what a database holds. */
function listed(folder: string): string[] {
  const output = execFileSync('certutil', ['-L', '-d', `sql:${folder}`], { encoding: 'utf8' });
  return output.split('\n').filter((line) => /,.*,/u.test(line) && !line.includes('SSL'));
}

describe('the stores of browsers', () => {
  it('are those of Chromium, made where it is missing, and of every profile of Firefox', async () => {
    const scene = new Scene('linux');
    for (const profile of PROFILES) createDatabase(scene.folderAtHome(profile));
    createDatabase(scene.folderAtHome('snap/chromium/current/.pki/nssdb'));
    scene.folderAtHome('.mozilla/firefox/Crash Reports');
    const stores = await findStores(scene.machine);
    expect(stores.map(({ name }) => name)).toEqual([
      'Chromium (~/.pki/nssdb)',
      'Chromium (~/snap/chromium/current/.pki/nssdb)',
      'Firefox (~/.mozilla/firefox/abc.default)',
      'Firefox (~/.var/app/org.mozilla.firefox/.mozilla/firefox/ghi.default)',
      'Firefox (~/snap/firefox/common/.mozilla/firefox/def.default)',
    ]);
    const authority = await scene.authority();
    for (const store of stores) {
      expect(await store.holds(authority)).toBe(false);
      expect(await store.add(authority)).toEqual({ kind: 'done' });
      expect(await store.holds(authority)).toBe(true);
      expect(await store.add(authority)).toEqual({ kind: 'unchanged' });
      expect(store.kind).toBe('browsers');
    }
    for (const folder of ['.pki/nssdb', ...PROFILES]) {
      const [line = '', ...others] = listed(path.join(scene.machine.home, folder));
      expect(others).toEqual([]);
      expect(line).toMatch(new RegExp(`^${authority.name} +C,,`, 'u'));
    }
  });

  it('let go of an earlier authority for a new one, and of nobody else’s', async () => {
    const scene = new Scene('linux');
    const [store] = await findStores(scene.machine);
    const [first, second] = [await scene.authority(), await scene.authority()];
    await store?.add(first);
    const folder = path.join(scene.machine.home, '.pki/nssdb');
    const other = ['-A', '-t', 'C,,', '-n', 'Another CA', '-i', (await scene.authority()).file];
    execFileSync('certutil', [...other, '-d', `sql:${folder}`]);
    expect(await store?.add(second)).toEqual({ kind: 'done' });
    expect(await store?.holds(first)).toBe(false);
    expect(await store?.holds(second)).toBe(true);
    expect(await store?.remove()).toEqual({ kind: 'done' });
    expect(await store?.remove()).toEqual({ kind: 'unchanged' });
    expect(listed(folder).map((line) => line.split('  ')[0])).toEqual(['Another CA']);
  });

  it('that are not there have nothing to remove, and are not made for that', async () => {
    const scene = new Scene('linux');
    const [store] = await findStores(scene.machine);
    expect(await store?.remove()).toEqual({ kind: 'unchanged' });
    expect(existsSync(path.join(scene.machine.home, '.pki'))).toBe(false);
  });

  it('that are broken say so', async () => {
    const scene = new Scene('linux');
    scene.program(
      'certutil',
      'echo "certutil: function failed: SEC_ERROR_BAD_DATABASE" >&2; exit 255',
    );
    const [store] = await findStores(scene.machine);
    expect(await store?.add(await scene.authority())).toEqual({
      kind: 'failed',
      why: 'certutil: function failed: SEC_ERROR_BAD_DATABASE',
    });
  });

  it.each([
    ['apt-get', 'sudo apt-get install libnss3-tools'],
    ['dnf', 'sudo dnf install nss-tools'],
    ['pacman', 'sudo pacman -S nss'],
    ['zypper', 'sudo zypper install mozilla-nss-tools'],
    ['apk', 'sudo apk add nss-tools'],
    ['', 'install the package of NSS’s tools (libnss3-tools, nss-tools)'],
  ])('need certutil, which is in a package of %s', async (manager, command) => {
    const scene = new Scene('linux', { path: '' });
    if (manager !== '') scene.program(manager, '');
    const [store] = await findStores(scene.machine);
    expect(await store?.add(await scene.authority())).toEqual({
      kind: 'by-hand',
      why: 'certutil, which changes what it trusts, is not installed',
      commands: [command],
    });
  });

  it('are the system’s own elsewhere', async () => {
    for (const platform of ['darwin', 'win32'] as const) {
      const scene = new Scene(platform);
      createDatabase(scene.folderAtHome('.mozilla/firefox/abc.default'));
      expect((await findStores(scene.machine)).map(({ kind }) => kind)).toEqual(['system']);
    }
  });
});
