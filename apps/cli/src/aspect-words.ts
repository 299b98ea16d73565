/** What a cache does with a response, in as few words as a table has room for. */
import type { Aspect, TreatmentAspects } from '@poplet/cdn';
import { durationWords, type StaleWindowsView } from '@poplet/policy';

/** `1 h 30 min`. */
export function shortDuration(seconds: number): string {
  return durationWords(seconds)
    .replace('about ', '~')
    .replaceAll(/ (year|day|hour|minute|second)s?/gu, (_, unit: string) => ` ${UNITS[unit]}`);
}

const UNITS: Readonly<Record<string, string>> = {
  year: 'y',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
};

/** How long something is served when it is no longer fresh. */
export function windowText(seconds: number | null): string {
  return seconds === null ? 'always' : seconds === 0 ? 'no' : shortDuration(seconds);
}

/** The same where the origin server answers 503, and where it cannot be reached. */
export function failureText({ onErrorSeconds, unreachableSeconds }: StaleWindowsView): string {
  const [onError, unreachable] = [windowText(onErrorSeconds), windowText(unreachableSeconds)];
  if (onError === unreachable) return onError;
  return onError === 'no' && unreachable === 'always' ? 'if down' : `${onError}/${unreachable}`;
}

export const STORED_WORDS = { fresh: 'yes', validated: 'asks', no: 'no' } as const;

const QUERIES = {
  whole: 'each query apart',
  'any-order': 'each query apart, in whatever order',
  ignored: 'whatever the query',
} as const;

/** What tells answers for one path apart. */
export function keyWords({ query, fields }: TreatmentAspects['key'] & {}): string {
  const answers = fields.length === 0 ? '' : `; one answer per ${fields.join(', ')}`;
  return QUERIES[query] + answers;
}

/** One aspect of a treatment. */
export function aspectWords(aspect: Aspect, treatment: TreatmentAspects): string {
  const { stored, lifetime, stale, key, browser } = treatment;
  switch (aspect) {
    case 'stored':
      return STORED_WORDS[stored];
    case 'lifetime':
      return lifetime === null ? '-' : shortDuration(lifetime);
    case 'stale':
      return stale === null
        ? '-'
        : `refreshed ${windowText(stale.whileRevalidateSeconds)}, if it fails ${failureText(stale)}`;
    case 'key':
      return key === null ? '-' : keyWords(key);
    case 'browser': {
      const fields = browser.fields.map(([name, value]) => `${name}: ${value}`);
      return `${browser.status ?? '-'}${fields.length === 0 ? ', without a word' : ` ${fields.join(' · ')}`}`;
    }
    default:
      return aspect satisfies never;
  }
}
