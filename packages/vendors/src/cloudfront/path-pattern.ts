/**
 * Whether a path pattern of a cache behaviour matches a path: `*` is any number of characters, `?` exactly one; the
 * case counts, the query does not, and the slash in front may be left out. In time proportional to the product of
 * both lengths at most.
 */
export function matchesPathPattern(pattern: string, path: string): boolean {
  const wanted = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  let at = 0;
  let within = 0;
  let starAt = -1;
  let resumeIn = 0;
  while (within < path.length) {
    if (wanted[at] === '*') {
      starAt = at;
      resumeIn = within;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === path[within])) {
      at += 1;
      within += 1;
    } else if (starAt >= 0) {
      // The last star takes one character more.
      resumeIn += 1;
      within = resumeIn;
      at = starAt + 1;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
