// `--https`, `--cert --key` and `poplet ca`, with the clients that people have: curl and openssl.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { poplet, popletToEnd, type Ready, type Run, served } from './poplet.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'poplet-https-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with one file. */
function site(name: string, text: string): string {
  const made = path.join(folder, name);
  mkdirSync(made, { recursive: true });
  writeFileSync(path.join(made, 'a.txt'), text);
  return made;
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program without input to its end. */
function program(file: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(file, args, (error, output, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), output, errors });
    });
    child.stdin?.end();
  });
}

/** A home in which nothing was done yet. */
let home: string;
beforeEach(() => useHome(mkdtempSync(path.join(folder, 'home-'))));
afterEach(() => void vi.unstubAllEnvs());

function useHome(made: string): void {
  home = made;
  vi.stubEnv('HOME', made);
  vi.stubEnv('XDG_DATA_HOME', '');
}

describe('poplet ca', () => {
  it('is made, trusted, and no longer trusted, as often as one asks', async () => {
    const file = path.join(home, '.local/share/poplet/ca/ca.pem');
    expect((await popletToEnd('ca')).stdout).toMatch(/^there is no local CA yet\nhint poplet ca/u);
    expect((await popletToEnd('ca', '--json')).stdout).toContain('"ca":null');
    const first = await popletToEnd('ca', 'install', '--only', 'browsers');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^Poplet local CA \S+ \w{8} \(made now\)\n.*ca\.pem\n✓ Chromium \(~\/\.pki\/nssdb\): trusted\nbrowsers that run already have to be started again\n$/u,
    );
    const second = await popletToEnd('ca', 'install', '--only', 'browsers');
    expect(second.stdout).toMatch(/\w{8}\n.*\n✓ Chromium .*: trusted \(nothing to change\)\n$/u);
    expect((await popletToEnd('ca', 'path')).stdout).toBe(`${file}\n`);
    const { stdout } = await popletToEnd('ca');
    expect(stdout).toContain('for localhost, *.localhost, *.test, loopback addresses, and nothing');
    expect(stdout).toContain('✓ Chromium (~/.pki/nssdb): trusted\n');
    const removed = await popletToEnd('ca', 'uninstall', '--only', 'browsers', '--json');
    expect(JSON.parse(removed.stdout)).toMatchObject({
      ca: file,
      stores: [{ store: 'Chromium (~/.pki/nssdb)', kind: 'done' }],
    });
    const again = await popletToEnd('ca', 'uninstall', '--only', 'browsers');
    expect(again.stdout).toBe('✓ Chromium (~/.pki/nssdb): no longer trusted (nothing to change)\n');
  });

  it('is made anew for a host beyond it', async () => {
    await popletToEnd('ca', 'path');
    const install = ['ca', 'install', '--only', 'browsers', '--host', 'shop.example', '--json'];
    const { stdout } = await popletToEnd(...install);
    expect(JSON.parse(stdout)).toMatchObject({ hosts: ['shop.example'] });
    expect((await popletToEnd('ca', 'install', '--only', 'nobody')).code).toBe(2);
  });

  it('path makes it where there is none, and says so aside', async () => {
    const { stdout, stderr } = await popletToEnd('ca', 'path');
    expect(existsSync(stdout.trimEnd())).toBe(true);
    expect(stderr).toMatch(/^warning there was no local CA/u);
  });
});

describe('--https', () => {
  let run: Run;
  let ready: Ready;
  let ca: string;
  let sharedHome: string;

  beforeAll(async () => {
    sharedHome = mkdtempSync(path.join(folder, 'home-'));
    useHome(sharedHome);
    const config = path.join(folder, 'poplet.config.json');
    const sites = [
      {
        id: 'shop',
        hosts: ['shop.localhost', 'localhost', '127.0.0.1'],
        source: site('shop', 'S'),
      },
      { id: 'img', hosts: ['img.test'], source: site('img', 'I') },
    ];
    writeFileSync(config, JSON.stringify({ https: true, sites }));
    run = poplet('--config', config, '--port', '0', '--admin-port', '0', '--json');
    await run.until(/\n/);
    ready = JSON.parse(run.stdout().split('\n')[0] as string) as Ready;
    ca = (await popletToEnd('ca', 'path')).stdout.trimEnd();
  });
  beforeEach(() => useHome(sharedHome));
  afterAll(async () => {
    run.child.kill('SIGTERM');
    await run.ended;
  });

  const portOf = (): string => new URL(ready.edge).port;

  /** A handshake by openssl, which then ends. */
  function handshake(host: string, ...options: readonly string[]): Promise<Ended> {
    const trust = ['-servername', host, '-verify_hostname', host, '-verify_return_error'];
    const at = ['-connect', `127.0.0.1:${portOf()}`, '-CAfile', ca];
    return program('openssl', 's_client', ...at, ...trust, ...options);
  }

  /** Asks for a path at a host of this machine. */
  function curl(host: string, ...options: readonly string[]): Promise<Ended> {
    const at = `${host}:${portOf()}`;
    const resolve = ['--resolve', `${at}:127.0.0.1`];
    return program('curl', '-sS', '--cacert', ca, ...resolve, `https://${at}/a.txt`, ...options);
  }

  it('says where, and that nothing trusts it yet', () => {
    expect(ready.edge).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
    expect(ready.admin).toMatch(/^https:/u);
    expect(ready).toMatchObject({ ca: { file: ca, trusted: false } });
    expect(run.stderr()).toContain(
      `warning nothing trusts the certificates yet
  browsers, system: poplet ca install
  curl:             curl --cacert ${ca} …
  Node:             NODE_EXTRA_CA_CERTS=${ca} node …
`,
    );
  });

  it('serves each host with a certificate of its own and from an origin of its own', async () => {
    expect((await curl('shop.localhost')).output).toBe('S');
    expect((await curl('img.test')).output).toBe('I');
    expect((await curl('127.0.0.1')).output).toBe('S');
    for (const host of ['shop.localhost', 'img.test']) {
      const { output, code } = await handshake(host);
      expect(code).toBe(0);
      expect(output).toContain('Verify return code: 0 (ok)');
      expect(output).toContain(`subject=O = Poplet, CN = ${host}\n`);
    }
  });

  it('keys by scheme and host', async () => {
    const { output } = await curl('img.test', '-o', '/dev/null', '-D', '-');
    expect(output).toContain(`;key="img https://img.test:${portOf()}/a.txt"`);
  });

  it('is trusted by nobody who was not told', async () => {
    const { code, errors } = await program('curl', '-sS', `https://localhost:${portOf()}/`);
    expect(code).toBe(60);
    expect(errors).toContain('unable to get local issuer certificate');
    await run.until(/the client does not trust the certificate/u);
  });

  it('refuses a name that nobody certifies, and serves on', async () => {
    const { code, errors } = await curl('shop.example');
    expect(code).toBe(35);
    expect(errors).toContain('unrecognized name');
    await run.until(/asked for shop\.example, and there is no certificate for that name/u);
    expect((await curl('shop.localhost')).output).toBe('S');
  });

  it('answers a name that it certifies and no site has with 421', async () => {
    expect((await curl('other.localhost', '-o', '/dev/null', '-w', '%{http_code}')).output).toBe(
      '421',
    );
  });

  it.each(['-tls1', '-tls1_1'])('refuses %s, and serves on', async (version) => {
    const legacy = ['-cipher', 'DEFAULT@SECLEVEL=0'];
    const { code, errors } = await handshake('localhost', version, ...legacy);
    expect(code).toBe(1);
    expect(errors).toContain('alert protocol version');
    expect((await curl('shop.localhost')).output).toBe('S');
  });

  it.each(['-tls1_2', '-tls1_3'])('speaks %s', async (version) => {
    const { code, errors } = await handshake('localhost', version, '-brief');
    expect(code).toBe(0);
    expect(errors).toContain('Verification: OK');
  });

  it('sends plain HTTP on', async () => {
    const url = `http://localhost:${portOf()}/a.txt`;
    const followed = await program('curl', '-sSL', '--cacert', ca, url);
    expect(followed.output).toBe('S');
  });

  it('has an admin API that the commands find by http and https, and trust', async () => {
    const { port } = new URL(ready.admin);
    for (const admin of [`http://127.0.0.1:${port}`, `https://localhost:${port}`]) {
      const clock = await popletToEnd('clock', '--admin', admin);
      expect(clock).toMatchObject({ code: 0, stdout: expect.stringContaining('real time') });
      const purged = await popletToEnd('purge', '/a.txt', '--admin', admin);
      expect(purged).toMatchObject({ code: 0, stdout: expect.stringContaining('purged') });
    }
    const url = `https://img.test:${portOf()}/a.txt`;
    const { stdout } = await popletToEnd('explain', url, '--admin', ready.admin);
    expect(stdout).toMatch(/^GET https:\/\/img\.test:\d+\/a\.txt {2}200\n/u);
  });

  it('is trusted by explain also where its admin API is not named', async () => {
    const local = `https://localhost:${portOf()}/a.txt`;
    const known = await popletToEnd('explain', local);
    expect([known.code, known.stderr]).toEqual([
      2,
      expect.stringContaining('is an edge of poplet itself'),
    ]);
    useHome(mkdtempSync(path.join(folder, 'home-')));
    const stranger = await popletToEnd('explain', local);
    expect(stranger.code).toBe(3);
    expect(stranger.stderr).toMatch(/^error TLS: .*\n hint .*NODE_EXTRA_CA_CERTS=<file>/u);
  });

  it('has an admin API whose certificate a stranger’s poplet does not trust', async () => {
    useHome(mkdtempSync(path.join(folder, 'home-')));
    const { code, stderr } = await popletToEnd('clock', '--admin', ready.admin);
    expect(code).toBe(2);
    expect(stderr).toContain('shows a certificate that is not trusted');
  });
});

describe('--cert and --key', () => {
  /** A certificate that openssl makes, and its key. */
  function bring(name: string, ...options: readonly string[]): { cert: string; key: string } {
    const [cert, key] = [path.join(home, 'cert.pem'), path.join(home, 'key.pem')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const files = ['-nodes', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...made, ...subject, ...files, ...options], { stdio: 'ignore' });
    return { cert, key };
  }

  it('are shown, and no CA is made', async () => {
    const { cert, key } = bring('shop.example');
    const run = await served(site('own', 'O'), '--cert', cert, '--key', key);
    const { port } = new URL(run.ready.edge);
    const { output } = await program(
      ...([
        'curl',
        '-sS',
        '--cacert',
        cert,
        '--resolve',
        `shop.example:${port}:127.0.0.1`,
      ] as const),
      `https://shop.example:${port}/a.txt`,
    );
    expect(output).toBe('O');
    expect(run.stderr()).toBe(
      'warning the certificate is for shop.example: open the page by that name\n',
    );
    // The certificate is not for its address.
    expect(run.ready.admin).toMatch(/^http:/u);
    expect(existsSync(path.join(home, '.local'))).toBe(false);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  it('are refused with what is wrong and how to solve it', async () => {
    const { cert, key } = bring('a.test', '-days', '1');
    const refused = async (...options: readonly string[]): Promise<string> => {
      const { code, stderr, stdout } = await popletToEnd(site('own', 'O'), ...options);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr.replaceAll(home, '~');
    };
    expect(await refused('--cert', cert)).toBe(
      'error a certificate and its key belong together\n' +
        ' hint give both --cert and --key, or neither: the local CA makes them\n',
    );
    expect(await refused('--cert', `${cert}.none`, '--key', key)).toBe(
      'error the certificate ~/cert.pem.none cannot be read: ENOENT: no such file or directory\n' +
        ' hint it must be there, and be readable for the user who runs poplet\n',
    );
    const config = path.join(home, 'poplet.config.json');
    const sites = [{ hosts: ['b.test'], source: site('own', 'O') }];
    writeFileSync(config, JSON.stringify({ cert, key, sites }));
    const { code, stderr } = await popletToEnd('--config', config);
    expect(code).toBe(2);
    expect(stderr).toContain('is for a.test, and not for b.test\n hint ');
  });
});
