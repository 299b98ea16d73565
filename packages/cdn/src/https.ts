import { isIP } from 'node:net';
import {
  type Authority,
  LeafCertificates,
  openAuthority,
  readOwnCertificate,
} from '@poplet/certificates';
import { nameUnder, type TlsIdentity, UnknownServerName } from '@poplet/edge';
import { PopletError } from '@poplet/policy';

/** Whose certificates are shown. */
export interface HttpsOptions {
  /** A certificate of your own, with what stands between it and its authority: a file, PEM. Default: the local authority's. */
  readonly cert?: string | undefined;
  /** The key to it: a file, PEM, not encrypted. */
  readonly key?: string | undefined;
  /** Where the local authority is kept. Default: the user's own folder for data. */
  readonly authorityFolder?: string | undefined;
}

/** Who the listeners are to clients. */
export interface Https {
  readonly edge: TlsIdentity;
  /** Undefined: no certificate is for it, and it speaks plain HTTP. */
  readonly admin: TlsIdentity | undefined;
  readonly authority: Authority | undefined;
  readonly warnings: readonly string[];
}

/** Where the listeners are reached. */
export interface Reached {
  /** Of the sites, by name. None: any. */
  readonly hosts: readonly string[];
  /** What the edge and the admin API listen on. */
  readonly host: string;
  readonly adminHost: string;
}

/** Opens the certificates. Throws PopletError `certificate-unusable`, `authority-unusable` or `invalid-option`. */
export function openHttps(options: HttpsOptions, reached: Reached): Promise<Https> {
  const { cert, key } = options;
  if (cert === undefined && key === undefined) return local(options, reached);
  if (cert === undefined || key === undefined) {
    throw new PopletError('invalid-option', 'a certificate and its key belong together', {
      hint: 'give both --cert and --key, or neither: the local CA makes them',
    });
  }
  return own({ certFile: cert, keyFile: key }, reached);
}

/** What a listener's address means to clients: those of every interface, and `localhost`, name none. */
function addressesOf({ host, adminHost }: Reached): readonly string[] {
  return [host, adminHost].filter((one) => isIP(one) !== 0 && one !== '0.0.0.0' && one !== '::');
}

async function local({ authorityFolder }: HttpsOptions, reached: Reached): Promise<Https> {
  const addresses = addressesOf(reached);
  const authority = await openAuthority({
    hosts: [...reached.hosts, ...addresses],
    ...(authorityFolder === undefined ? {} : { folder: authorityFolder }),
  });
  const leaves = new LeafCertificates(authority, { addresses });
  const identity = identityOf((name) => leaves.contextFor(name));
  const warnings =
    authority.history === 'replaced'
      ? [
          'the local CA did not cover these hosts, or was about to expire: there is a new one, to be trusted again (poplet ca install)',
        ]
      : [];
  return { edge: identity, admin: identity, authority, warnings };
}

async function own(
  files: { readonly certFile: string; readonly keyFile: string },
  { hosts, adminHost }: Reached,
): Promise<Https> {
  const certificate = await readOwnCertificate({ ...files, hosts: hosts.map(nameUnder) });
  const identity = identityOf((name) => certificate.contextFor(name));
  return {
    edge: identity,
    admin: certificate.isFor(adminHost) ? identity : undefined,
    authority: undefined,
    warnings:
      hosts.length === 0 && !certificate.isFor('localhost')
        ? [`the certificate is for ${certificate.names.join(', ')}: open the page by that name`]
        : [],
  };
}

function identityOf(
  find: (serverName: string | undefined) => ReturnType<TlsIdentity['contextFor']> | null,
): TlsIdentity {
  return {
    contextFor(serverName) {
      const context = find(serverName);
      if (context !== null) return context;
      throw new UnknownServerName(
        `no certificate for ${serverName ?? 'clients that name no server'}`,
      );
    },
  };
}
