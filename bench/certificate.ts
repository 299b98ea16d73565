import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

import type { Certificate } from './peers/peer.ts';

/** A certificate of its own for 127.0.0.1, in the folder, which this process trusts; P-256, as most sites have. */
export function makeCertificate(folder: string): Certificate {
  const certFile = path.join(folder, 'cert.pem');
  const keyFile = path.join(folder, 'key.pem');
  const bundleFile = path.join(folder, 'bundle.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...subject, ...files], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  writeFileSync(bundleFile, readFileSync(certFile, 'utf8') + readFileSync(keyFile, 'utf8'));
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(certFile, 'utf8')]);
  return { certFile, keyFile, bundleFile };
}
