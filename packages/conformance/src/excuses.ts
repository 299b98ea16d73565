/**
 * Where http-cache-semantics 4.3.0 is known to differ, and the clause that speaks for this side. Each
 * is a predicate over the exchange; the case that fixes the behaviour is named beside it.
 */
import type { Verdict } from './oracle.ts';
import { EXCHANGE_AT_MS } from './random-exchange.ts';
import type { RandomExchange } from './random-exchange.ts';

interface Difference {
  readonly exchange: RandomExchange;
  readonly ours: Verdict;
  readonly theirs: Verdict;
}

export interface Excuse {
  readonly id: string;
  /**
   * Which side it speaks for: `stricter` when this side asks (or refreshes) where the other reuses,
   * `looser` when it reuses where the other asks. What nobody may reuse is judged before any excuse.
   */
  readonly direction: 'stricter' | 'looser' | 'either';
  readonly clause: string;
  readonly why: string;
  /** Cases that fix what happens here. */
  readonly cases: readonly string[];
  readonly applies: (difference: Difference) => boolean;
}

const BOLDNESS: Readonly<Record<Verdict, number>> = { ask: 0, 'reuse-and-refresh': 1, reuse: 2 };

export function isExcused({ direction, applies }: Excuse, difference: Difference): boolean {
  const isLooser = BOLDNESS[difference.ours] > BOLDNESS[difference.theirs];
  const isOfDirection = direction === 'either' || (direction === 'looser') === isLooser;
  return isOfDirection && applies(difference);
}

export const EXCUSES: readonly Excuse[] = [
  {
    id: 'targeted-field',
    direction: 'either',
    clause: 'RFC 9213 §2.2',
    why: 'CDN-Cache-Control is unknown to it',
    cases: ['freshness-cdn-over-cache-control'],
    applies: ({ exchange }) => exchange.response['cdn-cache-control'] !== undefined,
  },
  {
    id: 'directive-case',
    direction: 'either',
    clause: 'RFC 9111 §5.2',
    why: 'it compares the names of directives case-sensitively',
    cases: ['freshness-max-age-upper-case', 'storability-no-store-upper-case'],
    applies: ({ exchange }) =>
      allDirectives(exchange).some(({ name }) => name !== name.toLowerCase()),
  },
  {
    id: 'head-from-get',
    direction: 'looser',
    clause: 'RFC 9110 §9.3.2',
    why: 'it never answers HEAD from a stored GET',
    cases: ['head-from-get'],
    applies: ({ exchange, theirs }) => exchange.secondMethod === 'HEAD' && theirs === 'ask',
  },
  {
    id: 'must-revalidate-while-fresh',
    direction: 'looser',
    clause: 'RFC 9111 §5.2.2.2',
    why: 'it has must-revalidate force a check of a fresh response',
    cases: ['stale-must-revalidate-while-fresh'],
    applies: ({ exchange, ours, theirs }) =>
      has(exchange, 'must-revalidate') && ours === 'reuse' && theirs === 'ask',
  },
  {
    id: 'proxy-revalidate-lifetime',
    direction: 'either',
    clause: 'RFC 9111 §5.2.2.8',
    why: 'it takes proxy-revalidate for a lifetime of 0, and lets max-stale and stale-while-revalidate override it',
    cases: ['stale-swr-beside-proxy-revalidate', 'stale-proxy-revalidate-validates'],
    applies: ({ exchange }) => has(exchange, 'proxy-revalidate'),
  },
  {
    id: 's-maxage-stale',
    direction: 'stricter',
    clause: 'RFC 9111 §5.2.2.10',
    why: 'it serves a stale response with s-maxage',
    cases: ['stale-swr-beside-s-maxage-60'],
    applies: ({ exchange, ours, theirs }) =>
      has(exchange, 's-maxage') && ours === 'ask' && theirs !== 'ask',
  },
  {
    id: 'no-cache-stale',
    direction: 'stricter',
    clause: 'RFC 9111 §5.2.2.4',
    why: 'it lets max-stale and stale-while-revalidate override no-cache in the response',
    cases: ['request-max-stale-beside-no-cache-response', 'stale-swr-no-cache-response'],
    applies: ({ exchange, ours, theirs }) =>
      has(exchange, 'no-cache') && ours === 'ask' && theirs !== 'ask',
  },
  {
    id: 'qualified-forms',
    direction: 'looser',
    clause: 'RFC 9111 §5.2.2.4, §5.2.2.7',
    why: 'it takes the qualified forms of no-cache and private for the unqualified ones',
    cases: ['storability-private-qualified', 'storability-no-cache-qualified'],
    applies: ({ exchange, theirs }) =>
      theirs !== 'reuse' &&
      responseDirectives(exchange).some(
        ({ name, value }) => (name === 'private' || name === 'no-cache') && value !== undefined,
      ),
  },
  {
    id: 'repeated-directive',
    direction: 'either',
    clause: 'RFC 9111 §4.2.1',
    why: 'of repeated directives it takes the last',
    cases: ['freshness-max-age-duplicate-lowest', 'freshness-max-age-duplicate-lowest-first'],
    applies: ({ exchange: { response, validation, second } }) =>
      hasRepeated(directivesIn(response['cache-control'])) ||
      hasRepeated(directivesIn(validation?.says['cache-control'])) ||
      hasRepeated(directivesIn(second['cache-control'])),
  },
  {
    id: 'malformed-lifetime',
    direction: 'either',
    clause: 'RFC 9111 §4.2.1',
    why: 'it reads the number that a malformed lifetime begins with, and ignores one without',
    cases: ['freshness-invalid-fraction', 'freshness-invalid-missing'],
    applies: ({ exchange }) =>
      responseDirectives(exchange).some(
        ({ name, value }) =>
          (name === 'max-age' || name === 's-maxage') && !/^"?\d+"?$/u.test(value ?? ''),
      ),
  },
  {
    id: 'malformed-wish',
    direction: 'either',
    clause: 'RFC 9111 §5.2.1',
    why: 'it takes a wish that cannot be read for 0',
    cases: ['request-max-age-malformed', 'request-min-fresh-malformed'],
    applies: ({ exchange }) =>
      requestDirectives(exchange).some(({ value }) => value !== undefined && !/^\d+$/u.test(value)),
  },
  {
    id: 'apparent-age',
    direction: 'stricter',
    clause: 'RFC 9111 §4.2.3',
    why: 'it takes no age from Date',
    cases: ['freshness-age-date-in-past'],
    applies: ({ exchange, ours }) => ours !== 'reuse' && isDateOld(exchange),
  },
  {
    id: 'malformed-age',
    direction: 'either',
    clause: 'RFC 9111 §5.1',
    why: 'it reads the number that a malformed Age begins with',
    cases: ['freshness-age-negative', 'freshness-age-fraction'],
    applies: ({ exchange }) => /[-.]/u.test(exchange.response['age'] ?? ''),
  },
  {
    id: 'must-understand',
    direction: 'looser',
    clause: 'RFC 9111 §5.2.2.3',
    why: 'it does not know must-understand',
    cases: ['storability-must-understand-overrides-no-store'],
    applies: ({ exchange }) => has(exchange, 'must-understand'),
  },
  {
    id: 'any-final-status',
    direction: 'looser',
    clause: 'RFC 9111 §3',
    why: 'it stores no status that it does not know, must-understand or not',
    cases: ['storability-status-400-explicit', 'storability-status-503-explicit'],
    applies: ({ exchange, theirs }) =>
      theirs === 'ask' && [299, 400, 500, 503].includes(exchange.status),
  },
  {
    id: 'immutable-lifetime',
    direction: 'stricter',
    clause: 'RFC 8246 §2',
    why: 'it takes immutable for a lifetime of its own',
    cases: ['immutable-without-lifetime'],
    applies: ({ exchange, theirs }) => has(exchange, 'immutable') && theirs === 'reuse',
  },
  {
    id: 'immutable-reload',
    direction: 'looser',
    clause: 'RFC 8246 §2.1',
    why: 'it asks the origin on a reload of a fresh immutable response',
    cases: ['immutable-reload'],
    applies: ({ exchange, ours, theirs }) =>
      has(exchange, 'immutable') &&
      wants(exchange, 'max-age') &&
      ours === 'reuse' &&
      theirs === 'ask',
  },
  {
    id: 'set-cookie',
    direction: 'either',
    clause: 'RFC 9111 §7.3',
    why: 'it gives a response with Set-Cookie no lifetime without public, and keeps one that is never fresh',
    cases: ['storability-set-cookie-explicit', 'storability-set-cookie-without-lifetime'],
    applies: ({ exchange }) => exchange.response['set-cookie'] !== undefined,
  },
  {
    id: 'personal-guess',
    direction: 'stricter',
    clause: 'RFC 9111 §4.2.2',
    why: 'it guesses a lifetime for the answer to a request with Cookie or Authorization',
    cases: [
      'storability-heuristic-not-with-cookie',
      'storability-heuristic-not-with-authorization',
    ],
    applies: ({ exchange: { first, response }, ours }) =>
      ours !== 'reuse' &&
      (first['cookie'] !== undefined || first['authorization'] !== undefined) &&
      response['last-modified'] !== undefined,
  },
  {
    id: 'personal-stale',
    direction: 'stricter',
    clause: 'RFC 9111 §4.2.4',
    why: 'it serves stale what was fetched with Cookie or Authorization and has no lifetime',
    cases: ['stale-personal-cookie-strong-etag', 'stale-personal-cookie-weak-etag'],
    applies: ({ exchange: { first, second } }) =>
      (first['cookie'] !== undefined || first['authorization'] !== undefined) &&
      /max-stale/u.test(second['cache-control'] ?? ''),
  },
  {
    id: 'not-modified-adds',
    direction: 'either',
    clause: 'RFC 9111 §3.2',
    why: 'of a 304 it takes only the fields that were there before',
    cases: ['validation-304-updates'],
    applies: ({ exchange: { response, validation } }) =>
      Object.keys(validation?.says ?? {}).some((name) => response[name] === undefined),
  },
  {
    id: 'guess-rounded',
    direction: 'stricter',
    clause: 'RFC 9111 §1.2.2',
    why: 'it guesses fractions of a second, where the Date of a 304 makes any',
    cases: ['storability-heuristic-fraction'],
    applies: ({ exchange: { response, validation } }) =>
      response['last-modified'] !== undefined && (validation?.afterSeconds ?? 0) % 10 !== 0,
  },
  {
    id: 'not-modified-date',
    direction: 'either',
    clause: 'RFC 9111 §3.2',
    why: 'without a Date before, it takes none from the 304, and counts from Expires and Last-Modified differently',
    cases: ['validation-304-date'],
    applies: ({ exchange: { response, validation } }) =>
      validation !== undefined && response['date'] === undefined,
  },
  {
    id: 'not-modified-age',
    direction: 'looser',
    clause: 'RFC 9111 §4.2.3',
    why: 'it keeps the Age of before where the 304 has none',
    cases: ['validation-304-without-age'],
    applies: ({ exchange: { response, validation } }) =>
      validation !== undefined &&
      response['age'] !== undefined &&
      validation.says['age'] === undefined,
  },
  {
    id: 'of-no-use',
    direction: 'stricter',
    clause: 'RFC 9111 §3',
    why: 'it stores what has neither lifetime nor validator, for whoever says max-stale',
    cases: ['storability-nothing-given', 'storability-max-age-0-without-validator'],
    applies: ({ exchange: { response, second }, ours }) =>
      ours === 'ask' &&
      response['etag'] === undefined &&
      response['last-modified'] === undefined &&
      /max-stale/u.test(second['cache-control'] ?? ''),
  },
  {
    id: 'max-age-0',
    direction: 'stricter',
    clause: 'RFC 9111 §5.2.1.1',
    why: 'it serves a response of age 0 to a client that says max-age=0',
    cases: ['request-max-age-0'],
    applies: ({ exchange, ours }) => ours === 'ask' && wants(exchange, 'max-age', '0'),
  },
  {
    id: 'max-stale-bound',
    direction: 'looser',
    clause: 'RFC 9111 §5.2.1.2',
    why: 'it takes "no more than" for "less than"',
    cases: ['request-max-stale-within'],
    applies: ({ exchange, ours, theirs }) =>
      wants(exchange, 'max-stale') && ours === 'reuse' && theirs !== 'reuse',
  },
  {
    id: 'swr-bound',
    direction: 'looser',
    clause: 'RFC 5861 §3',
    why: 'it takes "up to" for "less than"',
    cases: ['stale-swr-last-second'],
    applies: ({ exchange, ours, theirs }) =>
      has(exchange, 'stale-while-revalidate') && ours === 'reuse-and-refresh' && theirs === 'ask',
  },
  {
    id: 'client-refuses-stale',
    direction: 'stricter',
    clause: 'RFC 9111 §5.2.1.1',
    why: 'it serves stale while revalidating to a client that limits the age',
    cases: ['stale-swr-client-max-age-3600'],
    applies: ({ exchange, ours, theirs }) =>
      (wants(exchange, 'max-age') || wants(exchange, 'min-fresh')) &&
      ours === 'ask' &&
      theirs === 'reuse-and-refresh',
  },
  {
    id: 'pragma-beside-cache-control',
    direction: 'looser',
    clause: 'RFC 9111 §5.4',
    why: 'it obeys Pragma in requests that carry Cache-Control',
    cases: ['request-pragma-beside-cache-control'],
    applies: ({ exchange: { second }, ours, theirs }) =>
      second['pragma'] !== undefined &&
      second['cache-control'] !== undefined &&
      ours !== 'ask' &&
      theirs === 'ask',
  },
  {
    id: 'pragma-in-response',
    direction: 'either',
    clause: 'RFC 9111 §5.4',
    why: 'it obeys Pragma in responses, where it never had a meaning',
    cases: ['freshness-pragma-in-response'],
    applies: ({ exchange: { response } }) =>
      response['pragma'] !== undefined && response['cache-control'] === undefined,
  },
  {
    id: 'vary-normalisation',
    direction: 'looser',
    clause: 'RFC 9111 §4.1',
    why: 'it compares the values of nominated fields as text',
    cases: ['vary-accept-language-order'],
    applies: ({ exchange: { first, second, response }, ours, theirs }) =>
      response['vary'] !== undefined &&
      theirs === 'ask' &&
      ours !== 'ask' &&
      first['accept-language'] !== second['accept-language'] &&
      squeezed(first['accept-language']) === squeezed(second['accept-language']),
  },
];

export interface Directive {
  readonly name: string;
  readonly value: string | undefined;
}

export function directivesIn(text: string | undefined): readonly Directive[] {
  if (text === undefined) return [];
  return text.split(', ').map((member) => {
    const [name = '', value] = member.split('=', 2);
    return { name, value };
  });
}

/** Of the response, and of the 304. */
function responseDirectives({ response, validation }: RandomExchange): readonly Directive[] {
  return [
    ...directivesIn(response['cache-control']),
    ...directivesIn(validation?.says['cache-control']),
  ];
}

/** Of both requests. */
function requestDirectives({ first, second }: RandomExchange): readonly Directive[] {
  return [...directivesIn(first['cache-control']), ...directivesIn(second['cache-control'])];
}

function allDirectives(exchange: RandomExchange): readonly Directive[] {
  return [...responseDirectives(exchange), ...requestDirectives(exchange)];
}

function has(exchange: RandomExchange, name: string): boolean {
  return responseDirectives(exchange).some((directive) => directive.name === name);
}

function wants({ second }: RandomExchange, name: string, value?: string): boolean {
  return directivesIn(second['cache-control']).some(
    (directive) => directive.name === name && (value === undefined || directive.value === value),
  );
}

function hasRepeated(directives: readonly Directive[]): boolean {
  const names = directives.map(({ name }) => name);
  return new Set(names).size < names.length;
}

function isDateOld({ response }: RandomExchange): boolean {
  return response['date'] !== undefined && Date.parse(response['date']) < EXCHANGE_AT_MS;
}

function squeezed(value: string | undefined): string | undefined {
  return value?.replaceAll(' ', '').toLowerCase();
}
