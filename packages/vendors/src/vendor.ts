import type { CreatePurgeApi, Policy, PurgeMethod } from '@poplet/policy';

/**
 * How well a statement about a CDN is known.
 *
 * | evidence | meaning |
 * |---|---|
 * | doc | the vendor's own documentation or source says so |
 * | doc2 | somebody else's page that quotes the vendor says so |
 * | run | the vendor's own software was run |
 * | meas | measured from outside on a live service |
 * | mem | general knowledge, not looked up |
 * | mem-low | a guess |
 */
export type Evidence = 'doc' | 'doc2' | 'run' | 'meas' | 'mem' | 'mem-low';

/** One statement about what a CDN does. */
export interface Fact {
  /** Kebab-case, begins with the vendor's name. */
  readonly id: string;
  /** A sentence in the indicative. */
  readonly claim: string;
  readonly evidence: Evidence;
  /** Where it was read: the name of a page, or of a measurement. */
  readonly source: string;
  /** Cases that show it. Empty only beside `withoutCase`. */
  readonly caseIds: readonly string[];
  /** Why no case shows it. */
  readonly withoutCase?: WithoutCase;
}

/** `not-emulated`: the profile does otherwise; `no-case`: it does so, and no case can tell. */
export interface WithoutCase {
  readonly kind: 'not-emulated' | 'no-case';
  readonly because: string;
}

/** A way in which a CDN can be set up. */
export interface Profile {
  readonly policy: Policy;
  /** One line, for `poplet profiles`. */
  readonly summary: string;
  /** What can be set, and the policy that comes of it; absent: nothing. See `configurable`. */
  readonly options?: readonly ProfileOption[];
  /** The policy with these values of options, by name, each one that its option allows; all others are the standard ones. */
  readonly configured?: (values: ReadonlyMap<string, string>) => Policy;
}

/** What can be set of a profile: `cloudflare:no-cache=validated`. */
export interface ProfileOption {
  /** Kebab-case: `no-cache`. Unique in its profile. */
  readonly name: string;
  /** What it is about, one line. */
  readonly summary: string;
  /** The value that the profile's policy has. */
  readonly standard: string;
  readonly values: OptionValues;
  /**
   * Why nobody can be sure of the standard value: the evidence is weak, or the vendor's own pages conflict.
   * Absent: the vendor's customers set it. A clause that follows "not sure: ".
   */
  readonly doubt?: string;
  /** Beside a doubt: the values that may hold in truth. Absent: all other choices. */
  readonly instead?: readonly string[];
}

export type OptionValues =
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** Whole seconds, from 0. */
  | { readonly kind: 'seconds' }
  /** Field names, written with `+` between them; none: ''. */
  | { readonly kind: 'fields' };

/** How a CDN that hosts static sites treats them: what an origin server does that stands in for it. */
export interface StaticRules {
  /** Whose files of rules are read, and how. */
  readonly dialect: 'cloudflare' | 'netlify' | 'vercel';
  /** As the host calls itself, for warnings. */
  readonly title: string;
  /** Cache-Control of files where no rule says otherwise; null: what any server says. */
  readonly cacheControl: string | null;
  /** Field lines by which the edge is told that it gets a file of the deployment. */
  readonly assetLines: readonly { readonly name: string; readonly value: string }[];
}

/** One CDN. */
export interface Vendor {
  /** Kebab-case; the name of its folder, and of its first profile. */
  readonly name: string;
  /** As it calls itself. */
  readonly title: string;
  readonly profiles: readonly Profile[];
  /** Absent: it hosts no static sites. */
  readonly staticRules?: StaticRules;
  readonly facts: readonly Fact[];
  /** Its purge API, loaded when somebody uses it. */
  readonly purgeApi: PurgeApiEntry;
  /** `PURGE` on the port of cached traffic, where it has that. */
  readonly purgeMethod?: PurgeMethod;
}

/** Where a purge API is, and how it calls a site. */
interface PurgeApiEntry {
  readonly load: () => Promise<CreatePurgeApi>;
  /** What of an address stands behind scheme, host and port, where its clients are told where it is: `/client/v4`. */
  readonly basePath: string;
  /** Its word for what a site is to it: `zone`. */
  readonly siteWord: string;
}
