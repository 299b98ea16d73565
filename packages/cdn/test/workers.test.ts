// What is said where workers have nothing to do.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { createCdn } from '../src/index.ts';

const source = mkdtempSync(path.join(tmpdir(), 'poplet-workers-'));
writeFileSync(path.join(source, 'a.txt'), 'fine');

async function warningsOf(
  profiles: readonly string[],
  workers: number,
): Promise<readonly string[]> {
  const sites = profiles.map((profile, index) => ({
    id: `site-${index}`,
    hosts: [`${index}.test`],
    source,
    profile,
  }));
  const cdn = await createCdn({ sites, workers });
  onTestFinished(() => cdn.close());
  return cdn.warnings;
}

it('profiles under which no two answers are the same are named', async () => {
  const alone = ['cloudflare', 'fastly:fallback-ttl=120', 'cloudfront', 'vercel', 'netlify'];
  const alsoAlone = ['azure-front-door', 'akamai', 'bunny'];
  const shared = ['rfc9111', 'google-cloud-cdn', 'keycdn'];
  const every = [...alone, ...shared, ...alsoAlone];
  expect(await warningsOf(every, 2)).toEqual([
    'workers have nothing to answer by themselves under cloudflare, fastly:fallback-ttl=120, cloudfront, vercel, netlify, azure-front-door, akamai, bunny, where each answer says something of its own: one thread does all',
  ]);
  expect(await warningsOf(shared, 2)).toEqual([]);
  expect(await warningsOf(every, 1)).toEqual([]);
});
