/** Files that hosts read at the root of a site, and never serve. */
const HOST_FILES: ReadonlySet<string> = new Set([
  '_headers',
  '_redirects',
  '_routes.json',
  '_worker.js',
  'netlify.toml',
  'now.json',
  'poplet.config.js',
  'poplet.config.json',
  'poplet.config.mjs',
  'poplet.config.ts',
  'staticwebapp.config.json',
  'vercel.json',
  'wrangler.json',
  'wrangler.jsonc',
  'wrangler.toml',
]);

/** Whether a path inside the folder is never served: dotfiles, and files that configure a host. */
export function isHidden(segments: readonly string[]): boolean {
  // RFC 8615 §3: well-known URIs live at the root.
  const [first = ''] = segments;
  const checked = first === '.well-known' ? segments.slice(1) : segments;
  if (checked.some((segment) => segment.startsWith('.'))) return true;
  // A worker may be a folder of modules. Some disks fold case.
  const host = first.toLowerCase();
  return host === '_worker.js' || (segments.length === 1 && HOST_FILES.has(host));
}
