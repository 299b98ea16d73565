import {
  splitSearch,
  uriOfKey,
  type PathSelector,
  type PurgeSelector,
  type StoredResponse,
} from '@poplet/policy';

import { SearchMarks } from './search-marks.ts';
import { MarkTable, type MarkTally, type PurgeMark } from './purge-marks.ts';
import { hostPartsOf, originOf, uriPartsOf, type UriParts } from './uri-parts.ts';
import {
  foldedTarget,
  isReached,
  pathPrefixOf,
  uriPrefixOf,
  type UriPrefix,
} from './uri-prefix.ts';

interface PrefixMark {
  readonly prefix: UriPrefix;
  /** Of the prefix as it was written. */
  readonly textLength: number;
  readonly seq: number;
  /** Undefined for a hard purge. */
  readonly softAtMs: number | undefined;
}

/** What has to be known of a response to tell whether a purge reaches it. */
export type Purgeable = Pick<
  StoredResponse,
  'primaryKey' | 'variantKey' | 'variance' | 'fetchedSeq' | 'validatedSeq' | 'tags' | 'groups'
>;

/** What the marks mean for one response: the least that has to be known to judge it. */
export class Finding {
  readonly response: Purgeable;
  readonly checkedSeq: number;
  readonly #hardAfterSeq: number;
  readonly #softAfterSeq: number;
  #softSeq = Infinity;
  isGone = false;
  /** Instant of the first soft purge since the response was validated and checked. */
  softAtMs: number | undefined;
  #uri: UriParts | undefined;

  constructor(response: Purgeable, checkedSeq: number) {
    this.response = response;
    this.checkedSeq = checkedSeq;
    this.#hardAfterSeq = Math.max(checkedSeq, response.fetchedSeq);
    this.#softAfterSeq = Math.max(checkedSeq, response.validatedSeq);
  }

  /** Taken apart only when a host, group, path or prefix was purged. */
  get uri(): UriParts | undefined {
    return (this.#uri ??= uriPartsOf(uriOfKey(this.response.primaryKey)));
  }

  hard(seq: number): void {
    if (seq > this.#hardAfterSeq) this.isGone = true;
  }

  soft(seq: number, atMs: number): void {
    if (seq <= this.#softAfterSeq || seq >= this.#softSeq) return;
    this.#softSeq = seq;
    this.softAtMs = atMs;
  }

  mark(mark: PurgeMark | undefined): void {
    if (mark === undefined) return;
    this.hard(mark.hardSeq);
    const soft = mark.firstSoftAfter(this.#softAfterSeq);
    if (soft !== undefined) this.soft(soft.seq, soft.atMs);
  }
}

/** All purges of one site, or all purges that name no site. */
export class PurgeScope {
  readonly #tally: MarkTally;
  readonly #everything: MarkTable;
  readonly #urls: MarkTable;
  readonly #searches = new SearchMarks();
  readonly #hosts: MarkTable;
  readonly #tags: MarkTable;
  readonly #groups: MarkTable;
  readonly #paths: MarkTable;
  /** Oldest first. */
  #prefixes: PrefixMark[] = [];
  #newestSeq = 0;

  constructor(tally: MarkTally) {
    this.#tally = tally;
    this.#everything = new MarkTable(tally);
    this.#urls = new MarkTable(tally);
    this.#hosts = new MarkTable(tally);
    this.#tags = new MarkTable(tally);
    this.#groups = new MarkTable(tally);
    this.#paths = new MarkTable(tally);
  }

  get isEmpty(): boolean {
    return this.#prefixes.length === 0 && this.#tables.every((table) => table.isEmpty);
  }

  get #tables(): readonly MarkTable[] {
    return [this.#everything, this.#urls, this.#hosts, this.#tags, this.#groups, this.#paths];
  }

  add(selector: PurgeSelector, seq: number, softAtMs: number | undefined): void {
    this.#newestSeq = seq;
    switch (selector.kind) {
      case 'everything':
        this.#everything.add('', seq, softAtMs);
        return;
      case 'url': {
        const url = normalizedUrl(selector.url);
        this.#urls.add(url, seq, softAtMs);
        this.#searches.add(url, seq);
        return;
      }
      case 'host':
        this.#hosts.add(normalizedHost(selector.host), seq, softAtMs);
        return;
      case 'tag':
        this.#tags.add(selector.tag, seq, softAtMs);
        return;
      case 'group':
        this.#groups.add(groupOf(selector.origin, selector.group), seq, softAtMs);
        return;
      case 'prefix': {
        const prefix = uriPrefixOf(selector.prefix);
        // A prefix without a host reaches nothing.
        if (prefix === undefined) return;
        this.#addPrefix({ prefix, textLength: selector.prefix.length, seq, softAtMs });
        return;
      }
      case 'path':
        if (selector.extent === 'exact') {
          for (const name of pathNamesOf(selector)) this.#paths.add(name, seq, softAtMs);
          return;
        }
        this.#addPrefix({
          prefix: pathPrefixOf(selector),
          textLength: selector.path.length,
          seq,
          softAtMs,
        });
        return;
      default:
        selector satisfies never;
    }
  }

  #addPrefix(mark: PrefixMark): void {
    this.#prefixes.push(mark);
    this.#tally.count += 1;
    this.#tally.textLength += mark.textLength;
  }

  /** One look-up per tag and group, and one comparison per prefix purged since the last check. */
  look(finding: Finding): void {
    const { checkedSeq, response } = finding;
    if (this.#newestSeq <= checkedSeq) return;
    if (this.#everything.newestSeq > checkedSeq) finding.mark(this.#everything.get(''));
    if (this.#urls.newestSeq > checkedSeq) {
      this.#lookAtUrls(finding);
    }
    if (this.#tags.newestSeq > checkedSeq) {
      for (const tag of response.tags) finding.mark(this.#tags.get(tag));
    }
    if (this.#hosts.newestSeq > checkedSeq && finding.uri !== undefined) {
      const { hostname, port } = finding.uri;
      finding.mark(this.#hosts.get(hostname));
      finding.mark(this.#hosts.get(`${hostname}:${port}`));
    }
    if (this.#groups.newestSeq > checkedSeq && finding.uri !== undefined) {
      const origin = originOf(finding.uri);
      for (const group of response.groups) finding.mark(this.#groups.get(`${origin} ${group}`));
    }
    if (this.#paths.newestSeq > checkedSeq && finding.uri !== undefined) {
      for (const name of namesOf(finding.uri, response)) finding.mark(this.#paths.get(name));
    }
    this.#lookAtPrefixes(finding);
  }

  // No-Vary-Search §Cache: a purge reaches whatever a GET of the URL would be answered with.
  #lookAtUrls(finding: Finding): void {
    const { checkedSeq, response } = finding;
    const { primaryKey, variance } = response;
    const url = uriOfKey(primaryKey);
    if (variance === null) {
      finding.mark(this.#urls.get(url));
      return;
    }
    for (const purged of this.#searches.equivalent(url, variance, checkedSeq)) {
      finding.mark(this.#urls.get(purged));
    }
  }

  #lookAtPrefixes(finding: Finding): void {
    for (let index = this.#prefixes.length - 1; index >= 0; index--) {
      const { prefix, seq, softAtMs } = this.#prefixes[index] as PrefixMark;
      if (seq <= finding.checkedSeq) return;
      if (finding.uri === undefined) continue;
      const { variance } = finding.response;
      if (!isReached(finding.uri, { prefix, answersOthers: variance !== null })) continue;
      if (softAtMs === undefined) finding.hard(seq);
      else finding.soft(seq, softAtMs);
    }
  }

  /** Drops purges up to and including `seq`. */
  forget(seq: number): void {
    this.#prefixes = this.#prefixes.filter((mark) => {
      if (mark.seq > seq) return true;
      this.#tally.count -= 1;
      this.#tally.textLength -= mark.textLength;
      return false;
    });
    for (const table of this.#tables) table.forget(seq);
    this.#searches.forget(seq);
  }
}

// Primary keys have the scheme and host in lower case and no default port; path and query are exact.
export function normalizedUrl(url: string): string {
  const parts = uriPartsOf(url);
  return parts === undefined ? url : `${originOf(parts)}${parts.target}`;
}

function normalizedHost(host: string): string {
  const parts = hostPartsOf(host);
  if (parts === undefined) return host;
  return parts.port === undefined ? parts.hostname : `${parts.hostname}:${parts.port}`;
}

/** Of an exact path: under what the marks of a purge stand. */
function pathNamesOf({ path, hostname, folds, variantKey }: PathSelector): readonly string[] {
  const host = hostname ?? ANY_HOST;
  if (folds) return [folded(host, path)];
  const name = `${host}${path}`;
  if (variantKey !== null) return [ofVariant(name, variantKey)];
  // What answers for other queries of its path too: which of them is not told apart.
  return [name, ofSearches(host, path)];
}

/** Under what the marks stand that reach a stored response. */
function namesOf(
  { hostname, target }: UriParts,
  { variance, variantKey }: Purgeable,
): readonly string[] {
  return [hostname, ANY_HOST].flatMap((host) => {
    const name = `${host}${target}`;
    const names = [name, folded(host, target), ofVariant(name, variantKey)];
    return variance === null ? names : [...names, ofSearches(host, target)];
  });
}

const ANY_HOST = '*';

// Neither a host nor a target has a space.
function folded(host: string, target: string): string {
  return `folded ${host}${foldedTarget(target)}`;
}

function ofVariant(name: string, variantKey: string): string {
  return `${name} ${variantKey}`;
}

function ofSearches(host: string, target: string): string {
  return `searches ${host}${splitSearch(target).path}`;
}

// RFC 9875 §2: a group belongs to one origin, and its name is case-sensitive. An origin has no space.
function groupOf(origin: string, group: string): string {
  const parts = uriPartsOf(origin);
  return `${parts === undefined ? origin : originOf(parts)} ${group}`;
}
