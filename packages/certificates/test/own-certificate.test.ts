// A certificate that somebody brings: what is wrong with it is said at the start.

import { createPrivateKey } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { PopletError } from '@poplet/policy';
import {
  type CertifiedKey,
  openAuthority,
  type OwnCertificateOptions,
  readOwnCertificate,
} from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY_MS = 86_400_000;

interface Files {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate and its key as files; `days` from now. */
async function bring(
  names: readonly string[],
  [fromDays, untilDays]: readonly [number, number] = [-1, 30],
): Promise<Files & CertifiedKey> {
  const folder = temporaryFolder();
  const authority = await openAuthority({ folder: path.join(folder, 'ca') });
  const certified = await authority.certify(names, {
    fromMs: Date.now() + fromDays * DAY_MS,
    untilMs: Date.now() + untilDays * DAY_MS,
  });
  const files = { certFile: path.join(folder, 'cert.pem'), keyFile: path.join(folder, 'key.pem') };
  writeFileSync(files.certFile, certified.cert + authority.certificate);
  writeFileSync(files.keyFile, certified.key);
  return { ...files, ...certified };
}

/** Why it is refused. */
async function refusalOf(options: OwnCertificateOptions): Promise<PopletError> {
  const error = await readOwnCertificate(options).catch((reason: unknown) => reason);
  if (error instanceof PopletError && error.code === 'certificate-unusable') return error;
  throw new Error('it was not refused', { cause: error });
}

describe('a certificate of one’s own', () => {
  it('is shown for its names, wildcards and addresses, and to clients that name none', async () => {
    const files = await bring(['shop.example', '*.shop.example', '10.0.0.7']);
    const certificate = await readOwnCertificate({
      ...files,
      hosts: ['a.shop.example', '10.0.0.7'],
    });
    expect(certificate.names).toEqual(['shop.example', '*.shop.example', '10.0.0.7']);
    const context = certificate.contextFor(undefined);
    expect(context).not.toBeNull();
    expect(certificate.contextFor('shop.example')).toBe(context);
    expect(certificate.contextFor('SHOP.example.')).toBe(context);
    expect(certificate.contextFor('a.shop.example')).toBe(context);
    for (const name of ['a.b.shop.example', 'other.example', 'a b'])
      expect(certificate.contextFor(name)).toBeNull();
  });

  it('is refused when it has expired', async () => {
    const files = await bring(['a.test'], [-9, -1]);
    const { message, hint } = await refusalOf(files);
    expect(message).toMatch(/cert\.pem expired on \d{4}-.*Z$/u);
    expect(hint).toContain('renew it');
  });

  it('is refused before its time', async () => {
    const files = await bring(['a.test'], [1, 9]);
    const { message, hint } = await refusalOf(files);
    expect(message).toMatch(/cert\.pem is not valid before \d{4}-/u);
    expect(hint).toContain('clock');
  });

  it('is refused with the key of another', async () => {
    const { certFile } = await bring(['a.test']);
    const { keyFile } = await bring(['a.test']);
    const { message } = await refusalOf({ certFile, keyFile });
    expect(message).toBe(`the key ${keyFile} does not belong to the certificate ${certFile}`);
  });

  it('is refused where it is not for a host of the sites', async () => {
    const files = await bring(['a.test']);
    const { message } = await refusalOf({ ...files, hosts: ['a.test', 'b.test', 'c.test'] });
    expect(message).toBe(
      `the certificate ${files.certFile} is for a.test, and not for b.test, c.test`,
    );
  });

  it('is refused where a file is missing or a folder', async () => {
    const { certFile, keyFile } = await bring(['a.test']);
    const missing = `${certFile}.none`;
    const { message } = await refusalOf({ certFile: missing, keyFile });
    expect(message).toBe(
      `the certificate ${missing} cannot be read: ENOENT: no such file or directory`,
    );
    const folder = `${keyFile}.d`;
    mkdirSync(folder);
    const ofFolder = await refusalOf({ certFile, keyFile: folder });
    expect(ofFolder.message).toMatch(new RegExp(`the key ${folder} cannot be read: EISDIR`, 'u'));
  });

  it('is refused where a file is something else', async () => {
    const { certFile, keyFile } = await bring(['a.test']);
    const { message, hint } = await refusalOf({ certFile: keyFile, keyFile });
    expect(message).toBe(`${keyFile} is not a certificate`);
    expect(hint).toContain('BEGIN CERTIFICATE');
    const ofKey = await refusalOf({ certFile, keyFile: certFile });
    expect(ofKey.message).toBe(`${certFile} is not a private key`);
    expect(ofKey.hint).toContain('BEGIN PRIVATE KEY');
  });

  it.each(['pkcs8', 'sec1'] as const)('is refused with an encrypted key (%s)', async (type) => {
    const { certFile, keyFile, key } = await bring(['a.test']);
    const encrypted = createPrivateKey(key).export({
      type,
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'secret',
    });
    writeFileSync(keyFile, encrypted);
    const { message, hint } = await refusalOf({ certFile, keyFile });
    expect(message).toBe(`the key ${keyFile} is encrypted`);
    expect(hint).toContain(`decrypt it: openssl pkey -in ${keyFile} -out key.pem`);
  });
});
