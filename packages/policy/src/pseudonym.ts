const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]+/g;

/** A name as Via (RFC 9110 §7.6.3) and CDN-Loop (RFC 8586 §2) can carry it: a token. */
export function pseudonymOf(name: string): string {
  return name === '' ? '-' : name.replaceAll(NOT_TOKEN, '-');
}
