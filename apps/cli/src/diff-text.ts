/** All text of `poplet diff`. */
import type { ComparedAspects, SiteDiff, UrlDifference } from '@poplet/cdn';

import { aspectWords } from './aspect-words.ts';
import { width, wrapped } from './lines.ts';
import { paint } from './output.ts';

/** So many URLs are named of those that differ in the same way. */
const MAX_NAMED = 5;

/** What differs, once for all URLs that differ in the same way; the largest groups first. */
export function diffText(found: SiteDiff, { isWhole }: { readonly isWhole: boolean }): string {
  const groups = [...Map.groupBy(found.differences, (one) => rowsOf(one).join('\n'))].toSorted(
    ([, one], [, other]) => other.length - one.length,
  );
  const sections = [
    headline(found),
    ...groups.map(([rows, urls]) => [
      ...urlLines(urls, isWhole),
      ...rows.split('\n'),
      ...whyOf(urls[0] as UrlDifference),
    ]),
    failureLines(found),
    leftOutLines(found),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline({ profiles, differences, compared, source, aspects }: SiteDiff): string[] {
  const [one, other] = profiles;
  if (differences.length === 0) {
    const text = `${one} and ${other} treat all ${compared} URLs of ${source} alike`;
    return [paint(['bold', 'green'], text)];
  }
  const text = `${one} and ${other} treat ${differences.length} of ${compared} URLs of ${source} differently`;
  const counts = aspects.flatMap((aspect) => {
    const count = differences.filter((found) => found.aspects.includes(aspect)).length;
    return count === 0 ? [] : [`${aspect} ${count}`];
  });
  return [paint(['bold', 'yellow'], text), paint('dim', counts.join(' · '))];
}

function urlLines(found: readonly UrlDifference[], isWhole: boolean): readonly string[] {
  const shown = isWhole ? found : found.slice(0, MAX_NAMED);
  const left = found.length - shown.length;
  return [
    ...shown.map(({ url, status }) =>
      status === 200 ? url : `${url}  ${paint('dim', String(status))}`,
    ),
    ...(left === 0 ? [] : [paint('dim', `… and ${left} more (--all)`)]),
  ];
}

const LABEL_WIDTH = 10;

/** Each aspect in which they differ. Of what one of them does not store, that is all there is to say. */
function rowsOf({ aspects, treatments }: UrlDifference): readonly string[] {
  const [one, other] = treatments;
  const isStoredByBoth = one.stored !== 'no' && other.stored !== 'no';
  const shown = aspects.filter(
    (aspect) => isStoredByBoth || (aspect !== 'stale' && aspect !== 'key'),
  );
  return shown.flatMap((aspect) =>
    rowPair(treatments, aspect, (treatment) => aspectWords(aspect, treatment)),
  );
}

/** Why it is stored or not, of the first of several URLs. */
function whyOf({ aspects, treatments }: UrlDifference): readonly string[] {
  const isTold = aspects.includes('stored') || aspects.includes('lifetime');
  return isTold ? rowPair(treatments, 'why', ({ why }) => why) : [];
}

/** Both sides of one thing, under its name. */
function rowPair(
  [one, other]: UrlDifference['treatments'],
  label: string,
  textOf: (treatment: ComparedAspects) => string,
): readonly string[] {
  const nameWidth = Math.max(one.profile.length, other.profile.length) + 2;
  const indent = 2 + LABEL_WIDTH + nameWidth;
  return [one, other].flatMap((side, index) => {
    const head = (index === 0 ? label : '').padEnd(LABEL_WIDTH);
    return wrapped(textOf(side), Math.max(30, width() - indent)).map((line, at) =>
      at === 0
        ? `  ${paint('dim', head)}${side.profile.padEnd(nameWidth)}${line}`
        : ' '.repeat(indent) + line,
    );
  });
}

function failureLines({ failures }: SiteDiff): readonly string[] {
  if (failures.length === 0) return [];
  return [
    paint('red', 'Not compared'),
    ...failures.map(({ url, message }) => `  ${url}: ${message}`),
  ];
}

function leftOutLines({ leftOut, compared }: SiteDiff): readonly string[] {
  return leftOut === 0
    ? []
    : [paint('dim', `${leftOut} more were found, and left out: --limit ${compared + leftOut}`)];
}
