import { realpath } from 'node:fs/promises';

import { PopletError } from '@poplet/policy';

import { loadsOf, type Load, type LoadedText } from './page-loads.ts';

/** What is asked for that no file stands for: the answer to a page that is missing. */
const MISSING_PATH = '/a-page-that-is-not-there';

/**
 * Every path of a folder that its origin server answers with a file, and one that it does not. Throws PopletError
 * `invalid-option` where they cannot all be known.
 */
export async function folderPaths(
  folder: string,
  { cleanUrls }: { readonly cleanUrls: boolean },
): Promise<readonly string[]> {
  const { listSitePaths } = await import('@poplet/origin');
  const paths = await listSitePaths(await realpath(folder), { cleanUrls });
  if (paths === null) {
    throw new PopletError(
      'invalid-option',
      `what ${folder} is to answer cannot be listed: it has symbolic links, or more than 20,000 files`,
      { hint: 'serve it, and name a page of the server: poplet diff … http://localhost:5173/' },
    );
  }
  return [...paths.toSorted(), MISSING_PATH];
}

/** Longer texts are not searched for what they load. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

export interface PageUrls {
  /** The page, and what it loads from the same origin, in the order in which it was found. */
  readonly urls: readonly string[];
  /** How many others were left out: `limit` was reached. */
  readonly leftOut: number;
}

/**
 * A page and what it loads: what it names, what its styles and modules name, and so on. Scripts are not run.
 * Throws PopletError `upstream-unreachable` where the page itself cannot be had.
 */
export async function pageUrls(
  page: string,
  {
    limit,
    headers,
  }: { readonly limit: number; readonly headers: Readonly<Record<string, string>> },
): Promise<PageUrls> {
  const { href, origin } = withoutFragment(page);
  const found = new Map<string, Load['kind']>([[href, 'page']]);
  // A map goes on to what is added while it is walked through.
  for (const [url, kind] of found) {
    if (kind === undefined) continue;
    // The rest would only be counted.
    if (found.size > 10 * limit) break;
    const loaded = await textAt(url, { kind, headers, isPage: url === href });
    const loads = loaded === undefined ? [] : await loadsOf(loaded);
    for (const load of loads) {
      if (URL.parse(load.url)?.origin !== origin) continue;
      found.set(load.url, found.get(load.url) ?? load.kind);
    }
  }
  const urls = [...found.keys()];
  return { urls: urls.slice(0, limit), leftOut: Math.max(0, urls.length - limit) };
}

function withoutFragment(text: string): URL {
  const url = new URL(text);
  url.hash = '';
  return url;
}

interface Asked {
  readonly kind: LoadedText['kind'];
  readonly headers: Readonly<Record<string, string>>;
  readonly isPage: boolean;
}

/** Undefined where it is none, or elsewhere. */
async function textAt(
  url: string,
  { kind, headers, isPage }: Asked,
): Promise<LoadedText | undefined> {
  try {
    const response = await fetch(url, { headers });
    const isNear = URL.parse(response.url)?.origin === URL.parse(url)?.origin;
    const type = response.headers.get('content-type') ?? '';
    const isPlausible = kind !== 'page' || /^$|html|xml/iu.test(type);
    if (!isNear || !isPlausible) {
      await response.body?.cancel();
      return undefined;
    }
    const text = await firstOf(response);
    return { kind, text, url: response.url };
  } catch (error) {
    if (!isPage) return undefined;
    const { cause, message } = error as Error;
    throw new PopletError(
      'upstream-unreachable',
      `${url} cannot be had: ${cause instanceof Error ? cause.message : message}`,
      { hint: 'start that server first, or check the URL', cause: error },
    );
  }
}

/** The beginning of a body, as text. */
async function firstOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    bytes += (chunk as Uint8Array).length;
    if (bytes > MAX_TEXT_BYTES) break;
  }
  return text;
}
