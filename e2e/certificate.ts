// One certificate for localhost, and how Chromium is told to take it.

import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SELF_SIGNED } from '@poplet/conformance/self-signed';

/** The switch by which Chromium takes this certificate, and no other, without an authority. */
export function chromiumSwitch(): string {
  const { publicKey } = new X509Certificate(SELF_SIGNED.cert);
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const hash = createHash('sha256').update(key).digest('base64');
  return `--ignore-certificate-errors-spki-list=${hash}`;
}

/** Certificate and key as files, until they are removed. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  remove(): void;
}

export function writeCertificate(): CertificateFiles {
  const folder = mkdtempSync(path.join(tmpdir(), 'poplet-e2e-'));
  const cert = path.join(folder, 'cert.pem');
  const key = path.join(folder, 'key.pem');
  writeFileSync(cert, SELF_SIGNED.cert);
  writeFileSync(key, SELF_SIGNED.key, { mode: 0o600 });
  return { cert, key, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
