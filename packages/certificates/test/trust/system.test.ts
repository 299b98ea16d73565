// The system's store: the folders of Linux distributions, the keychain of macOS, the root store of Windows.

import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { findStores, type TrustStore } from '../../src/index.ts';
import { Scene } from './scene.ts';

const UPDATE = 'echo "$0 $*" | sed "s:.*/::" >> "$scene/updates"';

async function systemStore({ machine }: Scene): Promise<TrustStore | undefined> {
  return (await findStores(machine)).find(({ kind }) => kind === 'system');
}

/** Of a distribution: its folder, and the program that has it read. */
function distribution(folder: string, program: string): { scene: Scene; anchors: string } {
  const scene = new Scene('linux', { path: '' });
  const anchors = scene.folderInRoot(folder);
  scene.program(program, UPDATE.replace('sed', '/usr/bin/sed'));
  return { scene, anchors };
}

describe('the system’s store on Linux', () => {
  it.each([
    ['usr/local/share/ca-certificates', 'update-ca-certificates', 'crt', ''],
    ['etc/pki/ca-trust/source/anchors', 'update-ca-trust', 'pem', ''],
    ['etc/ca-certificates/trust-source/anchors', 'trust', 'crt', 'extract-compat'],
    ['usr/share/pki/trust/anchors', 'update-ca-certificates', 'pem', ''],
  ])('is %s', async (folder, program, extension, args) => {
    const { scene, anchors } = distribution(folder, program);
    const other = path.join(anchors, 'other.crt');
    const anothers = path.join(anchors, `poplet-1001-${'0'.repeat(16)}.${extension}`);
    writeFileSync(other, '');
    writeFileSync(anothers, '');
    const store = await systemStore(scene);
    expect(store?.name).toBe(`the system (${anchors})`);
    const [first, second] = [await scene.authority(), await scene.authority()];
    expect(await store?.holds(first)).toBe(false);
    expect(await store?.add(first)).toEqual({ kind: 'done' });
    expect(await store?.holds(first)).toBe(true);
    expect(await store?.add(first)).toEqual({ kind: 'unchanged' });
    expect(await store?.add(second)).toEqual({ kind: 'done' });
    expect(await store?.holds(first)).toBe(false);
    const file = `poplet-1000-${second.fingerprint.slice(0, 16)}.${extension}`;
    expect(readdirSync(anchors).toSorted()).toEqual(
      [file, path.basename(anothers), 'other.crt'].toSorted(),
    );
    expect(readFileSync(path.join(anchors, file), 'utf8')).toBe(second.certificate);
    expect(await store?.remove()).toEqual({ kind: 'done' });
    expect(await store?.remove()).toEqual({ kind: 'unchanged' });
    expect(readdirSync(anchors).toSorted()).toEqual(
      [path.basename(anothers), 'other.crt'].toSorted(),
    );
    const update = `${program} ${args}`;
    expect(scene.written('updates').split('\n')).toEqual([update, update, update, '']);
  });

  it('is none where no distribution is known', async () => {
    const scene = new Scene('linux', { path: '' });
    scene.program('update-ca-certificates', '');
    expect(await systemStore(scene)).toBeUndefined();
  });

  it('says when it could not be read anew', async () => {
    const { scene } = distribution('usr/local/share/ca-certificates', 'update-ca-certificates');
    const program = scene.program('update-ca-certificates', 'echo broken >&2; exit 3');
    const store = await systemStore(scene);
    expect(await store?.add(await scene.authority())).toEqual({
      kind: 'failed',
      why: `${program}: broken`,
    });
  });

  it('has the commands told to a person who may not change it', async () => {
    const { scene, anchors } = distribution(
      'usr/local/share/ca-certificates',
      'update-ca-certificates',
    );
    chmodSync(scene.folder, 0o755);
    const old = path.join(anchors, `poplet-1000-${'0'.repeat(16)}.crt`);
    writeFileSync(old, '');
    const program = path.join(scene.folder, 'bin/update-ca-certificates');
    // To root nothing is forbidden: this is about anybody else.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    chmodSync(anchors, 0o555);
    const input = JSON.stringify({ machine: scene.machine, file: '/home/a b/ca.pem' });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=source', path.join(import.meta.dirname, 'forbidden-store-process.ts'), input],
      { ...nobody, env: {} },
    );
    chmodSync(anchors, 0o755);
    const why = 'only the administrator may change it';
    const file = path.join(anchors, `poplet-1000-${'f'.repeat(16)}.crt`);
    expect(JSON.parse(stdout)).toEqual({
      added: {
        kind: 'by-hand',
        why,
        commands: [
          `sudo rm ${old}`,
          `sudo install -m 644 '/home/a b/ca.pem' ${file}`,
          `sudo ${program}`,
        ],
      },
      removed: { kind: 'by-hand', why, commands: [`sudo rm ${old}`, `sudo ${program}`] },
    });
    expect(readdirSync(anchors)).toEqual([path.basename(old)]);
  });
});

describe('the login keychain of macOS', () => {
  it('is changed by security', async () => {
    const scene = new Scene('darwin');
    scene.program(
      'security',
      `echo "$*" >> "$scene/asked"
case "$1" in
  find-certificate) cat "$scene/held" 2>/dev/null ;;
  add-trusted-cert) echo "    \\"labl\\"<blob>=\\"$(openssl x509 -in "$8" -noout -subject -nameopt multiline | sed -n 's/.*commonName *= //p')\\"" >> "$scene/held" ;;
  delete-certificate) rm "$scene/held" ;;
esac`,
    );
    const store = await systemStore(scene);
    const [first, second] = [await scene.authority(), await scene.authority()];
    expect(await store?.add(first)).toEqual({ kind: 'done' });
    expect(await store?.holds(first)).toBe(true);
    expect(await store?.add(first)).toEqual({ kind: 'unchanged' });
    expect(await store?.add(second)).toEqual({ kind: 'done' });
    expect(await store?.holds(second)).toBe(true);
    expect(await store?.remove()).toEqual({ kind: 'done' });
    expect(await store?.remove()).toEqual({ kind: 'unchanged' });
    const keychain = `${scene.machine.home}/Library/Keychains/login.keychain-db`;
    const changes = scene
      .written('asked')
      .split('\n')
      .filter((line) => !line.startsWith('find-certificate'));
    expect(changes).toEqual([
      `add-trusted-cert -r trustRoot -p ssl -k ${keychain} ${first.file}`,
      `delete-certificate -t -c ${first.name} ${keychain}`,
      `add-trusted-cert -r trustRoot -p ssl -k ${keychain} ${second.file}`,
      `delete-certificate -t -c ${second.name} ${keychain}`,
      '',
    ]);
  });

  it('says why it was not changed', async () => {
    const scene = new Scene('darwin', { path: '' });
    const store = await systemStore(scene);
    const change = await store?.add(await scene.authority());
    expect(change).toMatchObject({ kind: 'failed' });
    expect((change as { why: string }).why).toMatch(
      /^security add-trusted-cert .*: there is no security$/u,
    );
  });
});

describe('the root store of Windows', () => {
  it('is changed by certutil.exe', async () => {
    const scene = new Scene('win32');
    const authority = await scene.authority();
    scene.program(
      'certutil.exe',
      `echo "$*" >> "$scene/asked"
case "$2" in
  -store) cat "$scene/held" 2>/dev/null ;;
  -f) echo "Issuer: CN=${authority.name}, O=Poplet" > "$scene/held" ;;
  -delstore) rm "$scene/held" ;;
esac`,
    );
    const store = await systemStore(scene);
    expect(await store?.add(authority)).toEqual({ kind: 'done' });
    expect(await store?.holds(authority)).toBe(true);
    expect(await store?.remove()).toEqual({ kind: 'done' });
    expect(scene.written('asked').split('\n')).toEqual([
      '-user -store Root',
      `-user -f -addstore Root ${authority.file}`,
      '-user -store Root',
      '-user -store Root',
      `-user -delstore Root ${authority.name}`,
      '',
    ]);
  });
});
