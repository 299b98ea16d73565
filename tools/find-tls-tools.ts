// Finds the programs that the tests of HTTPS speak with, or installs them.

import { findOnPath } from './find-browser.ts';
import { findOrInstall, type Found, type Wanted } from './find-server.ts';

/** By the package of Debian that has them. */
const PACKAGES: Readonly<Record<string, string>> = {
  certutil: 'libnss3-tools',
  openssl: 'openssl',
  curl: 'curl',
  nghttp: 'nghttp2-client',
  h2load: 'nghttp2-client',
};

/** Each of them. Throws with the way out when one is missing and could not be installed. */
export async function findOrInstallTlsTools(): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const [title, debianPackage] of Object.entries(PACKAGES)) {
    const wanted: Wanted = {
      title,
      debianPackage,
      variable: `POPLET_${title.toUpperCase()}`,
      wayOut: `Install ${title}: on Debian and Ubuntu it is in ${debianPackage}.`,
      // The tests take it from the PATH.
      find: () => findOnPath([title]),
    };
    found.push(await findOrInstall(wanted));
  }
  return found;
}
