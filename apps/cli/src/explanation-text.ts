/** All text of `poplet explain`. */
import type { SiteExplanation } from '@poplet/edge';
import {
  durationWords,
  type ExplainedStep,
  type Goal,
  type SidePatch,
  type Suggestion,
  type VerdictKind,
  type WhenStaleView,
} from '@poplet/policy';

import { width, wrapped } from './lines.ts';
import { paint, type Style } from './output.ts';

const LABEL_WIDTH = 16;

const VERDICT_STYLES: Record<VerdictKind, Style> = {
  hit: ['bold', 'green'],
  cached: ['bold', 'green'],
  'cached-for-others': ['bold', 'green'],
  kept: ['bold', 'yellow'],
  stale: ['bold', 'yellow'],
  'not-cached': ['bold', 'magenta'],
  passed: ['bold', 'magenta'],
  rejected: ['bold', 'red'],
  failed: ['bold', 'red'],
};

const GOALS: Readonly<Record<Goal, string>> = {
  cached: 'To have it cached',
  'not-cached': 'Not to have it cached',
  validated: 'To have it kept, and the origin asked each time',
  'fresh-longer': 'To keep it for longer',
  'fresh-shorter': 'To keep it for a shorter time',
  'stale-while-revalidate': 'To refresh it in the background',
  'stale-on-error': 'To serve it while the origin fails',
  'fewer-variants': 'To give more visitors what is stored',
  'fewer-urls': 'To have one stored answer for all links to the page',
  'answers-get': 'To have its answer serve GETs of this URL',
};

/** Shown always; the others with --all. */
const MAIN_GOALS: ReadonlySet<Goal> = new Set([
  'cached',
  'not-cached',
  'fresh-shorter',
  'fewer-variants',
  'fewer-urls',
  'answers-get',
]);

/** The verdict, the chain of reasons, what comes next, and what would change it. */
export function explanationText(
  explanation: SiteExplanation,
  { isWhole }: { readonly isWhole: boolean },
): string {
  const { method, url, verdict, steps, suggestions, downstream } = explanation;
  const status = downstream === null ? '' : `  ${downstream.status}`;
  const shown = suggestions.filter(({ goal }) => isWhole || MAIN_GOALS.has(goal));
  const sections = [
    [
      paint('dim', `${method} ${url}${status}`),
      ...heading(VERDICT_STYLES[verdict.kind], verdict.text),
    ],
    ['Why', ...steps.flatMap(stepLines)],
    thenLines(explanation),
    obstacleLines(explanation),
    notSentLines(explanation),
    ...suggestionSections(shown, verdict.kind),
    leftOutLines(suggestions, shown),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading(style: Style, text: string): readonly string[] {
  return wrapped(text, width()).map((line) => paint(style, line));
}

/** The words, and the clause at the right margin. */
function stepLines({ text, spec }: ExplainedStep): readonly string[] {
  const clauseWidth = spec.length + 2;
  const lines = wrapped(text, width() - 4 - clauseWidth);
  return lines.map((line, index) =>
    index === 0
      ? `  · ${line.padEnd(width() - 4 - clauseWidth)}  ${paint('dim', spec)}`
      : `    ${line}`,
  );
}

// ── what comes next ────────────────────────────────────────────────────────────────────────────

function thenLines({ next, stored, whenStale, downstream }: SiteExplanation): readonly string[] {
  const rows: (readonly [label: string, text: string])[] = [];
  if (next !== null) {
    const why = next.reasons.map(({ text }) => text).join('; ');
    rows.push(['the next request', next.isHit ? 'a hit, from the cache' : `no hit: ${why}`]);
  }
  if (stored !== null) {
    const { key, variesOn } = stored;
    const variants = variesOn.length === 0 ? '' : `, one answer per ${variesOn.join(', ')}`;
    rows.push(['stored under', key + variants]);
  }
  if (whenStale !== null && next !== null) {
    const { inSeconds } = whenStale;
    const when = inSeconds === 0 ? '' : `in ${durationWords(inSeconds)}: `;
    rows.push(['once stale', when + STALE_WORDS[whenStale.request]]);
    rows.push(['origin down', downWords(whenStale)]);
  }
  if (downstream !== null && next !== null) rows.push(['in the browser', downstream.browser.text]);
  if (rows.length === 0) return [];
  return ['Then', ...rows.flatMap(rowLines)];
}

function rowLines([label, text]: readonly [string, string]): readonly string[] {
  const lines = wrapped(text, width() - LABEL_WIDTH - 4);
  return lines.map(
    (line, index) => `  ${paint('dim', (index === 0 ? label : '').padEnd(LABEL_WIDTH))}  ${line}`,
  );
}

const STALE_WORDS: Readonly<Record<WhenStaleView['request'], string>> = {
  'served-and-refreshed': 'it is served at once, and refreshed in the background',
  served: 'it is served all the same, as the client allows',
  validated: 'the origin is asked whether it has changed',
  fetched: 'it is fetched anew',
  rejected: 'the client gets a 504',
};

function downWords({ onError, unreachable }: WhenStaleView): string {
  if (onError.isServed && unreachable.isServed) return 'what is stored is served';
  if (unreachable.isServed) {
    return 'what is stored is served if the origin cannot be reached, but not if it answers 5xx';
  }
  return 'visitors get the error';
}

// ── what would change it ───────────────────────────────────────────────────────────────────────

/** One section for each goal; further ways to it stand below the first. */
function suggestionSections(
  suggestions: readonly Suggestion[],
  verdict: VerdictKind,
): readonly (readonly string[])[] {
  const goals = [...new Set(suggestions.map(({ goal }) => goal))];
  return goals.map((goal) => [
    `${titleOf(goal, verdict)}:`,
    ...suggestions
      .filter((one) => one.goal === goal)
      .map((one, index, all) => withoutRepeats(one, all.slice(0, index)))
      .flatMap((one, index) => [...(index === 0 ? [] : ['  or']), ...suggestionLines(one)]),
  ]);
}

/** What is cached and has a way to be cached hands out a cookie. */
function titleOf(goal: Goal, verdict: VerdictKind): string {
  const isCached = verdict === 'cached' || verdict === 'hit';
  return GOALS[goal] + (goal === 'cached' && isCached ? ' without the cookie' : '');
}

/** Without sentences that stand already with another way to the same end. */
function withoutRepeats(one: Suggestion, others: readonly Suggestion[]): Suggestion {
  const isNew = (text: string): boolean => !others.some(({ why }) => why.includes(text));
  return { ...one, why: one.why.filter(isNew) };
}

function suggestionLines({ patches, why, warning }: Suggestion): readonly string[] {
  const sides = patches.flatMap((patch) => [
    ...(patch.on === 'request' ? [paint('dim', '  in the request:')] : []),
    ...(patch.on === 'response' && patches.length > 1 ? [paint('dim', '  in the response:')] : []),
    ...patchLines(patch),
  ]);
  const words = why.flatMap((one) => wrapped(one, width() - 4).map((line) => `    ${line}`));
  const careful =
    warning === null
      ? []
      : wrapped(`careful: ${warning}`, width() - 4).map((line) => `    ${paint('yellow', line)}`);
  return [...sides, ...words.map((line) => paint('dim', line)), ...careful];
}

function patchLines({ set, replaces }: SidePatch): readonly string[] {
  return [
    ...replaces.map(([name, value]) => paint('red', `  - ${name}: ${value}`)),
    ...set.map(([name, value]) => paint('green', `  + ${name}: ${value}`)),
  ];
}

function obstacleLines({ obstacle, verdict }: SiteExplanation): readonly string[] {
  if (obstacle === null) return [];
  if (obstacle.code === 'only-if-cached') {
    return wrapped('Without only-if-cached in the request, the origin would be asked.', width());
  }
  const why = obstacle.text.replace(/^not stored: /u, '');
  const isSaid = verdict.text.endsWith(why);
  return wrapped(
    `No header can change that${isSaid ? '' : `: ${why}`} (${obstacle.spec}).`,
    width(),
  );
}

function leftOutLines(
  suggestions: readonly Suggestion[],
  shown: readonly Suggestion[],
): readonly string[] {
  const goals = new Set(suggestions.filter((one) => !shown.includes(one)).map(({ goal }) => goal));
  if (goals.size === 0) return [];
  const what = [...goals].map((goal) => GOALS[goal].replace(/^To /u, '')).join('; ');
  return wrapped(`With --all, also how to: ${what}.`, width()).map((line) => paint('dim', line));
}

function notSentLines({ method, upstream, outcome }: SiteExplanation): readonly string[] {
  const isSent =
    upstream !== null || outcome !== 'ineligible' || method === 'GET' || method === 'HEAD';
  return isSent
    ? []
    : [paint('dim', 'It was not sent: for an explanation, only GET and HEAD are.')];
}
