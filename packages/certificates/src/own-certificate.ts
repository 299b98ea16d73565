import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';

import { PopletError } from '@poplet/policy';
import { quoted } from './authority-folder.ts';
import { hostName } from './names.ts';

export interface OwnCertificateOptions {
  /** PEM: the certificate, then those between it and its authority. */
  readonly certFile: string;
  /** PEM, not encrypted. */
  readonly keyFile: string;
  /** Hosts that it must be for. */
  readonly hosts?: readonly string[];
  /** Real time. Default: the system's. */
  readonly nowMs?: () => number;
}

/** A certificate that somebody brought. */
export interface OwnCertificate {
  /** What it is for, as it says. */
  readonly names: readonly string[];
  /** Real instant. */
  readonly expiresAtMs: number;
  isFor(host: string): boolean;
  /** For a server name, undefined for none given; null where it is not for that. */
  contextFor(serverName: string | undefined): SecureContext | null;
}

/** Reads and checks it. Throws PopletError `certificate-unusable` that says what is wrong. */
export async function readOwnCertificate(options: OwnCertificateOptions): Promise<OwnCertificate> {
  const { certFile, keyFile, hosts = [], nowMs = Date.now } = options;
  const cert = await read(certFile, 'certificate');
  const key = await read(keyFile, 'key');
  const certificate = certificateOf(cert, certFile);
  mustBeValid(certificate, { certFile, nowMs: nowMs() });
  if (!certificate.checkPrivateKey(keyOf(key, keyFile))) {
    throw unusable(
      `the key ${keyFile} does not belong to the certificate ${certFile}`,
      'name the key that the certificate was made for; of a chain, its own certificate comes first',
    );
  }
  const isFor = (host: string): boolean => matches(certificate, host);
  const names = namesOf(certificate);
  const left = hosts.filter((host) => !isFor(host));
  if (left.length > 0) {
    throw unusable(
      `the certificate ${certFile} is for ${listed(names)}, and not for ${listed(left)}`,
      'bring one that names every host of the sites, or leave --cert out: the local CA makes them',
    );
  }
  const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  return {
    names,
    expiresAtMs: certificate.validToDate.getTime(),
    isFor,
    contextFor: (serverName) => (serverName === undefined || isFor(serverName) ? context : null),
  };
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(
      `the ${what} ${file} cannot be read: ${(error as Error).message.split(',')[0]}`,
      'it must be there, and be readable for the user who runs poplet',
      error,
    );
  }
}

function certificateOf(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw unusable(
      `${file} is not a certificate`,
      'it must be PEM: a file that has -----BEGIN CERTIFICATE----- in it',
      error,
    );
  }
}

function keyOf(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MISSING_PASSPHRASE' || /ENCRYPTED/u.test(text)) {
      throw unusable(
        `the key ${file} is encrypted`,
        `decrypt it: openssl pkey -in ${quoted(file)} -out key.pem`,
        error,
      );
    }
    throw unusable(
      `${file} is not a private key`,
      'it must be PEM: a file that has -----BEGIN PRIVATE KEY----- in it',
      error,
    );
  }
}

function mustBeValid(
  { validFromDate, validToDate }: X509Certificate,
  { certFile, nowMs }: { readonly certFile: string; readonly nowMs: number },
): void {
  if (validToDate.getTime() <= nowMs) {
    throw unusable(
      `the certificate ${certFile} expired on ${validToDate.toISOString()}`,
      'renew it, or leave --cert out: the local CA makes certificates that renew themselves',
    );
  }
  if (validFromDate.getTime() > nowMs) {
    throw unusable(
      `the certificate ${certFile} is not valid before ${validFromDate.toISOString()}`,
      'check the clock of this machine, or the certificate',
    );
  }
}

function matches(certificate: X509Certificate, host: string): boolean {
  const name = hostName(host);
  if (name === null) return false;
  const found = isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name);
  return found !== undefined;
}

function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .map((entry) => entry.replace(/^(?:DNS|IP Address):/u, ''))
    .filter((name) => name !== '');
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'no host' : names.join(', ');
}

function unusable(message: string, hint: string, cause?: unknown): PopletError {
  return new PopletError('certificate-unusable', message, { hint, cause });
}
