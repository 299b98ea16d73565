// The local authority: made once, closed to others, of use for local names alone.

import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { authorityFolder, findAuthority, openAuthority } from '../src/index.ts';
import { shakeHands } from './handshake.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY_MS = 86_400_000;

/** Instants a day around now. */
function aDay(): { readonly fromMs: number; readonly untilMs: number } {
  return { fromMs: Date.now() - DAY_MS, untilMs: Date.now() + DAY_MS };
}

describe('the folder', () => {
  const env = { XDG_DATA_HOME: '/data', LOCALAPPDATA: '/local' };
  it.each([
    ['linux', {}, '/home/a/.local/share/poplet/ca'],
    ['linux', env, '/data/poplet/ca'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/a/.local/share/poplet/ca'],
    ['darwin', env, '/home/a/Library/Application Support/poplet/ca'],
    ['win32', env, '/local/poplet/ca'],
  ] as const)('on %s with %o is %s', (platform, variables, folder) => {
    expect(authorityFolder({ platform, home: '/home/a', env: variables })).toBe(folder);
  });
});

describe('an authority', () => {
  it('is made once, with a key that only its owner reads', async () => {
    const folder = path.join(temporaryFolder(), 'data/ca');
    expect(await findAuthority(folder)).toBeUndefined();
    const made = await openAuthority({ folder });
    expect(made).toMatchObject({ history: 'made', hosts: [], file: path.join(folder, 'ca.pem') });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, 'ca-key.pem')).mode & 0o777).toBe(0o600);
    const again = await openAuthority({ folder });
    expect(again).toMatchObject({ history: 'kept', fingerprint: made.fingerprint });
    expect(readFileSync(made.file, 'utf8')).toBe(made.certificate);
    expect(made.certificate).not.toContain('PRIVATE');
  });

  it('says itself that it is for servers by local names alone', async () => {
    const { certificate, fingerprint, name } = await openAuthority({ folder: temporaryFolder() });
    const parsed = new X509Certificate(certificate);
    expect(parsed.ca).toBe(true);
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(parsed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint);
    expect(parsed.subject).toBe(`O=Poplet\nCN=${name}`);
    expect(name).toMatch(/^Poplet local CA \S+ [0-9a-f]{8}$/u);
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `printf '%s' "$1" | openssl x509 -noout -ext nameConstraints,basicConstraints`,
      'sh',
      certificate,
    ]);
    expect(stdout.replaceAll(/\s+/gu, ' ')).toBe(
      'X509v3 Basic Constraints: critical CA:TRUE, pathlen:0 ' +
        'X509v3 Name Constraints: critical Permitted: DNS:localhost DNS:test ' +
        'IP:127.0.0.0/255.0.0.0 ' +
        'IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF ',
    );
  });

  it.each(['localhost', 'shop.localhost', 'a.b.test', '127.0.0.1', '127.9.8.7', '::1'])(
    'is believed for %s',
    async (host) => {
      const authority = await openAuthority({ folder: temporaryFolder() });
      expect(authority.permits(host)).toBe(true);
      const leaf = await authority.certify([host], aDay());
      const seen = await shakeHands(leaf, { ca: authority.certificate, host });
      expect(seen.subject.O).toBe('Poplet');
    },
  );

  it.each(['example.com', 'localhost.example.com', 'mytest', '10.0.0.1', '::2'])(
    'is not believed for %s, had it certified that',
    async (host) => {
      const authority = await openAuthority({ folder: temporaryFolder() });
      expect(authority.permits(host)).toBe(false);
      const leaf = await authority.certify([host], aDay());
      await expect(shakeHands(leaf, { ca: authority.certificate, host })).rejects.toThrow(
        /permitted subtree violation/,
      );
    },
  );

  it('gives way to another where a host is beyond it, which covers what it did', async () => {
    const folder = temporaryFolder();
    const first = await openAuthority({ folder, hosts: ['Shop.Example', 'a.localhost'] });
    expect(first.hosts).toEqual(['shop.example']);
    const same = await openAuthority({
      folder,
      hosts: ['www.shop.example', 'b.test', '127.0.0.2'],
    });
    expect(same.history).toBe('kept');
    const second = await openAuthority({ folder, hosts: ['10.0.0.7', 'fd00::7'] });
    expect(second.history).toBe('replaced');
    expect(second.hosts).toEqual(['10.0.0.7', 'fd00::7', 'shop.example']);
    expect(second.name).not.toBe(first.name);
    for (const host of ['10.0.0.7', 'fd00::7', 'www.shop.example']) {
      const leaf = await second.certify([host], aDay());
      await shakeHands(leaf, { ca: second.certificate, host });
    }
    expect(await openAuthority({ folder })).toMatchObject({ history: 'kept', hosts: second.hosts });
  });

  it('gives way to another when it has less than a month left', async () => {
    const folder = temporaryFolder();
    const first = await openAuthority({ folder });
    const later = (days: number) => () => first.expiresAtMs - days * DAY_MS;
    expect((await openAuthority({ folder, nowMs: later(31) })).history).toBe('kept');
    expect((await openAuthority({ folder, nowMs: later(29) })).history).toBe('replaced');
  });

  it('is one where many processes begin at once, and covers the hosts of all', async () => {
    const folder = path.join(temporaryFolder(), 'ca');
    const open = async (host: string): Promise<string> => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--conditions=source',
        path.join(import.meta.dirname, 'open-authority-process.ts'),
        folder,
        ...(host === '' ? [] : [host]),
      ]);
      return stdout;
    };
    const first = await Promise.all(Array.from({ length: 4 }, () => open('')));
    expect(new Set(first).size).toBe(1);
    await Promise.all(['a.example', 'b.example', 'c.example'].map(open));
    const { hosts, history } = await openAuthority({ folder });
    expect({ hosts, history }).toEqual({
      hosts: ['a.example', 'b.example', 'c.example'],
      history: 'kept',
    });
  });

  it('is made though a process died while it held the lock', async () => {
    const folder = temporaryFolder();
    const lock = path.join(folder, 'ca.lock');
    writeFileSync(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    expect((await openAuthority({ folder })).history).toBe('made');
  });

  it('mends the certificate beside its key', async () => {
    const folder = temporaryFolder();
    const { file, certificate } = await openAuthority({ folder });
    writeFileSync(file, 'something else');
    await openAuthority({ folder });
    expect(readFileSync(file, 'utf8')).toBe(certificate);
  });

  it('is refused where others can read its key', async () => {
    const folder = temporaryFolder();
    await openAuthority({ folder });
    chmodSync(path.join(folder, 'ca-key.pem'), 0o644);
    await expect(openAuthority({ folder })).rejects.toMatchObject({
      code: 'authority-unusable',
      message: `others may read the key of the local CA: ${folder}/ca-key.pem`,
    });
  });

  it.each([
    '',
    'nothing of the kind',
    '-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n',
  ])('that is damaged is refused, with the way out: %j', async (text) => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'ca-key.pem'), text, { mode: 0o600 });
    await expect(openAuthority({ folder })).rejects.toMatchObject({
      code: 'authority-unusable',
      message: `the local CA in ${folder} is damaged`,
      hint: expect.stringContaining(`rm -r ${folder}`) as string,
    });
  });

  it('cannot be kept where no folder can be', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(openAuthority({ folder: path.join(file, 'ca') })).rejects.toMatchObject({
      code: 'authority-unusable',
    });
  });

  it.each(['a b', 'https://a.test', 'a.test:80', 'a.*.test', '*', ''])(
    'is not made for what is no host: %j',
    async (host) => {
      await expect(
        openAuthority({ folder: temporaryFolder(), hosts: [host] }),
      ).rejects.toMatchObject({
        code: 'invalid-option',
      });
    },
  );
});
