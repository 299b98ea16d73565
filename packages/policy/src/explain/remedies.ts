import { writtenDirectives, formatDirectives } from '../fields/directive-list.ts';
import { parseCacheControl, type CacheControl } from '../fields/cache-control.ts';
import { DICTIONARY_FIELDS } from '../dictionary.ts';
import { isToken, splitList } from '../fields/list.ts';
import type { Reason, ReasonCode } from '../reasons.ts';
import { withFirstMember, withLifetime, withoutMeaning } from './cache-control-edits.ts';
import type { Draft } from './draft.ts';
import { cdnField, governingField, nameOf, withField } from './governing-field.ts';
import { durationWords, FIRST_LIFETIME_SECONDS, lifetimeAbove } from './lifetimes.ts';

/**
 * Whom a response is to tell that it may be cached: the CDN alone, by a targeted field (RFC 9213), or
 * every cache, by Cache-Control.
 */
export type Audience = 'cdn' | 'everyone';

/** Takes one obstacle out of the way; undefined where it cannot. */
export type Remedy = (draft: Draft, obstacle: Reason, audience: Audience) => Draft | undefined;

/** What keeps an exchange from being a hit, and what helps against it. What is not here, no header changes. */
export const REMEDIES: Readonly<Partial<Record<ReasonCode, Remedy>>> = {
  'not-stored-no-store': permit(({ noStore }) => noStore),
  'not-stored-private': permit((meaning) => meaning.private),
  'not-stored-must-understand': permit(({ mustUnderstand }) => mustUnderstand),
  'response-no-cache': permit(({ noCache }) => noCache),
  'not-stored-no-freshness': makeFresh,
  'not-stored-status': giveLifetime,
  'not-stored-personal': giveLifetime,
  'not-stored-set-cookie': withoutCookie,
  'stored-set-cookie': withoutCookie,
  'not-stored-authorization': shareable,
  'not-stored-vary-star': namedVary,
  'not-stored-dictionary': dictionaryVary,
  'not-stored-no-explicit-lifetime': giveReadableLifetime,
  'not-stored-partial': withoutIfRange,
  stale: fresher,
  'request-no-store': requestWithout(({ noStore }) => noStore, 'RFC 9111 §5.2.1.5'),
  'request-no-cache': requestWithout(
    ({ noCache, noCacheFields, maxAgeSeconds }) =>
      noCache || noCacheFields.length > 0 || maxAgeSeconds === 0,
    'RFC 9111 §5.2.1.4',
  ),
  'request-max-age': requestWithout(
    ({ maxAgeSeconds }) => maxAgeSeconds !== null,
    'RFC 9111 §5.2.1.1',
  ),
  'request-min-fresh': requestWithout(
    ({ minFreshSeconds }) => minFreshSeconds !== null,
    'RFC 9111 §5.2.1.3',
  ),
  'only-if-cached': requestWithout(({ onlyIfCached }) => onlyIfCached, 'RFC 9111 §5.2.1.7'),
};

/** Takes a prohibition out of the field that governs, or lets a targeted field govern instead. */
function permit(isForbidding: (meaning: CacheControl) => boolean): Remedy {
  return (draft, obstacle, audience) => {
    const governing = governingField(draft);
    if (audience === 'cdn' && !governing.isTargeted) return giveLifetime(draft, obstacle, audience);
    const what = obstacle.code.replace(/^(?:not-stored|response)-/u, '');
    const who = governing.isTargeted ? 'the CDN' : 'the CDN and every browser';
    const may = what === 'no-cache' ? 'may use it without asking' : 'may keep it';
    return withField(draft, withoutMeaning(governing, isForbidding)).because(
      `without ${what}, ${who} ${may}`,
      'RFC 9111 §3',
    );
  };
}

/** Where no-cache is what keeps it from being fresh, a lifetime would not help. */
function makeFresh(draft: Draft, obstacle: Reason, audience: Audience): Draft | undefined {
  const isUnused = obstacle.values?.['why'] === 'no-cache';
  const remedy = isUnused ? permit(({ noCache }) => noCache) : giveLifetime;
  return remedy(draft, isUnused ? { code: 'response-no-cache' } : obstacle, audience);
}

/** RFC 9111 §4.2.1: an explicit lifetime. */
function giveLifetime(draft: Draft, _: Reason, audience: Audience): Draft | undefined {
  return lasting(draft, FIRST_LIFETIME_SECONDS, audience);
}

/** RFC 9110 §9.3.3: beside one that cannot be read, the other is not taken for explicit. */
function giveReadableLifetime(
  draft: Draft,
  obstacle: Reason,
  audience: Audience,
): Draft | undefined {
  const given = giveLifetime(draft, obstacle, audience);
  if (given === undefined) return undefined;
  return withField(given, withoutMeaning(governingField(given), isUnreadable));
}

function isUnreadable({ maxAgeSeconds, sMaxageSeconds }: CacheControl): boolean {
  return maxAgeSeconds === 'invalid' || sMaxageSeconds === 'invalid';
}

/** A lifetime above the age that it arrived with; what says that it is older than a year goes. */
function fresher(draft: Draft, { values }: Reason, audience: Audience): Draft | undefined {
  const ageSeconds = Number(values?.['ageSeconds'] ?? 0);
  const seconds = lifetimeAbove(ageSeconds);
  if (seconds !== undefined) return lasting(draft, seconds, audience);
  const name = draft.lines('response', 'age').length > 0 ? 'age' : 'date';
  return draft
    .with('response', name, null)
    .because('it arrives over a year old: let it tell its true age', 'RFC 9111 §4.2.3');
}

function lasting(draft: Draft, seconds: number, audience: Audience): Draft | undefined {
  const field = audience === 'cdn' ? cdnField(draft) : governingField(draft);
  if (field === undefined) return undefined;
  const duration = durationWords(seconds);
  const why = field.isTargeted
    ? `${nameOf(field)} is for the CDN alone, which keeps it for ${duration}; browsers go on as before`
    : `the CDN keeps it for ${duration}, and so do browsers, where no purge reaches it`;
  return withField(draft, withLifetime(field, seconds)).because(
    why,
    field.isTargeted ? 'RFC 9213 §2.2' : 'RFC 9111 §4.2.1',
  );
}

/** RFC 9111 §3.5 */
function shareable(draft: Draft, obstacle: Reason, audience: Audience): Draft | undefined {
  const governing = governingField(draft);
  if (audience === 'cdn' && !governing.isTargeted) return giveLifetime(draft, obstacle, audience);
  return withField(draft, withFirstMember(governing, 'public')).because(
    'public says that what a request with Authorization brings may be shared',
    'RFC 9111 §3.5',
  );
}

/** RFC 9111 §7.3: one visitor's cookie is nothing for another. */
function withoutCookie(draft: Draft): Draft {
  return draft
    .with('response', 'set-cookie', null)
    .because(
      'without Set-Cookie: else one visitor’s cookie is handed to all; set it where nothing is cached',
      'RFC 9111 §7.3',
    );
}

/** RFC 9842 §6.2 */
function dictionaryVary(draft: Draft): Draft {
  const names = draft.lines('response', 'vary').flatMap(splitList);
  const all = new Set([...names, ...DICTIONARY_FIELDS].map((name) => name.toLowerCase()));
  return draft
    .with('response', 'vary', [...all].join(', '))
    .because(
      'only a client that has the same dictionary, and accepts the coding, can read it: Vary has to say so',
      'RFC 9842 §6.2',
    );
}

/** RFC 9110 §12.5.5 */
function namedVary(draft: Draft): Draft {
  const names = draft
    .lines('response', 'vary')
    .flatMap(splitList)
    .filter((name) => name !== '*' && isToken(name));
  return draft
    .with('response', 'vary', names.join(', '))
    .because(
      'Vary: * matches no request: name the request fields that the page depends on, if any',
      'RFC 9110 §12.5.5',
    );
}

/** RFC 9110 §15.3.7: what a 206 then leaves out, others would miss. */
function withoutIfRange(draft: Draft): Draft {
  return draft
    .with('request', 'if-range', null)
    .because('with If-Range, the answer is for those who have the other parts', 'RFC 9110 §15.3.7');
}

/** The client's directive is the client's to leave out; Pragma is what HTTP/1.0 clients say instead. */
function requestWithout(isUnwanted: (meaning: CacheControl) => boolean, clause: string): Remedy {
  return (draft) => {
    const lines = draft.lines('request', 'cache-control');
    const kept = writtenDirectives(lines).filter(
      ({ text }) => !isUnwanted(parseCacheControl([text])),
    );
    const changed =
      lines.length === 0
        ? draft.with('request', 'pragma', null)
        : draft.with('request', 'cache-control', formatDirectives(kept));
    return changed.because('the request no longer asks for that', clause);
  };
}
