import type { PolicyChoice } from '@poplet/edge';
import type { Vendor } from '@poplet/vendors';

import { importPolicy } from './import-policy.ts';
import { profileNamed, vendorOf } from './profiles.ts';

/** A CDN as a person names it: a profile, or files of its own configuration. */
export interface NamedCdn {
  /** As answers and tables call it. */
  readonly name: string;
  readonly policy: PolicyChoice;
  /** Undefined: nobody's. */
  readonly vendor: Vendor | undefined;
  /** What the files say and no policy does. */
  readonly notEmulated: readonly string[];
}

/**
 * A profile by name (`cloudfront:min-ttl=0`), or what files come to: `distribution.json`, and beside it
 * `distribution.json+policy.json`. Throws PopletError `invalid-option`, `config-invalid`.
 */
export async function namedCdn(text: string): Promise<NamedCdn> {
  if (!/\.json$/iu.test(text)) {
    const policy = profileNamed(text);
    return { name: policy.name, policy, vendor: vendorOf(text), notEmulated: [] };
  }
  const { vendor, policy, policyFor, notEmulated } = await importPolicy(text.split('+'));
  return { name: policy.name, policy: policyFor, vendor: vendorOf(vendor), notEmulated };
}
