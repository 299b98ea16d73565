import type { SearchVariance, StoredResponse } from '@poplet/policy';

/**
 * What a stored response takes beside its text and body: its index entry, the
 * places in the maps, the buffer around the body. Some 430 bytes of V8's were measured on Node 26, and
 * 400 of the allocator's around a short body.
 */
const ENTRY_BYTES = 1024;

/** What a text takes in a list beside its characters: its own head and the place in the list. */
const LISTED_TEXT_BYTES = 32;

/** Length of a stored body, in all the codings in which it is kept. */
export function bodiesBytesOf({
  bodyBytes,
  codings = [],
}: Pick<StoredResponse, 'bodyBytes' | 'codings'>): number {
  let bytes = bodyBytes;
  for (const coded of codings) bytes += coded.bodyBytes;
  return bytes;
}

/**
 * What a stored response takes in memory without its bodies, in round figures: all of its text, at a
 * byte per character, and a fixed cost. Values that responses share are counted for each of them.
 */
export function heldBytesOf(response: StoredResponse): number {
  const { primaryKey, rule, variantKey, variance, fields, statusText, facts } = response;
  return (
    ENTRY_BYTES +
    primaryKey.length +
    rule.id.length +
    listBytes(rule.names) +
    variantKey.length +
    (variance === null ? 0 : varianceBytes(variance, primaryKey)) +
    statusText.length +
    fields.block.length +
    (facts.etag?.opaque.length ?? 0) +
    listBytes(response.trailers) +
    listBytes(response.tags) +
    listBytes(response.groups)
  );
}

// What a query comes to under a variance is kept beside the key, and is about as long.
function varianceBytes({ id, names }: SearchVariance, primaryKey: string): number {
  return id.length + names.size * LISTED_TEXT_BYTES + primaryKey.length;
}

function listBytes(texts: readonly string[]): number {
  let bytes = 0;
  for (const text of texts) bytes += text.length + LISTED_TEXT_BYTES;
  return bytes;
}
