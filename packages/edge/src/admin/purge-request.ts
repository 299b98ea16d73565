import type { Purge, PurgeSelector } from '@poplet/policy';
import { AdminProblem } from './problem.ts';

/** Body of `POST /poplet/v1/purge`: exactly one selector, which the schema ensures. */
export interface PurgeRequest {
  readonly url?: string;
  readonly urls?: readonly string[];
  readonly prefix?: string;
  readonly host?: string;
  readonly tags?: readonly string[];
  readonly groups?: readonly { readonly origin: string; readonly group: string }[];
  readonly everything?: true;
  /** Make stale instead of remove. */
  readonly soft?: boolean;
  /** Id of the one site to purge; all of them otherwise. */
  readonly site?: string;
}

export interface PurgeSurroundings {
  readonly siteIds: readonly string[];
  /** Sites whose tags are kept in lower case. */
  readonly foldingSiteIds: readonly string[];
  /** A URL of cached traffic, for hints; undefined when there was none yet. */
  readonly exampleUrl: string | undefined;
}

/**
 * The purges that a request asks for. The store compares URLs as keys have them, path and query as
 * clients sent them, so they are handed on as they were written.
 * Throws `AdminProblem` `unusable-value`.
 */
export function readPurgeRequest(
  request: PurgeRequest,
  { siteIds, foldingSiteIds, exampleUrl }: PurgeSurroundings,
): readonly Purge[] {
  const { soft = false, site: siteId } = request;
  if (siteId !== undefined && !siteIds.includes(siteId)) {
    throw new AdminProblem('unusable-value', {
      detail: `there is no site ${JSON.stringify(siteId)}`,
      hint: `the sites are: ${siteIds.join(', ')}`,
    });
  }
  const purges = selectorsOf(request, exampleUrl).map((selector) => ({ selector, soft, siteId }));
  const folding = foldingSiteIds.filter((id) => siteId === undefined || id === siteId);
  return [...purges, ...folding.flatMap((id) => foldedPurges(purges, id))];
}

/** The tags among them, as a site has them that keeps them in lower case. */
function foldedPurges(purges: readonly Purge[], siteId: string): readonly Purge[] {
  return purges.flatMap(({ selector, soft }) => {
    if (selector.kind !== 'tag' || selector.tag === selector.tag.toLowerCase()) return [];
    return [{ selector: { kind: 'tag', tag: selector.tag.toLowerCase() }, soft, siteId }];
  });
}

function selectorsOf(request: PurgeRequest, exampleUrl: string | undefined): PurgeSelector[] {
  const { url, urls, prefix, host, tags, groups } = request;
  if (url !== undefined) return [{ kind: 'url', url: absoluteUrl(url, exampleUrl) }];
  if (urls !== undefined) {
    return urls.map((each) => ({ kind: 'url', url: absoluteUrl(each, exampleUrl) }));
  }
  if (prefix !== undefined) return [{ kind: 'prefix', prefix: absoluteUrl(prefix, exampleUrl) }];
  if (host !== undefined) return [{ kind: 'host', host: authority(host) }];
  if (tags !== undefined) return tags.map((tag) => ({ kind: 'tag', tag }));
  if (groups !== undefined) {
    return groups.map(({ origin, group }) => ({ kind: 'group', origin: webOrigin(origin), group }));
  }
  return [{ kind: 'everything' }];
}

const ABSOLUTE = /^https?:\/\/[^/?#\\]/iu;

function absoluteUrl(text: string, exampleUrl = 'http://127.0.0.1:8080/'): string {
  const url = URL.parse(text);
  if (!ABSOLUTE.test(text) || url === null || url.username !== '' || url.password !== '') {
    const example = URL.parse(text.startsWith('/') ? text : '/', exampleUrl)?.href ?? exampleUrl;
    throw new AdminProblem('unusable-value', {
      detail: `${JSON.stringify(text)} is not an absolute URL of a page`,
      hint: `write it as clients ask for it, for instance ${example}`,
    });
  }
  // What no client can send in a request line is encoded as a browser would. Nothing else is touched:
  // a key may hold dot segments and the like.
  return /[^!-~]/u.test(text) ? url.href : text;
}

const AUTHORITY = /^(?:\[[\da-f:.]+\]|[^\s:/?#@[\]\\]+)(?::\d{1,5})?$/iu;

function authority(text: string): string {
  if (AUTHORITY.test(text) && URL.canParse(`http://${text}/`)) return text;
  throw new AdminProblem('unusable-value', {
    detail: `${JSON.stringify(text)} is not a host`,
    hint: 'write a name, with a port where only that one is meant: "shop.example" or "127.0.0.1:8080"',
  });
}

function webOrigin(text: string): string {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!isHttp || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new AdminProblem('unusable-value', {
      detail: `${JSON.stringify(text)} is not an origin`,
      hint: 'a cache group belongs to an origin (RFC 9875 §2): scheme, host and port, such as "https://shop.example"',
    });
  }
  return url.origin;
}
