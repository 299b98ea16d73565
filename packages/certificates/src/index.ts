export { authorityFolder, quoted, type UserFolders, userFolders } from './authority-folder.ts';
export {
  type Authority,
  type AuthorityOptions,
  type CertifiedKey,
  findAuthority,
  openAuthority,
} from './authority.ts';
export { LeafCertificates, type LeafOptions } from './leaf-certificates.ts';
export {
  type OwnCertificate,
  type OwnCertificateOptions,
  readOwnCertificate,
} from './own-certificate.ts';
export { findStores, thisMachine } from './trust/find-stores.ts';
export type { Machine, TrustChange, TrustStore } from './trust/trust-store.ts';
