import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, OriginAnswer } from '@poplet/conformance';
import type { Coding, ContentCoding } from '@poplet/policy';

const LANGUAGE = ['RFC 9110 §12.5.4', 'RFC 9111 §4.1'];

type Fields = Readonly<Record<string, string>>;

/** Fresh for ten minutes. */
function fresh(headers: Fields): OriginAnswer {
  return { headers: { 'Cache-Control': 'max-age=600', ...headers } };
}

// ── normalisation ──────────────────────────────────────────────────────────────────────────────

/** Stored for one value, asked for with another: the same wish or not. No Content-Language is in play. */
function wished(
  told: Pick<Case, 'id' | 'title'> & {
    readonly field: 'Accept-Language' | 'Accept-Encoding';
    readonly first: string | readonly string[];
    readonly second: string | readonly string[];
    readonly same: boolean;
  },
): Case {
  const { id, title, field, first, second, same } = told;
  return {
    id,
    title,
    kind: same ? 'optimal' : 'required',
    spec: [
      'RFC 9111 §4.1',
      field === 'Accept-Language' ? 'RFC 9110 §12.5.4' : 'RFC 9110 §12.5.3',
      'RFC 9110 §12.4.2',
    ],
    steps: [
      {
        request: { headers: { [field]: first } },
        origin: fresh({ Vary: field }),
        expect: { from: 'origin', stored: true },
      },
      same
        ? { request: { headers: { [field]: second } }, expect: { from: 'cache', outcome: 'hit' } }
        : {
            request: { headers: { [field]: second } },
            origin: fresh({ Vary: field }),
            expect: { from: 'origin', reasons: ['no-variant-matches'] },
          },
    ],
  };
}

const normalised = defineCases(
  (['Accept-Language', 'Accept-Encoding'] as const).flatMap((field): readonly Case[] => {
    const id = `preference-${field.toLowerCase()}`;
    const [a, b, c] = field === 'Accept-Language' ? ['de', 'en', 'fr'] : ['br', 'gzip', 'zstd'];
    return [
      wished({
        id: `${id}-weight-of-one`,
        title: `${field}: q=1, q=1.0, q=1.000 and no weight are the same`,
        field,
        first: `${a}, ${b};q=0.5`,
        second: `${a};q=1.000, ${b};q=0.5`,
        same: true,
      }),
      wished({
        id: `${id}-weight-zeros`,
        title: `${field}: zeros at the end of a weight mean nothing`,
        field,
        first: `${a};q=0.50, ${b};q=0.200`,
        second: `${a};q=0.5, ${b};q=0.2`,
        same: true,
      }),
      wished({
        id: `${id}-weight-case`,
        title: `${field}: neither case nor white space of a weight means anything`,
        field,
        first: `${a}; q=0.5`,
        second: `${a.toUpperCase()};Q=0.5`,
        same: true,
      }),
      wished({
        id: `${id}-ranked-order`,
        title: `${field}: where the weights rank, the order in which they stand means nothing`,
        field,
        first: `${a};q=0.9, ${b};q=0.8, ${c};q=0.1`,
        second: `${c};q=0.1, ${b};q=0.8, ${a};q=0.9`,
        same: true,
      }),
      wished({
        id: `${id}-repeated`,
        title: `${field}: saying the same twice, on two lines, means nothing`,
        field,
        first: `${a}, ${b}`,
        second: [`${a}, ${b}`, a],
        same: true,
      }),
      wished({
        id: `${id}-excluded`,
        title: `${field}: what is excluded (q=0) is not what is merely not named`,
        field,
        first: a,
        second: `${a}, ${b};q=0`,
        same: false,
      }),
      wished({
        id: `${id}-two-weights`,
        title: `${field}: one name with two weights is left as it is`,
        field,
        first: `${a};q=0.5, ${a};q=0.6`,
        second: `${a};q=0.6, ${a};q=0.5`,
        same: false,
      }),
      wished({
        id: `${id}-too-precise`,
        title: `${field}: a weight of four digits is not as defined, so the list is left as it is`,
        field,
        first: `${a};q=0.5000, ${b}`,
        second: `${b}, ${a};q=0.5000`,
        same: false,
      }),
    ];
  }),
);

// ── ranking ────────────────────────────────────────────────────────────────────────────────────

/**
 * Two responses, each stored for a request that the other does not match; the last request matches
 * both. The second is the more recent.
 */
/** With a body that is what its Content-Encoding says. */
function reallyCoded(answer: OriginAnswer): OriginAnswer {
  const coding = (answer.headers as Fields)['Content-Encoding'];
  return coding === undefined ? answer : { ...answer, coding: coding as ContentCoding };
}

function bothMatch(
  told: Omit<Case, 'steps' | 'spec'> & {
    readonly spec?: readonly string[];
    readonly field: string;
    readonly wish: string;
    readonly first: Fields;
    readonly second: Fields;
    readonly chosen: 1 | 2;
    readonly ranked?: boolean;
    readonly vary?: readonly [string, string];
    /** Of what the client gets at each step, where the origin's bodies are really in their codings. */
    readonly codings?: readonly [Coding, Coding, Coding];
  },
): Case {
  const {
    spec = ['RFC 9111 §4.1'],
    field,
    wish,
    first,
    second,
    chosen,
    ranked,
    vary,
    codings,
    ...rest
  } = told;
  const coded = (answer: OriginAnswer): OriginAnswer =>
    codings === undefined ? answer : reallyCoded(answer);
  const codingOf = (step: 0 | 1 | 2): { readonly coding?: Coding } =>
    codings === undefined ? {} : { coding: codings[step] };
  const [varyFirst, varySecond] = vary ?? [`${field}, X-A`, `${field}, X-B`];
  return {
    ...rest,
    spec,
    steps: [
      {
        request: { headers: { [field]: wish, 'X-A': '1', 'X-B': '2' } },
        origin: coded(fresh({ Vary: varyFirst, Date: '{now-10}', ...first })),
        expect: { from: 'origin', stored: true, ...codingOf(0) },
      },
      {
        request: { headers: { [field]: wish, 'X-A': '2', 'X-B': '1' } },
        origin: coded(fresh({ Vary: varySecond, ...second })),
        expect: { from: 'origin', stored: true, ...codingOf(1) },
      },
      {
        at: 1,
        request: { headers: { [field]: wish, 'X-A': '1', 'X-B': '1' } },
        expect: {
          from: 'cache',
          bodyOfStep: chosen,
          ...codingOf(2),
          ...(ranked === false
            ? { notReasons: ['preferred-variant'] }
            : {
                reasons: ['preferred-variant'],
                words: [new RegExp(`^of 2 stored .* ${field.toLowerCase()} prefers this one$`)],
              }),
        },
      },
    ],
  };
}

const ranking = defineCases([
  bothMatch({
    id: 'preference-language',
    title: 'Of two that match, the one in the language that is preferred, though older',
    kind: 'optimal',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en;q=0.5',
    first: { 'Content-Language': 'de' },
    second: { 'Content-Language': 'en' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-language-newer',
    title: 'Or though newer',
    kind: 'optimal',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en;q=0.5',
    first: { 'Content-Language': 'en' },
    second: { 'Content-Language': 'de' },
    chosen: 2,
  }),
  bothMatch({
    id: 'preference-language-range',
    title: 'The longest range that a language begins with gives its weight',
    kind: 'optimal',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de-AT;q=0.2, de;q=0.7, *;q=0.3',
    first: { 'Content-Language': 'de-CH-1996' },
    second: { 'Content-Language': 'de-at' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-language-any',
    title: 'A language that is not named has the weight of *',
    kind: 'optimal',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de;q=0.2, *;q=0.3',
    first: { 'Content-Language': 'fr' },
    second: { 'Content-Language': 'de' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-language-not-named',
    title: 'Without *, a language that is not named is wanted least',
    kind: 'optimal',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de;q=0.2',
    first: { 'Content-Language': 'de' },
    second: { 'Content-Language': 'fr' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-language-several',
    title: 'A response in several languages counts by the best of them',
    kind: 'optimal',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en;q=0.5',
    first: { 'Content-Language': 'fr, de' },
    second: { 'Content-Language': 'en' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-language-equal',
    title: 'Equally preferred: the most recent',
    kind: 'required',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en',
    first: { 'Content-Language': 'de' },
    second: { 'Content-Language': 'en' },
    chosen: 2,
    ranked: false,
  }),
  bothMatch({
    id: 'preference-language-unknown',
    title: 'Where one does not say its language there is no ranking: the most recent',
    kind: 'required',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en;q=0.5',
    first: { 'Content-Language': 'de' },
    second: {},
    chosen: 2,
    ranked: false,
  }),
  bothMatch({
    id: 'preference-language-malformed',
    title: 'A list that is not as defined ranks nothing: the most recent',
    kind: 'required',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en;q=high',
    first: { 'Content-Language': 'de' },
    second: { 'Content-Language': 'en' },
    chosen: 2,
    ranked: false,
  }),
  bothMatch({
    id: 'preference-language-not-nominated',
    title: 'A field that Vary does not name ranks nothing: the most recent',
    kind: 'required',
    spec: LANGUAGE,
    field: 'Accept-Language',
    wish: 'de, en;q=0.5',
    vary: ['X-A', 'X-B'],
    first: { 'Content-Language': 'de' },
    second: { 'Content-Language': 'en' },
    chosen: 2,
    ranked: false,
  }),
  bothMatch({
    id: 'preference-type',
    title: 'Accept ranks by Content-Type',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.1', 'RFC 9111 §4.1'],
    field: 'Accept',
    wish: 'application/json, text/html;q=0.5',
    first: { 'Content-Type': 'application/json' },
    second: { 'Content-Type': 'text/html; charset=utf-8' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-type-specific',
    title: 'The most specific media range gives the weight',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.1', 'RFC 9111 §4.1'],
    field: 'Accept',
    wish: 'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5',
    first: { 'Content-Type': 'text/plain; format=flowed' },
    second: { 'Content-Type': 'text/plain' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-type-group',
    title: 'A type that only its group names counts by that, not by */*',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.1', 'RFC 9111 §4.1'],
    field: 'Accept',
    wish: 'text/*;q=0.3, */*;q=0.5',
    first: { 'Content-Type': 'image/png' },
    second: { 'Content-Type': 'text/html' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-type-unknown',
    title: 'Without a Content-Type there is no ranking: the most recent',
    kind: 'required',
    spec: ['RFC 9110 §12.5.1', 'RFC 9111 §4.1'],
    field: 'Accept',
    wish: 'application/json, text/html;q=0.5',
    first: { 'Content-Type': 'application/json' },
    second: { 'Content-Type': 'html' },
    chosen: 2,
    ranked: false,
  }),
  bothMatch({
    id: 'preference-type-malformed',
    title: 'An Accept that is not as defined ranks nothing',
    kind: 'required',
    spec: ['RFC 9110 §12.5.1', 'RFC 9111 §4.1'],
    field: 'Accept',
    wish: 'application/json, text',
    first: { 'Content-Type': 'application/json' },
    second: { 'Content-Type': 'text/html' },
    chosen: 2,
    ranked: false,
  }),
  bothMatch({
    id: 'preference-coding',
    title: 'Accept-Encoding ranks by Content-Encoding',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §4.1'],
    field: 'Accept-Encoding',
    wish: 'br, gzip;q=0.5',
    first: { 'Content-Encoding': 'br' },
    second: { 'Content-Encoding': 'X-GZip' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-coding-none',
    title: 'A response without a coding is acceptable, but not what was asked for',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §4.1'],
    field: 'Accept-Encoding',
    wish: 'gzip;q=0.5',
    first: { 'Content-Encoding': 'gzip' },
    second: {},
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-coding-excluded',
    title: 'A coding that is not accepted is wanted less than none',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §4.1'],
    field: 'Accept-Encoding',
    wish: 'gzip',
    first: {},
    second: { 'Content-Encoding': 'br' },
    chosen: 1,
    codings: ['identity', 'identity', 'identity'],
  }),
  bothMatch({
    id: 'preference-coding-several',
    title: 'Of several codings the least wanted counts',
    kind: 'optimal',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §4.1'],
    field: 'Accept-Encoding',
    wish: 'gzip, br;q=0.7, *;q=0.1',
    first: { 'Content-Encoding': 'br' },
    second: { 'Content-Encoding': 'gzip, compress' },
    chosen: 1,
  }),
  bothMatch({
    id: 'preference-coding-malformed',
    title: 'An Accept-Encoding that is not as defined ranks nothing',
    kind: 'required',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §4.1'],
    field: 'Accept-Encoding',
    wish: 'br, gzip;q=?',
    first: { 'Content-Encoding': 'br' },
    second: { 'Content-Encoding': 'gzip' },
    chosen: 2,
    ranked: false,
    codings: ['br', 'identity', 'identity'],
  }),
  {
    id: 'preference-of-those-that-name-vary',
    title: 'One that names Vary goes before one that forgot it, whatever its language',
    kind: 'optimal',
    spec: LANGUAGE,
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'en', Date: '{now-10}' }),
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'fr' } },
        origin: fresh({ 'Content-Language': 'de' }),
        expect: { from: 'origin', stored: true },
      },
      {
        at: 1,
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        expect: { from: 'cache', bodyOfStep: 1, notReasons: ['preferred-variant'] },
      },
    ],
  },
  {
    id: 'preference-two-fields',
    title: 'What two fields rank is weighed together',
    kind: 'optimal',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.3', 'RFC 9110 §12.5.4'],
    steps: [
      {
        request: {
          headers: {
            'Accept-Language': 'de, en;q=0.8',
            'Accept-Encoding': 'br, gzip;q=0.5',
            'X-A': '1',
            'X-B': '2',
          },
        },
        origin: fresh({
          Vary: 'Accept-Language, Accept-Encoding, X-A',
          'Content-Language': 'en',
          'Content-Encoding': 'br',
          Date: '{now-10}',
        }),
        expect: { from: 'origin', stored: true },
      },
      {
        request: {
          headers: {
            'Accept-Language': 'de, en;q=0.8',
            'Accept-Encoding': 'br, gzip;q=0.5',
            'X-A': '2',
            'X-B': '1',
          },
        },
        origin: fresh({
          Vary: 'Accept-Language, Accept-Encoding, X-B',
          'Content-Language': 'de',
          'Content-Encoding': 'gzip',
        }),
        expect: { from: 'origin', stored: true },
      },
      {
        at: 1,
        request: {
          headers: {
            'Accept-Language': 'de, en;q=0.8',
            'Accept-Encoding': 'br, gzip;q=0.5',
            'X-A': '1',
            'X-B': '1',
          },
        },
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          words: [/accept-language, accept-encoding prefers this one$/],
        },
      },
    ],
  },
]);

// ── the stored language that is preferred to all ───────────────────────────────────────────────

function inLanguage(
  told: Omit<Case, 'steps' | 'kind' | 'spec'> & {
    readonly kind?: Case['kind'];
    readonly first?: HeaderScript;
    readonly origin?: Fields;
    readonly second: HeaderScript;
    readonly selected: boolean;
  },
): Case {
  const { kind, first, origin, second, selected, ...rest } = told;
  const answer = fresh({
    Vary: 'Accept-Language',
    'Content-Language': 'de',
    ETag: '"de"',
    ...origin,
  });
  const later: ExchangeStep = selected
    ? {
        request: { headers: second },
        expect: {
          from: 'cache',
          outcome: 'hit',
          reasons: ['content-language-match', 'fresh'],
          notReasons: ['no-variant-matches'],
        },
      }
    : {
        request: { headers: second },
        origin: answer,
        expect: {
          from: 'origin',
          reasons: ['no-variant-matches'],
          notReasons: ['content-language-match'],
        },
      };
  return {
    ...rest,
    kind: kind ?? (selected ? 'optimal' : 'required'),
    spec: LANGUAGE,
    steps: [
      {
        request: { headers: first ?? { 'Accept-Language': 'de' } },
        origin: answer,
        expect: { from: 'origin', stored: true },
      },
      later,
    ],
  };
}

const selectedByLanguage = defineCases([
  inLanguage({
    id: 'preference-content-language',
    title: 'A stored response in the language that is preferred to all is used',
    second: { 'Accept-Language': 'de, en;q=0.5' },
    selected: true,
  }),
  inLanguage({
    id: 'preference-content-language-case',
    title: 'Language tags are case-insensitive',
    origin: { 'Content-Language': 'de-AT' },
    second: { 'Accept-Language': 'DE-at;q=0.9, de;q=0.8' },
    selected: true,
  }),
  inLanguage({
    id: 'preference-content-language-last',
    title: 'The preferred one may stand anywhere in the list',
    second: { 'Accept-Language': 'en;q=0.5, *;q=0.1, de' },
    selected: true,
  }),
  inLanguage({
    id: 'preference-content-language-stored-for-none',
    title: 'It may have been stored for a request without any preference',
    first: {},
    second: { 'Accept-Language': 'de, en;q=0.5' },
    selected: true,
  }),
  inLanguage({
    id: 'preference-content-language-other-fields',
    title: 'The other fields that Vary names must match',
    first: { 'Accept-Language': 'de', 'X-Kind': 'a' },
    origin: { Vary: 'Accept-Language, X-Kind' },
    second: { 'Accept-Language': 'de, en;q=0.5', 'X-Kind': 'b' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-other-fields-match',
    title: 'Where they do it is used',
    first: { 'Accept-Language': 'de', 'X-Kind': 'a' },
    origin: { Vary: 'X-Kind, Accept-Language' },
    second: { 'Accept-Language': 'de, en;q=0.5', 'X-Kind': 'a' },
    selected: true,
  }),
  inLanguage({
    id: 'preference-content-language-cookie',
    title: 'One visitor’s page is not another’s because both read German',
    first: { 'Accept-Language': 'de', Cookie: 'user=1' },
    origin: { Vary: 'Accept-Language, Cookie' },
    second: { 'Accept-Language': 'de, en;q=0.5', Cookie: 'user=2' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-not-varied',
    title: 'Vary has to name Accept-Language',
    first: { 'X-Kind': 'a' },
    origin: { Vary: 'X-Kind' },
    second: { 'Accept-Language': 'de', 'X-Kind': 'b' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-second-best',
    title: 'A language that is not the most preferred does not do',
    second: { 'Accept-Language': 'en, de;q=0.9' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-shared',
    title: 'Nor does one that shares the highest weight',
    second: { 'Accept-Language': 'de, en' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-below-any',
    title: 'Nor one below *',
    second: { 'Accept-Language': 'de;q=0.9, *' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-refused',
    title: 'Nor one with the weight 0',
    second: { 'Accept-Language': 'de;q=0' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-star',
    title: '* names no language',
    origin: { 'Content-Language': '*' },
    second: { 'Accept-Language': '*' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-range',
    title: 'A part of a tag does not do: de is not de-AT',
    second: { 'Accept-Language': 'de-AT, de;q=0.9' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-longer',
    title: 'Nor is de-AT de',
    origin: { 'Content-Language': 'de-AT' },
    first: { 'Accept-Language': 'de-AT' },
    second: { 'Accept-Language': 'de' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-several',
    title: 'A response in several languages is for several audiences',
    origin: { 'Content-Language': 'de, en' },
    second: { 'Accept-Language': 'de, en;q=0.5' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-unsaid',
    title: 'A response that does not say its language is not used',
    origin: { 'Content-Language': '' },
    second: { 'Accept-Language': 'de, en;q=0.5' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-absent',
    title: 'A request without preference has no preferred language',
    second: {},
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-malformed',
    title: 'Nor has one whose list is not as defined',
    second: { 'Accept-Language': 'de, en;q=high' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-twice',
    title: 'Nor one that names a language twice',
    second: { 'Accept-Language': 'de, de;q=0.5' },
    selected: false,
  }),
  inLanguage({
    id: 'preference-content-language-nominated-by-connection',
    title: 'A field that Connection nominates prefers nothing',
    second: { 'Accept-Language': 'de', Connection: 'accept-language' },
    selected: false,
  }),
  {
    ...inLanguage({
      id: 'preference-content-language-switched-off',
      title: 'A policy may insist on the same Accept-Language',
      kind: 'check',
      second: { 'Accept-Language': 'de, en;q=0.5' },
      selected: false,
    }),
    policy: { key: { contentLanguageSelects: false } },
  },
  {
    id: 'preference-content-language-of-several',
    title: 'Of several variants the one in the preferred language, the latest stored',
    kind: 'optimal',
    spec: LANGUAGE,
    steps: [
      ...(['de', 'en', 'de;q=0.9, fr;q=0.1'] as const).map((wish): ExchangeStep => ({
        // Each a reload, so that the third is stored beside the first.
        request: { headers: { 'Accept-Language': wish, 'Cache-Control': 'no-cache' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': wish.slice(0, 2) }),
        expect: { from: 'origin', stored: true },
      })),
      {
        request: { headers: { 'Accept-Language': 'de, it;q=0.5' } },
        expect: { from: 'cache', bodyOfStep: 3, reasons: ['content-language-match'] },
      },
      {
        request: { headers: { 'Accept-Language': 'en, it;q=0.5' } },
        expect: {
          from: 'cache',
          bodyOfStep: 2,
          words: [/but in en, the language that this client wants most/],
        },
      },
      // What matches by its words needs no such reason.
      {
        request: { headers: { 'Accept-Language': 'de' } },
        expect: { from: 'cache', bodyOfStep: 1, notReasons: ['content-language-match'] },
      },
      {
        request: { headers: { 'Accept-Language': 'it' } },
        origin: fresh({ Vary: 'Accept-Language' }),
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'preference-content-language-exact-stale',
    title: 'What matches by its words is validated, though another in the same language is fresh',
    kind: 'check',
    spec: ['Poplet', ...LANGUAGE],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=10',
            Vary: 'Accept-Language',
            'Content-Language': 'de',
            ETag: '"1"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: { headers: { 'Accept-Language': 'de;q=0.5', 'Cache-Control': 'no-cache' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'de', ETag: '"2"' }),
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { headers: { 'Accept-Language': 'de' } },
        origin: { status: 304, headers: { ETag: '"1"' } },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'preference-content-language-in-part',
    title: 'A part in the preferred language does not answer for the whole',
    kind: 'required',
    spec: ['RFC 9111 §3.3', ...LANGUAGE],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-3', 'Accept-Language': 'de' } },
        origin: {
          ...fresh({
            Vary: 'Accept-Language',
            'Content-Language': 'de',
            'Content-Range': 'bytes 0-3/10',
          }),
          status: 206,
          body: '0123',
        },
        expect: { from: 'origin', status: 206, stored: true },
      },
      {
        request: { headers: { Range: 'bytes=1-2', 'Accept-Language': 'de, en;q=0.5' } },
        expect: { from: 'cache', status: 206, body: '12', reasons: ['content-language-match'] },
      },
      {
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'de' }),
        expect: { from: 'origin', status: 200, notReasons: ['content-language-match'] },
      },
    ],
  },
  {
    id: 'preference-content-language-stale',
    title: 'A stale one is not used for another Accept-Language; its strong ETag is offered',
    kind: 'required',
    spec: [...LANGUAGE, 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=10, stale-while-revalidate=600',
            Vary: 'Accept-Language',
            'Content-Language': 'de',
            ETag: '"de"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          reasons: ['no-variant-matches', 'sibling-validators', 'confirmed-variant'],
          notReasons: ['content-language-match', 'stale-while-revalidate'],
        },
      },
    ],
  },
  {
    id: 'preference-content-language-no-cache',
    title: 'One that is to be validated each time is not used either',
    kind: 'required',
    spec: [...LANGUAGE, 'RFC 9111 §5.2.2.4'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: {
          headers: {
            'Cache-Control': 'no-cache',
            Vary: 'Accept-Language',
            'Content-Language': 'de',
            ETag: 'W/"de"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        origin: fresh({ Vary: 'Accept-Language' }),
        expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
      },
    ],
  },
  {
    id: 'preference-content-language-reload',
    title: 'A client that asks for validation gets an answer to its own Accept-Language',
    kind: 'required',
    spec: [...LANGUAGE, 'RFC 9111 §5.2.1.4'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'de' }),
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'de, en;q=0.5', 'Cache-Control': 'no-cache' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'de' }),
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'preference-content-language-purged',
    title: 'A purged one is not used',
    kind: 'required',
    spec: ['Poplet', ...LANGUAGE],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'de' }),
        expect: { from: 'origin', stored: true },
      },
      { purge: { path: '/' } },
      {
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'de' }),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'preference-content-language-changed',
    title: 'A new response in another language gives up the place of the old one',
    kind: 'required',
    spec: LANGUAGE,
    steps: [
      ...(['de', 'en'] as const).map((language): ExchangeStep => ({
        request: { headers: { 'Accept-Language': 'de', 'Cache-Control': 'no-cache' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': language }),
        expect: { from: 'origin', stored: true },
      })),
      {
        request: { headers: { 'Accept-Language': 'fr' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'fr' }),
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Language': 'de, en;q=0.5' } },
        origin: fresh({ Vary: 'Accept-Language', 'Content-Language': 'en' }),
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
]);

export const preferenceCases = [...normalised, ...ranking, ...selectedByLanguage];
