import { PopletError } from '@poplet/policy';

import { importCloudflare, isCloudflare } from '../cloudflare/import.ts';
import { importCloudFront, isCloudFront } from '../cloudfront/import.ts';
import type { Imported, ImportedFile } from './imported.ts';

export type { Imported, ImportedFile } from './imported.ts';

/**
 * What a vendor's own configuration comes to: a distribution of CloudFront and its cache policies, or cache rules of
 * Cloudflare. Throws PopletError `config-invalid` with file, place and what was expected.
 */
export function importFiles(files: readonly ImportedFile[]): Imported {
  if (files.every(({ value }) => isCloudFront(value))) return importCloudFront(files);
  if (files.every(({ value }) => isCloudflare(value))) return importCloudflare(files);
  const unknown = files.find(({ value }) => !isCloudFront(value) && !isCloudflare(value));
  throw new PopletError(
    'config-invalid',
    unknown === undefined
      ? `${files.map(({ file }) => file).join(', ')}: these are of several vendors`
      : `${unknown.file}: this is neither a distribution or a cache policy of CloudFront nor a ruleset of Cloudflare`,
    {
      hint: 'they come from aws cloudfront get-distribution-config, and from the API of Cloudflare: /zones/…/rulesets/phases/http_request_cache_settings/entrypoint',
    },
  );
}
