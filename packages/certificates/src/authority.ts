import { createHash, randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 expects what it adds to be there first
import 'reflect-metadata';

import { AsnConvert } from '@peculiar/asn1-schema';
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import * as x509 from '@peculiar/x509';
import { PopletError } from '@poplet/policy';
import { isIP } from 'node:net';

import {
  authorityFolder,
  CERTIFICATE_FILE,
  mendCertificate,
  quoted,
  readSecret,
  userFolders,
  whileLocked,
  writeSecret,
} from './authority-folder.ts';
import { hostName, isPermitted, LOCAL_DOMAINS, LOCAL_NETWORKS } from './names.ts';

/** A certificate and the key to it, as PEM. */
export interface CertifiedKey {
  readonly cert: string;
  readonly key: string;
}

/** The certificate authority of one user. */
export interface Authority {
  /** The certificate, as PEM, and the file that it is in. */
  readonly certificate: string;
  readonly file: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
  /** Its own name, unlike that of any other. */
  readonly name: string;
  /** What it may certify beyond the local domains and loopback. */
  readonly hosts: readonly string[];
  /** Real instant. */
  readonly expiresAtMs: number;
  /** `replaced`: an earlier one did not cover the hosts, or was about to expire. The new one has to be trusted anew. */
  readonly history: 'kept' | 'made' | 'replaced';
  /** Whether a certificate for a name would be accepted. */
  permits(name: string): boolean;
  /** Makes a certificate for names and addresses that it permits. Instants are real. */
  certify(
    names: readonly string[],
    validity: { readonly fromMs: number; readonly untilMs: number },
  ): Promise<CertifiedKey>;
}

export interface AuthorityOptions {
  /** Hosts to be certified beyond the local domains and loopback; names of sites, addresses. */
  readonly hosts?: readonly string[];
  /** Default: the user's own, by the custom of the system. */
  readonly folder?: string;
  /** Real time. Default: the system's. */
  readonly nowMs?: () => number;
}

/** Begins the name of every authority of Poplet. */
export const AUTHORITY_NAME = 'Poplet local CA';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** An authority with less time left is replaced. */
const LEAST_DAYS_LEFT = 30;
/** Machines' clocks differ. */
const BACKDATED_MS = 3_600_000;

/**
 * The user's authority, made where there is none, and replaced where it does not cover the hosts or is about
 * to expire; several processes that begin at once get the same. Throws PopletError `authority-unusable`, or
 * `invalid-option` for what is no host.
 */
export async function openAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const { folder = authorityFolder(userFolders()), nowMs = Date.now } = options;
  const wanted = (options.hosts ?? []).map(mustBeHost).filter((host) => !isPermitted(host, []));
  const present = await load(folder, 'kept');
  if (present !== undefined && serves(present, wanted, nowMs())) {
    await mendCertificate(folder, present.certificate);
    return present;
  }
  return whileLocked(folder, async () => {
    // Another process may have been quicker.
    const found = await load(folder, 'kept');
    if (found !== undefined && serves(found, wanted, nowMs())) return found;
    const hosts = [...new Set([...(found?.hosts ?? []), ...wanted])].toSorted();
    await writeSecret(folder, await makeAuthority(hosts, nowMs()));
    const made = await load(folder, found === undefined ? 'made' : 'replaced');
    if (made === undefined) throw new Error(`the authority in ${folder} is gone again`);
    return made;
  });
}

/** The user's authority, if there is one. Throws PopletError `authority-unusable`. */
export function findAuthority(
  folder: string = authorityFolder(userFolders()),
): Promise<Authority | undefined> {
  return load(folder, 'kept');
}

/** A domain stands for every name below it, so that a wildcard is its domain. */
function mustBeHost(text: string): string {
  const name = hostName(text.replace(/^\*\./u, ''));
  if (name !== null) return name;
  throw new PopletError('invalid-option', `no certificate can be made for the host "${text}"`, {
    hint: 'a host is a name or an IP address, without scheme and port',
  });
}

function serves(authority: Authority, hosts: readonly string[], nowMs: number): boolean {
  const isLasting = authority.expiresAtMs - nowMs > LEAST_DAYS_LEFT * DAY_MS;
  return isLasting && hosts.every((host) => authority.permits(host));
}

async function makeAuthority(
  hosts: readonly string[],
  nowMs: number,
): Promise<{ readonly secret: string; readonly certificate: string }> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const id = randomBytes(4).toString('hex');
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ O: ['Poplet'] }, { CN: [`${AUTHORITY_NAME} ${owner()} ${id}`.slice(0, 64)] }],
    notBefore: new Date(nowMs - BACKDATED_MS),
    notAfter: new Date(nowMs + AUTHORITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: KEY_ALGORITHM,
    extensions: [
      // RFC 5280 §4.2.1.9: it certifies servers, and no further authority.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      nameConstraints(hosts),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pem = `${certificate.toString('pem')}\n`;
  return { secret: `${await privatePem(keys.privateKey)}${pem}`, certificate: pem };
}

/** The subject's name has 64 characters at most. */
function owner(): string {
  const { username } = userInfo();
  return `${username}@${hostname()}`.replaceAll(/[^\w@.-]/gu, '').slice(0, 38);
}

/** RFC 5280 §4.2.1.10: a key that got into other hands is of no use for any other name. */
function nameConstraints(hosts: readonly string[]): x509.Extension {
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  const domains = hosts.filter((host) => isIP(host) === 0);
  const subtrees = [
    ...[...LOCAL_DOMAINS, ...domains].map((dNSName) => new GeneralName({ dNSName })),
    ...[...LOCAL_NETWORKS, ...addresses.map((one) => `${one}/${isIP(one) === 4 ? 32 : 128}`)].map(
      (iPAddress) => new GeneralName({ iPAddress }),
    ),
  ].map((base) => new GeneralSubtree({ base }));
  const value = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) });
  return new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(value));
}

function hostsOf(certificate: x509.X509Certificate): readonly string[] {
  const extension = certificate.getExtension(id_ce_nameConstraints);
  if (extension === null) return [];
  const { permittedSubtrees } = AsnConvert.parse(extension.value, NameConstraints);
  const known = new Set(['', ...LOCAL_DOMAINS, ...LOCAL_NETWORKS]);
  return [...(permittedSubtrees ?? [])]
    .map(({ base }) => base.dNSName ?? base.iPAddress ?? '')
    .filter((name) => !known.has(name))
    .map((name) => name.replace(/\/\d+$/u, ''))
    .toSorted();
}

async function load(folder: string, history: Authority['history']): Promise<Authority | undefined> {
  const secret = await readSecret(folder);
  if (secret === undefined) return undefined;
  try {
    return await authorityOf(secret, { folder, history });
  } catch (error) {
    throw new PopletError('authority-unusable', `the local CA in ${folder} is damaged`, {
      hint: `remove it (rm -r ${quoted(folder)}); poplet ca install makes and trusts another`,
      cause: error,
    });
  }
}

async function authorityOf(
  secret: string,
  { folder, history }: { readonly folder: string; readonly history: Authority['history'] },
): Promise<Authority> {
  const [pem] = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/u.exec(secret) ?? [''];
  const certificate = new x509.X509Certificate(pem);
  const key = await crypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(secret),
    KEY_ALGORITHM,
    false,
    ['sign'],
  );
  const hosts = hostsOf(certificate);
  return {
    certificate: pem,
    file: path.join(folder, CERTIFICATE_FILE),
    fingerprint: createHash('sha256').update(new Uint8Array(certificate.rawData)).digest('hex'),
    name: certificate.subjectName.getField('CN')[0] ?? AUTHORITY_NAME,
    hosts,
    expiresAtMs: certificate.notAfter.getTime(),
    history,
    permits: (name) => isPermitted(name, hosts),
    async certify(names, { fromMs, untilMs }) {
      const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        issuer: certificate.subjectName,
        subject: subjectOf(names),
        notBefore: new Date(fromMs),
        notAfter: new Date(Math.min(untilMs, certificate.notAfter.getTime())),
        publicKey: keys.publicKey,
        signingKey: key,
        signingAlgorithm: KEY_ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
        ],
      });
      const cert = `${leaf.toString('pem')}\n`;
      return { cert, key: await privatePem(keys.privateKey) };
    },
  };
}

/** For people to read. An address there would be taken for a domain, which no authority here may certify. */
function subjectOf(names: readonly string[]): x509.JsonName {
  const named = names.find((name) => isIP(name) === 0 && name.length <= 64);
  return [{ O: ['Poplet'] }, ...(named === undefined ? [] : [{ CN: [named] }])];
}

async function privatePem(key: CryptoKey): Promise<string> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
}

/** RFC 5280 §4.1.2.2: positive, 20 bytes at most. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] as number) & 0x3f);
  return bytes.toString('hex');
}
