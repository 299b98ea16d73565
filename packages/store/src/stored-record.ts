import {
  StoredFields,
  type Coding,
  type Segment,
  type StoredFacts,
  type StoredResponse,
} from '@poplet/policy';

/** A stored response as plain data, and where its body lies. */
export interface StoredRecord {
  readonly response: PlainResponse;
  readonly segments: readonly Segment[];
  /** The same body in other codings, in the order in which they were added. Absent: none. */
  readonly codings?: readonly CodedSegments[];
  /** Purge sequence up to which it was found alive; `fetchedSeq` where it was never checked. */
  readonly checkedSeq: number;
  /** Virtual instant of a soft purge up to `checkedSeq` that reached it. */
  readonly softPurgedAtMs: number | null;
}

interface CodedSegments {
  readonly coding: Coding;
  readonly segments: readonly Segment[];
}

/** What JSON can carry of a stored response: all of it. */
export interface PlainResponse extends Omit<
  StoredResponse,
  'fields' | 'variance' | 'codings' | 'facts'
> {
  /** The packed block. */
  readonly fields: string;
  readonly variance: PlainVariance | null;
  readonly facts: PlainFacts;
}

type WindowName = 'staleWhileRevalidateSeconds' | 'staleIfErrorSeconds';

/** Seconds; JSON has no word for a window without an end, and writes Infinity as null, which is none. */
type PlainWindow = number | null | 'endless';

type PlainFacts = Omit<StoredFacts, WindowName> & {
  readonly [Name in WindowName]: PlainWindow;
};

type PlainVariance = Omit<NonNullable<StoredResponse['variance']>, 'names'> & {
  readonly names: readonly string[];
};

export function plainResponseOf(response: StoredResponse): PlainResponse {
  const { variance, fields } = response;
  return {
    primaryKey: response.primaryKey,
    rule: response.rule,
    variantKey: response.variantKey,
    variance: variance === null ? null : { ...variance, names: [...variance.names] },
    status: response.status,
    statusText: response.statusText,
    fields: fields.block,
    trailers: response.trailers,
    bodyBytes: response.bodyBytes,
    part: response.part,
    requestAtMs: response.requestAtMs,
    responseAtMs: response.responseAtMs,
    residentSinceMs: response.residentSinceMs,
    fetchedSeq: response.fetchedSeq,
    validatedSeq: response.validatedSeq,
    tags: response.tags,
    groups: response.groups,
    facts: {
      ...response.facts,
      staleWhileRevalidateSeconds: plainWindowOf(response.facts.staleWhileRevalidateSeconds),
      staleIfErrorSeconds: plainWindowOf(response.facts.staleIfErrorSeconds),
    },
  };
}

export function storedResponseOf({
  variance,
  fields,
  facts,
  ...others
}: PlainResponse): StoredResponse {
  return {
    ...others,
    fields: new StoredFields(fields),
    variance: storedVarianceOf(variance),
    facts: {
      ...facts,
      staleWhileRevalidateSeconds: storedWindowOf(facts.staleWhileRevalidateSeconds),
      staleIfErrorSeconds: storedWindowOf(facts.staleIfErrorSeconds),
    },
  };
}

function plainWindowOf(seconds: number | null): PlainWindow {
  return seconds === Infinity ? 'endless' : seconds;
}

function storedWindowOf(plain: PlainWindow): number | null {
  return plain === 'endless' ? Infinity : plain;
}

/** As a record has it: with the codings that lie beside its body. */
export function recordedResponseOf({
  response,
  codings = [],
}: Pick<StoredRecord, 'response' | 'codings'>): StoredResponse {
  const named = codings.map(({ coding, segments }) => ({
    coding,
    bodyBytes: segments.reduce((bytes, { lengthBytes }) => bytes + lengthBytes, 0),
  }));
  return { ...storedResponseOf(response), codings: named };
}

export function storedVarianceOf(variance: PlainVariance | null): StoredResponse['variance'] {
  return variance === null ? null : { ...variance, names: new Set(variance.names) };
}
