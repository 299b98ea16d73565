import type {
  Case,
  Expectation,
  ExchangeStep,
  HeaderScript,
  OriginAnswer,
  RequestScript,
} from '@poplet/conformance';

/** What a CDN says of itself in each of these outcomes. */
export interface Words {
  readonly hit: NonNullable<Expectation['headers']>;
  readonly miss: NonNullable<Expectation['headers']>;
  readonly expired: NonNullable<Expectation['headers']>;
  /** Of what is not stored. Absent: that depends. */
  readonly refused?: NonNullable<Expectation['headers']>;
}

const NO_WORDS: Words = { hit: {}, miss: {}, expired: {} };

export interface VendorPatterns {
  /** A case whose id, and whose facts, begin with the vendor's name. */
  readonly told: (found: Omit<Case, 'kind'>) => Case;
  /** The origin answers with these fields, and the answer is stored. */
  readonly stored: (headers: HeaderScript, answer?: OriginAnswer) => ExchangeStep;
  /** Served from the cache a second before these seconds are over, and asked for a second behind. */
  readonly freshUntil: (seconds: number) => readonly ExchangeStep[];
  /** The origin is asked each time, and nothing of its answer is stored. */
  readonly never: (origin: OriginAnswer, request?: RequestScript) => readonly ExchangeStep[];
}

/** What the cases of one vendor have in common. */
export function patternsOf(vendor: string, words: Words = NO_WORDS): VendorPatterns {
  const spelt = (name: string): string => `${vendor}-${name}`;
  return {
    told: ({ id, spec, ...found }) => ({
      kind: 'check',
      profile: vendor,
      id: spelt(id),
      spec: spec.map(spelt),
      ...found,
    }),
    stored: (headers, answer = {}) => ({
      request: {},
      origin: { headers, ...answer },
      expect: { from: 'origin', stored: true, headers: words.miss },
    }),
    freshUntil: (seconds) => [
      {
        at: seconds - 1,
        request: {},
        expect: { from: 'cache', outcome: 'hit', headers: words.hit },
      },
      {
        at: seconds + 1,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'new' },
        expect: { from: 'origin', outcome: 'expired', headers: words.expired },
      },
    ],
    never: (origin, request = {}) => {
      const { refused: headers = {} } = words;
      const expect = { from: 'origin', stored: false, headers } as const;
      return [
        { request, origin, expect },
        { at: 1, request, origin, expect },
      ];
    },
  };
}
