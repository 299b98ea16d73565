import { defineCases } from '@poplet/conformance';
import type { Case, Step } from '@poplet/conformance';

/** Every CDN of the reference. */
export const VENDOR_NAMES = [
  'akamai',
  'azure-front-door',
  'bunny',
  'cloudflare',
  'cloudfront',
  'fastly',
  'google-cloud-cdn',
  'keycdn',
  'netlify',
  'vercel',
] as const;

export type VendorName = (typeof VENDOR_NAMES)[number];

/** What one profile answers, and whether the reference says so of that CDN. */
export interface Answer<Expected> {
  /** Which way of setting the CDN up; default: its first profile. */
  readonly profile?: string;
  readonly expected: Expected;
  /** Else the reference is silent, and the profile has made a choice: its options say which other there is. */
  readonly isSaid: boolean;
}

/** One exchange that CDNs answer in different ways, and the answer of each. */
export interface Trap {
  /** As the reference counts them. */
  readonly number: number;
  readonly title: string;
  /** What a site loses that counts on the other answer. */
  readonly stake: string;
  readonly told: readonly ToldAnswer[];
  readonly cases: readonly Case[];
}

/** An answer in words, for people. */
export interface ToldAnswer {
  readonly profile: string;
  readonly words: string;
  readonly isSaid: boolean;
}

export interface TrapTable<Expected extends string> {
  readonly number: number;
  readonly title: string;
  readonly stake: string;
  /** No vendor may be left out. */
  readonly answers: Readonly<Record<VendorName, readonly Answer<Expected>[]>>;
  readonly steps: (expected: Expected, profile: string) => readonly Step[];
}

/** The reference says it. */
export function said<Expected extends string>(
  expected: Expected,
  profile?: string,
): Answer<Expected> {
  return { expected, isSaid: true, ...(profile === undefined ? {} : { profile }) };
}

/** The reference does not say it, or not of this CDN. */
export function chosen<Expected extends string>(
  expected: Expected,
  profile?: string,
): Answer<Expected> {
  return { expected, isSaid: false, ...(profile === undefined ? {} : { profile }) };
}

/** A case for each answer. */
export function trap<Expected extends string>({
  number,
  title,
  stake,
  answers,
  steps,
}: TrapTable<Expected>): Trap {
  const given = VENDOR_NAMES.flatMap((vendor) =>
    answers[vendor].map((answer) => ({ profile: vendor, ...answer })),
  );
  const told = given.map(({ profile, expected, isSaid }) => ({
    profile,
    words: expected.replaceAll('-', ' '),
    isSaid,
  }));
  const cases = given.map(({ profile, expected, isSaid }): Case => ({
    id: `trap-${number}-${expected}-${kebab(profile)}`,
    title: `${title}: under ${profile} ${expected.replaceAll('-', ' ')}${isSaid ? '' : ' (a choice)'}`,
    kind: 'check',
    spec: [`Trap ${number}`],
    profile,
    steps: steps(expected, profile),
  }));
  return { number, title, stake, told, cases: defineCases(cases) };
}

function kebab(profile: string): string {
  return profile.replaceAll(/[^a-z0-9]+/gu, '-').replaceAll(/^-|-$/gu, '');
}
