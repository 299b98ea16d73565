import type { HeadersDialect } from './dialect.ts';
import { decodeSegment, encodeSegment } from './request-path.ts';

/** What a pattern's `:name`s and `*` stand for, percent-encoded as in the path. */
export type Captures = ReadonlyMap<string, string>;

export interface PathPattern {
  /** Null when the pattern does not match. `host` is the Host field, port included. */
  match(pathname: string, host: string): Captures | null;
}

export type CompiledPattern =
  | { readonly kind: 'pattern'; readonly pattern: PathPattern }
  | { readonly kind: 'malformed'; readonly problem: string };

const TOKEN = /:[A-Za-z]\w*|\*/gu;

/** Compiles the path pattern of a rule: one `*`, `:name` placeholders, anchored at both ends. */
export function compilePattern(pattern: string, dialect: HeadersDialect): CompiledPattern {
  const problem = findProblem(pattern, dialect);
  if (problem !== null) return { kind: 'malformed', problem };
  if (dialect.matching === 'by-segment') {
    const path = bySegment(pattern);
    return compiled((pathname) => (path.test(pathname) ? new Map() : null));
  }
  const [, authority, rest = pattern] = /^https:\/\/([^/]+)(.*)$/iu.exec(pattern) ?? [];
  const path = anchored(rest, '[^/]+');
  if (authority === undefined) return compiled((pathname) => capturesOf(path, pathname));
  const hostPattern = anchored(authority.toLowerCase(), '[^/.]+');
  return compiled((pathname, host) => {
    // Scheme and port of the request play no part.
    const ofHost = capturesOf(hostPattern, host.toLowerCase().replace(/:\d+$/u, ''));
    const ofPath = ofHost === null ? null : capturesOf(path, pathname);
    return ofHost === null || ofPath === null ? null : new Map([...ofHost, ...ofPath]);
  });
}

/** Compiles what a redirect is from: as the pattern of a rule, but with captures whatever the dialect. */
export function compileSource(from: string, dialect: HeadersDialect): CompiledPattern {
  if (dialect.matching === 'anchored') {
    if (!from.startsWith('/')) return { kind: 'malformed', problem: 'a path begins with "/"' };
    return compilePattern(from, dialect);
  }
  const [, authority, path = from] = /^https?:\/\/([^/]+)(.*)$/iu.exec(from) ?? [];
  if (!path.startsWith('/') && (authority === undefined || path !== ''))
    return { kind: 'malformed', problem: 'a path begins with "/"' };
  if (/[?#]/u.test(path)) {
    const problem = 'a path has no "?" or "#": query parameters stand behind it as name=value';
    return { kind: 'malformed', problem };
  }
  if (path.slice(0, -1).includes('*'))
    return { kind: 'malformed', problem: '"*" stands at the end of a path alone' };
  const compiledPath = segmentsWithCaptures(path);
  const host = authority?.toLowerCase().replace(/:\d+$/u, '');
  return compiled((pathname, asked) => {
    const isHost = host === undefined || asked.toLowerCase().replace(/:\d+$/u, '') === host;
    return isHost ? capturesOf(compiledPath, pathname) : null;
  });
}

/** Segment by segment: `:name` is one of them, a `*` at the end whatever is left; the slash at the end is optional. */
function segmentsWithCaptures(path: string): AnchoredPattern {
  const names: string[] = [];
  let source = '';
  for (const part of path.split('/').filter((one) => one !== '')) {
    if (part === '*') {
      names.push('splat');
      source += '(?:/(.*))?';
    } else if (/^:[A-Za-z]\w*$/u.test(part)) {
      names.push(part.slice(1));
      source += '/([^/]+)';
    } else if (part.endsWith('*')) {
      names.push('splat');
      source += `/${literal(part.slice(0, -1))}(.*)`;
    } else {
      source += `/${literal(part)}`;
    }
  }
  return { regExp: new RegExp(`^${source}/?$`, 'u'), names };
}

/** Puts what was captured in the place of `:name` and `:splat`; names that captured nothing stay. */
export function fillValue(value: string, captures: Captures): string {
  if (captures.size === 0) return value;
  return value.replace(/:([A-Za-z]\w*)/gu, (whole, name: string) => captures.get(name) ?? whole);
}

function compiled(match: PathPattern['match']): CompiledPattern {
  return { kind: 'pattern', pattern: { match } };
}

function findProblem(pattern: string, dialect: HeadersDialect): string | null {
  if (/^[a-z][a-z\d+.-]*:\/\//iu.test(pattern)) {
    if (!dialect.allowsUrls) return 'a path is expected, not a URL';
    if (!/^https:/iu.test(pattern)) return 'a URL must begin with https://';
    if (/^https:\/\/[^/]*:\d/iu.test(pattern)) return 'a URL must not name a port';
    if (!/^https:\/\/[^/]+\//iu.test(pattern)) return 'a URL needs a path: https://example.com/*';
  } else if (!pattern.startsWith('/')) {
    return 'a path begins with "/"';
  }
  if (/[?#]/u.test(pattern)) return 'a pattern has no "?" or "#": queries are not compared';
  if (/\s/u.test(pattern)) return 'a pattern has no white space; write %20';
  const splats = pattern.split('*').length - 1;
  if (dialect.maxSplats !== null && splats > dialect.maxSplats) {
    return `${dialect.maxSplats === 1 ? 'one "*" is' : `${dialect.maxSplats} "*" are`} allowed, not ${splats}`;
  }
  if (dialect.matching === 'by-segment') return null;
  const names: readonly string[] = pattern.match(/:[A-Za-z]\w*/gu) ?? [];
  if (splats > 0 && names.includes(':splat')) return '":splat" already stands for "*"';
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? null : `"${twice}" stands twice`;
}

interface AnchoredPattern {
  readonly regExp: RegExp;
  /** Names of the groups, in order. */
  readonly names: readonly string[];
}

/** `placeholder` is what `:name` matches. */
function anchored(pattern: string, placeholder: string): AnchoredPattern {
  const names: string[] = [];
  let source = '';
  let end = 0;
  for (const { 0: token, index } of pattern.matchAll(TOKEN)) {
    source += literal(pattern.slice(end, index)) + (token === '*' ? '(.*)' : `(${placeholder})`);
    names.push(token === '*' ? 'splat' : token.slice(1));
    end = index + token.length;
  }
  return { regExp: new RegExp(`^${source}${literal(pattern.slice(end))}$`, 'u'), names };
}

function capturesOf({ regExp, names }: AnchoredPattern, text: string): Captures | null {
  const found = regExp.exec(text);
  return found && new Map(names.map((name, index) => [name, found[index + 1] ?? '']));
}

/**
 * As Netlify compares: segment by segment, `:name` is one of them, a standalone `*` whatever is left,
 * with or without a slash before it.
 */
function bySegment(pattern: string): RegExp {
  const parts = pattern
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith(':')) return '[^/]+';
      if (part === '*') return '?.*';
      return part.split('*').map(literal).join('.*');
    });
  return new RegExp(`^/${parts.join('/')}/?$`, 'iu');
}

/** A text of the pattern in the spelling that paths are compared in, escaped. */
function literal(text: string): string {
  return text
    .split('/')
    .map((segment) => encodeSegment(decodeSegment(segment) ?? segment))
    .join('/')
    .replace(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
}
