/** A name that a site's host stands for: itself, or of a wildcard (`*.shop.test`) one of those below it. */
export function nameUnder(host: string): string {
  return host.replace(/^\*(?=\.)/u, 'www');
}

/** Whether a host of a site, which may be a wildcard, stands for a name. Both in lower case. */
export function isHostOf(host: string, name: string): boolean {
  return host.startsWith('*.') ? name.endsWith(host.slice(1)) : name === host;
}
