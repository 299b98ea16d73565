/** How a host reads a `_headers` file, as data. */
export interface HeadersDialect {
  readonly name: DialectName;
  /** `! Name` removes a field. */
  readonly canUnset: boolean;
  /** A block may open with `https://host/path`. */
  readonly allowsUrls: boolean;
  /** Blocks beyond this are ignored. */
  readonly maxRules: number | null;
  /** Longer lines are ignored. */
  readonly maxLineCharacters: number | null;
  /** `*` per pattern. */
  readonly maxSplats: number | null;
  /** How a pattern is compared with a path. */
  readonly matching: 'anchored' | 'by-segment';
  /** Whether `:name` in a value stands for what the pattern's `:name` matched. */
  readonly fillsValues: boolean;
  /** What a field becomes that several matching rules set. */
  readonly repeated: 'last-wins' | 'joined';
  /** Whether rules hold for redirects, too. */
  readonly reachesRedirects: boolean;
}

export type DialectName = 'neutral' | 'netlify' | 'cloudflare' | 'vercel';

export const DIALECTS: Readonly<Record<DialectName, HeadersDialect>> = {
  /**
   * What both hosts accept, together: a file written for either is read. Where they disagree, a later
   * rule replaces an earlier one, and paths are compared exactly: `/Docs`, `/docs/` and `/docs` differ.
   */
  neutral: {
    name: 'neutral',
    canUnset: true,
    allowsUrls: true,
    maxRules: null,
    maxLineCharacters: null,
    maxSplats: null,
    matching: 'anchored',
    fillsValues: true,
    repeated: 'last-wins',
    reachesRedirects: false,
  },
  /** Netlify: case folded, the slash at the end optional, a standalone `*` matches nothing too. */
  netlify: {
    name: 'netlify',
    canUnset: false,
    allowsUrls: false,
    maxRules: null,
    maxLineCharacters: null,
    maxSplats: null,
    matching: 'by-segment',
    fillsValues: false,
    repeated: 'last-wins',
    reachesRedirects: false,
  },
  /** Cloudflare Pages and Workers assets. */
  cloudflare: {
    name: 'cloudflare',
    canUnset: true,
    allowsUrls: true,
    maxRules: 100,
    maxLineCharacters: 2000,
    maxSplats: 1,
    matching: 'anchored',
    fillsValues: true,
    repeated: 'joined',
    reachesRedirects: true,
  },
  /** Vercel reads no such file: this is how the headers of vercel.json are applied. */
  vercel: {
    name: 'vercel',
    canUnset: false,
    allowsUrls: false,
    maxRules: null,
    maxLineCharacters: null,
    maxSplats: null,
    matching: 'anchored',
    fillsValues: true,
    repeated: 'last-wins',
    reachesRedirects: false,
  },
};
