import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { CdnSite } from '@poplet/cdn';
import { onTestFinished } from 'vitest';

import { openRig, type Fields, type Rig } from './rig.ts';

/** A rig whose admin port speaks TLS, with a local CA of its own. */
export async function openTlsRig(
  site: Omit<CdnSite, 'source'>,
  fields: Readonly<Record<string, Fields>>,
): Promise<Rig & { readonly caFile: string }> {
  const authorityFolder = mkdtempSync(path.join(tmpdir(), 'poplet-sdks-ca-'));
  onTestFinished(() => rmSync(authorityFolder, { recursive: true, force: true }));
  const rig = await openRig(site, { fields, https: { authorityFolder } });
  const caFile = rig.cdn.authority?.file;
  if (caFile === undefined) throw new Error('there is no local CA');
  return { ...rig, caFile };
}
