import { effectiveCacheControl } from '../effective-cache-control.ts';
import { parseCacheControl } from '../fields/cache-control.ts';
import type { Reason } from '../reasons.ts';
import { standsForTarget } from '../stands-for-target.ts';
import { Draft } from './draft.ts';
import {
  targetedFrom,
  withFirstMember,
  withLifetime,
  withMember,
  withoutMeaning,
  withoutNames,
  type EditedField,
} from './cache-control-edits.ts';
import { isReached } from './goals.ts';
import { cdnField, governingField, nameOf, targetedName, withField } from './governing-field.ts';
import { durationWords, lifetimeAbove } from './lifetimes.ts';
import { wideFieldWords } from './other-requests.ts';
import { rehearse, type Rehearsal, type Scene } from './rehearsal.ts';
import { ignoreTracking, narrowVary } from './share-more.ts';
import type { Goal, Suggestion } from './suggestion.ts';
import { wayToCache, type WayToCache } from './to-cache.ts';

/** What could be changed about an exchange. */
export interface Suggestions {
  readonly suggestions: readonly Suggestion[];
  /** Where it is not cached and no header can change that: why not. */
  readonly obstacle: Reason | null;
}

/**
 * What would have to change for the exchange to be cached, or, where it is, for it not to be, or to last
 * longer. Each suggestion has been rehearsed: its patches do what its goal promises, and none could be
 * left out.
 */
export function suggest(scene: Scene): Suggestions {
  const before = rehearse(scene);
  const start = Draft.of(scene);
  const ways = AUDIENCES.map((audience) => wayToCache(start, { goal: 'cached', audience, before }));
  const toCache = ways.flatMap((way) => found('cached', way, scene));
  const suggestions = [...toCache, ...alternatives(before)].filter(isChange).filter(isFirst);
  const [edge] = ways;
  const isStuck = toCache.length === 0 && edge?.kind === 'none';
  return { suggestions, obstacle: isStuck ? edge.obstacle : null };
}

/**
 * What would have to change for the answer to an unsafe method to answer later GETs of its URL
 * (RFC 9110 §9.3.3, RFC 5789 §2). One that says that it stands for another URL is left alone.
 */
export function suggestForGets(scene: Scene): readonly Suggestion[] {
  const start = standingForTarget(Draft.of(scene));
  if (start === undefined) return [];
  const before = rehearse(scene);
  return AUDIENCES.map((audience) => wayToCache(start, { goal: 'answers-get', audience, before }))
    .flatMap((way) => found('answers-get', way, scene))
    .filter(isChange)
    .filter(isFirst);
}

/** RFC 9110 §8.7: with a Content-Location that is the target. */
function standingForTarget(draft: Draft): Draft | undefined {
  const { request, response } = draft.scene;
  if (standsForTarget(request, response)) return draft;
  if (response.fields.has('content-location')) return undefined;
  return draft
    .with('response', 'content-location', request.target)
    .because(
      `where the answer is a 200, Content-Location says that it is what ${request.target} shows from now on: GETs may have it`,
      'RFC 9110 §9.3.3',
    );
}

function found(goal: Goal, way: WayToCache, scene: Scene): readonly Suggestion[] {
  return way.kind === 'found' ? [suggestion(goal, way.draft, scene)] : [];
}

const AUDIENCES = ['cdn', 'everyone'] as const;

function suggestion(goal: Goal, draft: Draft, before: Scene): Suggestion {
  const { patches, why, spec, scene: after } = draft;
  return { goal, patches, why, spec, warning: warningFor(goal, { before, after }) };
}

function isChange({ patches }: Suggestion): boolean {
  return patches.length > 0;
}

/** Two ways may lead to the same patch. */
function isFirst(one: Suggestion, index: number, all: readonly Suggestion[]): boolean {
  const same = (other: Suggestion): boolean =>
    other.goal === one.goal && JSON.stringify(other.patches) === JSON.stringify(one.patches);
  return all.findIndex(same) === index;
}

/** What is said with a patch that lets others see what one visitor got, or keeps an error. */
function warningFor(
  goal: Goal,
  { before, after }: { readonly before: Scene; readonly after: Scene },
): string | null {
  if (goal === 'not-cached' || goal === 'validated' || goal === 'fresh-shorter') return null;
  const signs = ['Cookie', 'Authorization']
    .filter((name) => after.request.fields.has(name.toLowerCase()))
    .map((name) => `the request carried ${name}`);
  const { directives } = effectiveCacheControl(before.response.fields, before.policy.freshness);
  if (directives.private) signs.push('the response said private');
  if (before.response.fields.has('set-cookie')) signs.push('the response set a cookie');
  if (signs.length > 0) {
    return `${signs.join(', ')}: everybody would get what was made for this visitor. Do it only if the page is the same for all`;
  }
  if (goal === 'answers-get') {
    return `whoever asks with GET would get what this ${after.request.method} was answered. Do it only if that is the page itself, and the same for all`;
  }
  if (goal === 'fewer-variants') {
    const words = wideFieldWords(before.response.fields.lines('vary'));
    return `everybody would get the same, whatever they send as ${words}. Do it only if the page does not depend on that`;
  }
  const { status } = after.response;
  return goal === 'cached' && status >= 500
    ? `this is an error (${status}): everybody would get it until the time is up`
    : null;
}

// ── a response that is stored ──────────────────────────────────────────────────────────────────

type Change = (draft: Draft) => Draft | undefined;

/** Tried in this order; what would promise what already is, or does not keep its promise, is left out. */
const CHANGES: readonly (readonly [Goal, Change])[] = [
  ['fewer-variants', narrowVary],
  ['fewer-urls', ignoreTracking],
  ['fresh-shorter', freshShorter],
  ['not-cached', keptByBrowsers],
  ['not-cached', keptByNobody],
  ['validated', validated],
  ['fresh-longer', freshLonger],
  ['stale-while-revalidate', (draft) => staleAllowed(draft, 'stale-while-revalidate', 60)],
  ['stale-on-error', (draft) => staleAllowed(draft, 'stale-if-error', 86_400)],
];

function alternatives(before: Rehearsal): readonly Suggestion[] {
  const { candidate } = before;
  if (candidate === undefined) return [];
  return CHANGES.flatMap(([goal, change]) => {
    const draft = isReached(goal, before, before) ? undefined : change(Draft.of(before.scene));
    const keeps = (scene: Scene): boolean => isReached(goal, rehearse(scene), before);
    return draft !== undefined && keeps(draft.scene)
      ? [suggestion(goal, draft.minimal(keeps), before.scene)]
      : [];
  });
}

/** What has no meaning beside no-store, or takes it away. */
const BESIDE_NO_STORE = [
  'public',
  'max-age',
  's-maxage',
  'stale-while-revalidate',
  'stale-if-error',
  'immutable',
  'must-understand',
];

/** RFC 9111 §5.2.2.7; where a targeted field governs, it forbids the CDN to store. */
function keptByBrowsers(draft: Draft): Draft {
  const governing = governingField(draft);
  if (governing.isTargeted) return forbidding(draft, governing);
  const closed = withFirstMember(withoutNames(governing, ['public', 's-maxage']), 'private');
  return withField(draft, closed).because(
    'private: browsers may keep it for their own user, the CDN may not',
    'RFC 9111 §5.2.2.7',
  );
}

function keptByNobody(draft: Draft): Draft | undefined {
  const governing = governingField(draft);
  return governing.isTargeted ? undefined : forbidding(draft, governing);
}

/** RFC 9111 §5.2.2.5 */
function forbidding(draft: Draft, governing: EditedField): Draft {
  const closed = withMember(withoutNames(governing, BESIDE_NO_STORE), 'no-store');
  const why = governing.isTargeted
    ? `no-store in ${nameOf(governing)}: the CDN keeps nothing, browsers go on obeying Cache-Control`
    : 'no-store: neither the CDN nor browsers keep it';
  return withField(draft, closed).because(why, 'RFC 9111 §5.2.2.5');
}

const BESIDE_NO_CACHE = [
  'max-age',
  's-maxage',
  'stale-while-revalidate',
  'stale-if-error',
  'immutable',
];

/** RFC 9111 §5.2.2.4 */
function validated(draft: Draft): Draft {
  const field = withMember(withoutNames(governingField(draft), BESIDE_NO_CACHE), 'no-cache');
  return withField(draft, field).because(
    'no-cache: it is kept, and each use asks the origin, which answers 304 while nothing has changed',
    'RFC 9111 §5.2.2.4',
  );
}

function freshLonger(draft: Draft): Draft | undefined {
  const governing = governingField(draft);
  const isShared = governing.directives.some(({ name }) => name === 's-maxage');
  const field = isShared ? governing : cdnField(draft);
  const now = rehearse(draft.scene).candidate?.response.facts;
  const seconds = lifetimeAbove(
    Math.max(now?.lifetimeSeconds ?? 0, Math.ceil((now?.initialAgeMs ?? 0) / 1000)),
  );
  if (field === undefined || seconds === undefined) return undefined;
  return withField(draft, withLifetime(field, seconds)).because(
    `the CDN keeps it for ${durationWords(seconds)}; browsers go on as before, and you can purge the CDN`,
    field.isTargeted ? 'RFC 9213 §2.2' : 'RFC 9111 §5.2.2.10',
  );
}

/** An error that is kept for long hides the page that may come. */
function freshShorter(draft: Draft): Draft | undefined {
  const { status } = draft.scene.response;
  if (status < 400) return undefined;
  const field = withLifetime(withoutNames(governingField(draft), ['immutable']), 60);
  return withField(draft, field).because(
    `a ${status} kept for a minute spares the origin, and does not hide for long the page that may come`,
    'RFC 9111 §4.2.1',
  );
}

/** RFC 5861 §3, §4; RFC 9111 §5.2.2.10: beside s-maxage it would have no effect, so that moves to the targeted field. */
function staleAllowed(
  draft: Draft,
  directive: 'stale-while-revalidate' | 'stale-if-error',
  windowSeconds: number,
): Draft | undefined {
  const field = withoutMeaning(
    withoutShared(draft) ?? governingField(draft),
    ({ mustRevalidate, proxyRevalidate }) => mustRevalidate || proxyRevalidate,
  );
  const meaning = parseCacheControl(field.directives.map(({ text }) => text));
  const given =
    directive === 'stale-if-error'
      ? meaning.staleIfErrorSeconds
      : meaning.staleWhileRevalidateSeconds;
  const allowing =
    given !== null && given > 0 ? field : withMember(field, `${directive}=${windowSeconds}`);
  const changed = withField(draft, allowing);
  return (
    field.name === governingField(draft).name
      ? changed
      : changed.because(
          `s-maxage forbids serving stale; max-age in ${nameOf(field)} does not`,
          'RFC 9111 §5.2.2.10',
        )
  ).because(WHY_STALE[directive], directive === 'stale-if-error' ? 'RFC 5861 §4' : 'RFC 5861 §3');
}

const WHY_STALE = {
  'stale-while-revalidate':
    'once stale, visitors get it at once while the CDN asks the origin in the background',
  'stale-if-error': 'once stale, visitors get it while the origin is down or answers 5xx',
} as const;

/** The same lifetime without s-maxage, or undefined where there is none. */
function withoutShared(draft: Draft): EditedField | undefined {
  const governing = governingField(draft);
  if (!governing.directives.some(({ name }) => name === 's-maxage')) return undefined;
  const seconds = rehearse(draft.scene).candidate?.response.facts.lifetimeSeconds ?? 0;
  const name = targetedName(draft);
  if (governing.isTargeted) {
    return withLifetime(withoutNames(governing, ['s-maxage', 'max-age']), seconds);
  }
  if (name === undefined) return undefined;
  return withLifetime(targetedFrom(name, draft.lines('response', 'cache-control')), seconds);
}
