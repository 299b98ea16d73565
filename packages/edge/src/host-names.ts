/** A name that a site's host stands for: itself, or of a wildcard (`*.shop.test`) one of those below it. */
export function nameUnder(host: string): string {
  return host.replace(/^\*(?=\.)/u, 'www');
}
