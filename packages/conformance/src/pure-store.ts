import {
  answersFor,
  isInPreferredLanguage,
  splitSearch,
  uriOfKey,
  variantKeyOf,
} from '@poplet/policy';
import type {
  Candidate,
  Coding,
  FieldLines,
  Found,
  IncomingFields,
  Purge,
  PathSelector,
  PurgeSelector,
  StoredResponse,
} from '@poplet/policy';

interface Entry {
  response: StoredResponse;
}

/** The body of a response, a byte per character, and what was made of it. */
interface Body {
  readonly bytes: string;
  readonly codings: Map<Coding, string>;
}

interface PurgeMark {
  readonly selector: PurgeSelector;
  readonly soft: boolean;
  readonly seq: number;
  readonly atMs: number;
}

/**
 * The smallest store that keeps the promises of `Store`: one list, searched in full. Purges are
 * kept as marks and judged on each look, so nothing is ever cleaned up.
 */
export class PureStore {
  /** Latest stored first. */
  #entries: Entry[] = [];
  /** Bodies outlive their entries for whoever is still reading. */
  readonly #bodies = new WeakMap<StoredResponse, Body>();
  readonly #marks: PurgeMark[] = [];
  #seq = 0;

  get sequence(): number {
    return this.#seq;
  }

  find(primaryKey: string, fields: IncomingFields): Found {
    const alive = this.#entries.filter(
      (entry) => answersFor(entry.response, primaryKey) && !this.#isDead(entry),
    );
    const isSelected = ({ response }: Entry): boolean =>
      variantKeyOf(response.rule, fields) === response.variantKey;
    const candidate = (entry: Entry): Candidate => ({
      response: entry.response,
      softPurgedAtMs: this.#softPurgedAtMs(entry),
    });
    const others = alive.filter((entry) => !isSelected(entry));
    return {
      selected: alive.filter(isSelected).map(candidate),
      siblings: others.map(candidate),
      inLanguage: others
        .filter(({ response }) => isInPreferredLanguage(response, fields))
        .map(candidate),
    };
  }

  bodyOf(response: StoredResponse, coding?: Coding): string {
    const { bytes, codings } = this.#bodyOf(response);
    const body = coding === undefined ? bytes : codings.get(coding);
    if (body === undefined) throw new Error(`no ${coding} of ${response.primaryKey}`);
    return body;
  }

  #bodyOf(response: StoredResponse): Body {
    const body = this.#bodies.get(response);
    if (body === undefined) throw new Error(`no body for ${response.primaryKey}`);
    return body;
  }

  /** Does nothing where the response is stored no longer, or in part. */
  addCoding(response: StoredResponse, coding: Coding, content: string): void {
    const body = this.#bodies.get(response);
    if (body === undefined) return;
    const entry = this.#entries.find((one) => this.#bodies.get(one.response) === body);
    if (entry === undefined || this.#isDead(entry) || entry.response.part !== null) return;
    body.codings.set(coding, content);
    const codings = [...body.codings].map(([name, { length: bodyBytes }]) => ({
      coding: name,
      bodyBytes,
    }));
    entry.response = { ...entry.response, codings };
    this.#bodies.set(entry.response, body);
  }

  /** Whether it is stored still. */
  has(response: StoredResponse): boolean {
    return this.#entries.some((entry) => entry.response === response && !this.#isDead(entry));
  }

  /** False when the response was purged while it was being fetched. */
  insert(
    response: StoredResponse,
    { body, trailers }: { readonly body: string; readonly trailers: FieldLines },
  ): boolean {
    const entry = { response: { ...response, bodyBytes: body.length, trailers } };
    if (this.#isDead(entry)) return false;
    const others = this.#entries.filter((one) => !isSamePlace(one.response, response));
    const kept = { bytes: body, codings: new Map() };
    this.#bodies.set(entry.response, kept).set(response, kept);
    this.#entries = [entry, ...others];
    return true;
  }

  /** A 304: the same body under new metadata. False when the old response is gone by now. */
  update(old: StoredResponse, updated: StoredResponse): boolean {
    this.#bodies.set(updated, this.#bodyOf(old));
    const entry = this.#entries.find((one) => one.response === old);
    if (entry === undefined || this.#isDead(entry)) return false;
    entry.response = updated;
    // What the 304 brought may put it within reach of an earlier purge.
    return !this.#isDead(entry);
  }

  remove(response: StoredResponse): void {
    this.#entries = this.#entries.filter((one) => one.response !== response);
  }

  /** Whether a purge, hard or soft, reached a response on its way. */
  isPurgedSince(response: StoredResponse): boolean {
    const entry = { response };
    return this.#isDead(entry) || this.#softPurgedAtMs(entry) !== undefined;
  }

  purge(purges: readonly Purge[], nowMs: number): void {
    this.#seq += 1;
    for (const { selector, soft } of purges) {
      this.#marks.push({ selector, soft, seq: this.#seq, atMs: nowMs });
    }
  }

  #isDead(entry: Entry): boolean {
    const { fetchedSeq } = entry.response;
    return this.#marks.some(
      (mark) => !mark.soft && fetchedSeq < mark.seq && isSelectedBy(mark.selector, entry),
    );
  }

  #softPurgedAtMs(entry: Entry): number | undefined {
    const { validatedSeq } = entry.response;
    return this.#marks.find(
      (mark) => mark.soft && validatedSeq < mark.seq && isSelectedBy(mark.selector, entry),
    )?.atMs;
  }
}

function isSamePlace(one: StoredResponse, other: StoredResponse): boolean {
  return (
    one.rule.id === other.rule.id &&
    one.variantKey === other.variantKey &&
    one.variance?.id === other.variance?.id &&
    answersFor(one, other.primaryKey)
  );
}

function isSelectedBy(selector: PurgeSelector, { response }: Entry): boolean {
  const uri = uriOfKey(response.primaryKey);
  switch (selector.kind) {
    case 'url':
      // Whatever a GET of that URL would be answered with.
      return answersFor(response, response.primaryKey.slice(0, -uri.length) + selector.url);
    case 'prefix': {
      const mark = response.variance === null ? -1 : selector.prefix.indexOf('?');
      return mark === -1
        ? uri.startsWith(selector.prefix)
        : splitSearch(uri).path === selector.prefix.slice(0, mark);
    }
    case 'host':
      return new URL(uri).host === selector.host;
    case 'path':
      return isAtPath(response, selector);
    case 'tag':
      return response.tags.includes(selector.tag);
    case 'group':
      return new URL(uri).origin === selector.origin && response.groups.includes(selector.group);
    case 'everything':
      return true;
    default:
      return selector satisfies never;
  }
}

function isAtPath(
  { primaryKey, variantKey: ownKey }: StoredResponse,
  { path, extent, hostname, folds, variantKey }: PathSelector,
): boolean {
  const { origin, hostname: host } = new URL(uriOfKey(primaryKey));
  const written = uriOfKey(primaryKey).slice(origin.length);
  const target = folds ? splitSearch(written).path.toLowerCase() : written;
  const wanted = folds ? splitSearch(path).path.toLowerCase() : path;
  return (
    (hostname === null || hostname === host) &&
    (variantKey === null || variantKey === ownKey) &&
    (extent === 'exact' ? target === wanted : target.startsWith(wanted))
  );
}
