/**
 * Random exchanges: a request that brings a response, perhaps a validation that the origin answers
 * with a 304, some time, and a second request for the same URL. What is common is drawn often, what is malformed or rare seldom.
 */
import * as fc from 'fast-check';

import { imfFixdate } from './macros.ts';

/** Header fields by lower-case name, one line each. */
export type FieldMap = Readonly<Record<string, string>>;

export interface RandomExchange {
  readonly first: FieldMap;
  readonly status: number;
  readonly response: FieldMap;
  /** The first request again, with no-cache; undefined when there is none, or no validator to ask with. */
  readonly validation: RandomValidation | undefined;
  /** Since the response, or the 304 where there is one. */
  readonly elapsedSeconds: number;
  readonly secondMethod: 'GET' | 'HEAD';
  readonly second: FieldMap;
}

export interface RandomValidation {
  readonly afterSeconds: number;
  /** What the 304 says: beside Date, and the validators of the response. */
  readonly says: FieldMap;
}

/** A whole second: neither side rounds. */
export const EXCHANGE_AT_MS = 1_795_348_800_000;

const STATUSES = [200, 200, 200, 200, 203, 204, 299, 301, 302, 307, 308, 400, 404, 410, 500, 503];
const SECONDS = fc.constantFrom(0, 1, 10, 30, 60, 60, 100, 100, 3600, 3600);

const AMOUNTS = ['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error'];
const PERMISSIONS = ['public', 'public', 'must-revalidate', 'proxy-revalidate'];
const REFUSALS = ['no-cache', 'no-store', 'private'];

const responseDirective = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constantFrom(...AMOUNTS), SECONDS).map(withValue) },
  { weight: 3, arbitrary: fc.constantFrom(...PERMISSIONS) },
  { weight: 1, arbitrary: fc.constantFrom(...REFUSALS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('immutable', 'must-understand', 'no-transform', 'x-ext=1'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'MAX-AGE=60',
      'No-Store',
      'PRIVATE',
      'max-age="60"',
      'max-age=60.5',
      'max-age=abc',
      'max-age',
      's-maxage=-1',
      'no-cache="x-stamp"',
      'private="x-user"',
    ),
  },
);

const requestDirective = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('max-age', 'min-fresh', 'max-stale'), SECONDS)
      .map(withValue),
  },
  { weight: 2, arbitrary: fc.constantFrom('max-stale', 'no-cache', 'no-store', 'only-if-cached') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('MAX-AGE=10', 'max-age=soon', 'No-Cache', 'min-fresh=x'),
  },
);

/** An IMF-fixdate so many seconds from the exchange. */
const date = (...offsets: readonly number[]): fc.Arbitrary<string> =>
  fc.constantFrom(...offsets).map((seconds) => imfFixdate(EXCHANGE_AT_MS + seconds * 1000));

const response = fc
  .record({
    'cache-control': sometimes(8, 10, list(responseDirective, 3)),
    'cdn-cache-control': sometimes(1, 20, list(responseDirective, 2)),
    expires: sometimes(2, 10, fc.oneof(date(-60, 0, 60, 3600), fc.constantFrom('0', '-1'))),
    date: sometimes(9, 10, date(0, 0, 0, 0, 0, 0, -30, -100, 3600)),
    age: sometimes(
      2,
      10,
      fc.constantFrom('0', '5', '30', '59', '60', '100', '30, 5', '-30', '30.5', 'old'),
    ),
    etag: sometimes(5, 10, fc.constant('"v1"')),
    'last-modified': sometimes(4, 10, date(-100, -1000, -36_000, 0, 3600)),
    vary: sometimes(
      2,
      10,
      fc.constantFrom('x-kind', 'x-kind', 'X-Kind', 'X-Kind, accept-language', 'x-kind, *'),
    ),
    'set-cookie': sometimes(1, 10, fc.constant('sid=1')),
    pragma: sometimes(1, 30, fc.constant('no-cache')),
  })
  .map(present);

function requestFields(directives: fc.Arbitrary<string | undefined>): fc.Arbitrary<FieldMap> {
  return fc
    .record({
      'cache-control': directives,
      authorization: sometimes(1, 20, fc.constant('Basic YTpi')),
      cookie: sometimes(1, 10, fc.constant('sid=1')),
      pragma: sometimes(1, 20, fc.constant('no-cache')),
      'x-kind': sometimes(9, 10, fc.constantFrom('a', 'a', 'a', 'a', 'a', 'b', 'a, b', 'a,b')),
      'accept-language': sometimes(1, 8, fc.constantFrom('de', 'DE', 'fr')),
    })
    .map(present);
}

const validation: fc.Arbitrary<RandomValidation> = fc.record({
  afterSeconds: fc.constantFrom(0, 1, 30, 61, 100, 3600),
  says: fc
    .record({
      'cache-control': sometimes(6, 10, list(responseDirective, 3)),
      age: sometimes(1, 10, fc.constantFrom('0', '5', '60')),
    })
    .map(present),
});

export const randomExchange: fc.Arbitrary<RandomExchange> = fc.record({
  first: requestFields(sometimes(1, 20, fc.constantFrom('no-store', 'no-cache', 'max-age=0'))),
  status: fc.constantFrom(...STATUSES),
  response,
  validation: sometimes(3, 10, validation),
  elapsedSeconds: fc.constantFrom(0, 1, 9, 10, 29, 30, 31, 59, 60, 61, 90, 99, 100, 101, 130),
  secondMethod: fc.constantFrom('GET', 'GET', 'GET', 'GET', 'GET', 'HEAD'),
  second: requestFields(sometimes(3, 10, list(requestDirective, 2))),
});

function withValue([name, seconds]: readonly [string, number]): string {
  return `${name}=${seconds}`;
}

function list(directive: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> {
  return fc
    .array(directive, { minLength: 1, maxLength })
    .map((directives) => directives.join(', '));
}

/** The value `part` times of `whole`, else undefined. */
function sometimes<T>(
  part: number,
  whole: number,
  value: fc.Arbitrary<T>,
): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: part, arbitrary: value },
    { weight: whole - part, arbitrary: fc.constant(undefined) },
  );
}

function present(fields: Readonly<Record<string, string | undefined>>): FieldMap {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
