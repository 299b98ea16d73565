/** All text of `poplet explain` about several profiles. */
import { aspectsOf, type ComparedProfile, type Doubt, type ProfileComparison } from '@poplet/cdn';
import type { FieldPairs } from '@poplet/policy';

import {
  aspectWords,
  failureText,
  keyWords,
  shortDuration,
  STORED_WORDS,
  windowText,
} from './aspect-words.ts';
import { width, wrapped } from './lines.ts';
import { paint, type Style } from './output.ts';

/** Of the origin server's answer: what caches go by. */
const ASKED_ABOUT =
  /^(?:age|.*cache-control|.*-control|content-type|etag|expires|last-modified|pragma|set-cookie|vary|.*-vary|.*-?cache-tag|surrogate-key|cdn-tag)$/iu;

/** Of what clients get: what browsers, and caches of visitors, go by. */
const TOLD = /^(?:age|.*cache-control|expires|pragma|set-cookie|vary)$/iu;

/** In which a cache says what it did. */
const OWN_WORD = /^(?!cache-control$|.*-cache-control$).*cache.*$/iu;

/** What the profiles make of one response: a table, and behind it what does not fit into one. */
export function comparisonText(comparison: ProfileComparison): string {
  const { method, upstream, profiles } = comparison;
  const keys = labelled(profiles, keyText, letter);
  const answers = labelled(profiles, toldText, (index) => String(index + 1));
  const sections = [
    [
      paint('dim', `${method} ${comparison.url}  ${upstream.status}`),
      ...fieldLines(upstream.fields.filter(([name]) => ASKED_ABOUT.test(name))),
    ],
    table(profiles, { keys, answers }),
    grouped('Why', profiles, ({ verdict }) => verdict.text),
    legend('Stored under', keys),
    legend('Told to browsers', answers),
    ownWords(profiles),
    withheldLines(profiles, upstream.fields),
    doubtLines(profiles),
    wrapped(
      `In full, and what would change it: the same with --profile ${profiles[0]?.profile ?? ''}, or another.`,
      width(),
    ).map((line) => paint('dim', line)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function fieldLines(fields: FieldPairs): readonly string[] {
  return fields.flatMap(([name, value]) => indented(`${name}: ${value}`, 2));
}

function indented(text: string, by: number): readonly string[] {
  const space = ' '.repeat(by);
  return wrapped(text, width() - by).map((line) => space + line);
}

// ── the table ──────────────────────────────────────────────────────────────────────────────────

/** Texts that several profiles share, each with a short name. */
type Labels = ReadonlyMap<string, string>;

function labelled(
  profiles: readonly ComparedProfile[],
  textOf: (profile: ComparedProfile) => string | null,
  label: (index: number) => string,
): { readonly labels: Labels; readonly of: (profile: ComparedProfile) => string } {
  const texts = [...new Set(profiles.map(textOf))].filter((text) => text !== null);
  const labels = new Map(texts.map((text, index) => [text, label(index)]));
  return { labels, of: (profile) => labels.get(textOf(profile) ?? '') ?? '-' };
}

type Labelled = ReturnType<typeof labelled>;

function letter(index: number): string {
  const rest = index < 26 ? '' : letter(Math.floor(index / 26) - 1);
  return rest + String.fromCodePoint(65 + (index % 26));
}

interface Cell {
  readonly text: string;
  readonly style?: Style;
}

function table(
  profiles: readonly ComparedProfile[],
  { keys, answers }: { readonly keys: Labelled; readonly answers: Labelled },
): readonly string[] {
  const heads = ['profile', 'stored', 'fresh for', 'refreshed', 'if it fails', 'key', 'told'];
  const rows = profiles.map((profile): readonly Cell[] => {
    const { stored, lifetime, stale } = aspectsOf(profile);
    return [
      { text: profile.profile + (profile.doubts.length > 0 ? ' ?' : '') },
      { text: STORED_WORDS[stored], style: STORED_STYLES[stored] },
      { text: lifetime === null ? '-' : shortDuration(lifetime) },
      { text: stale === null ? '-' : windowText(stale.whileRevalidateSeconds) },
      { text: stale === null ? '-' : failureText(stale) },
      { text: keys.of(profile) },
      { text: answers.of(profile) },
    ];
  });
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((cells) => cells[column]?.text.length ?? 0)),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, style }, column) => {
        const padded = column === cells.length - 1 ? text : text.padEnd(widths[column] ?? 0);
        return style === undefined ? padded : paint(style, padded);
      })
      .join('  ');
  return [line(heads.map((text) => ({ text, style: 'dim' }))), ...rows.map(line)];
}

const STORED_STYLES = { fresh: 'green', validated: 'yellow', no: 'magenta' } as const;

// ── behind the table ───────────────────────────────────────────────────────────────────────────

function keyText(profile: ComparedProfile): string | null {
  const { key } = aspectsOf(profile);
  if (key === null || profile.key === null) return null;
  return `${profile.key.uri}, ${keyWords(key)}`;
}

function toldText({ fromCache, fromOrigin }: ComparedProfile): string | null {
  const answer = fromCache ?? fromOrigin;
  if (answer === null) return null;
  const told = answer.fields.filter(([name]) => TOLD.test(name));
  const head = told.length === 0 ? ['nothing'] : told.map(([name, value]) => `${name}: ${value}`);
  return [...head, `browsers: ${answer.browser.text}`].join('\n');
}

/** Texts of the table by their short names. */
function legend(title: string, { labels }: Labelled): readonly string[] {
  if (labels.size === 0) return [];
  const lines = [...labels].flatMap(([text, label]) =>
    text
      .split('\n')
      .flatMap((line) => indented(line, 5))
      .map((line, index) => (index === 0 ? `  ${label.padEnd(3)}${line.slice(5)}` : line)),
  );
  return [title, ...lines];
}

/** A text once for all profiles that share it. */
function grouped(
  title: string,
  profiles: readonly ComparedProfile[],
  textOf: (profile: ComparedProfile) => string,
): readonly string[] {
  const groups = Map.groupBy(profiles, textOf);
  const lines = [...groups].flatMap(([text, group]) => [
    ...indented(group.map(({ profile }) => profile).join(', '), 2).map((line) =>
      paint('dim', line),
    ),
    ...indented(text, 4),
  ]);
  return [title, ...lines];
}

/** What each says of the first request, and of the next. */
function ownWords(profiles: readonly ComparedProfile[]): readonly string[] {
  const lines = profiles.flatMap(({ profile, fromOrigin, fromCache }) => {
    const first = wordsOf(fromOrigin?.fields ?? []);
    const later = new Map(wordsOf(fromCache?.fields ?? []));
    const texts = first.map(([name, value]) => {
      const next = later.get(name);
      return `${name}: ${value}${next === undefined || next === value ? '' : `, then ${next}`}`;
    });
    return texts.length === 0 ? [] : indented(`${profile}  ${texts.join(' · ')}`, 2);
  });
  return lines.length === 0 ? [] : ['In their own words', ...lines];
}

/** Without the Cache-Status of Poplet, which says it in other words. */
function wordsOf(fields: FieldPairs): FieldPairs {
  return fields.filter(([name, value]) => OWN_WORD.test(name) && !value.startsWith('poplet;'));
}

/** Where a profile would have asked without something that may well have made a difference. */
function withheldLines(profiles: readonly ComparedProfile[], asked: FieldPairs): readonly string[] {
  const varied = asked
    .filter(([name]) => /^vary$/iu.test(name))
    .flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/u));
  const telling = new Set(['authorization', 'cookie', '?', ...varied]);
  const named = profiles.flatMap((one) => {
    const fields = one.withheld.filter((name) => telling.has(name));
    return fields.length === 0 ? [] : [{ ...one, text: fields.map(withheldName).join(' and ') }];
  });
  if (named.length === 0) return [];
  const groups = Map.groupBy(named, ({ text }) => text);
  return [
    'Asked once for all',
    ...[...groups].flatMap(([text, group]) =>
      indented(
        `${group.map(({ profile }) => profile).join(', ')} would ask without ${text}, and might get another answer`,
        2,
      ),
    ),
  ];
}

function withheldName(name: string): string {
  return name === '?' ? 'the query' : name;
}

function doubtLines(profiles: readonly ComparedProfile[]): readonly string[] {
  const lines = profiles.flatMap(({ profile, doubts }) =>
    doubts.flatMap((doubt) => indented(doubtText(profile, doubt), 2)),
  );
  return lines.length === 0 ? [] : ['Not sure (?)', ...lines];
}

function doubtText(profile: string, { name, summary, ...doubt }: Doubt): string {
  const otherwise = aspectsOf(doubt.treatment);
  const { text } = doubt.treatment.verdict;
  const what = doubt.aspects.includes('stored')
    ? lowered(text)
    : doubt.aspects.map((aspect) => `${aspect}: ${aspectWords(aspect, otherwise)}`).join('; ');
  return `${profile}, ${name} (${summary}): ${doubt.because}. As ${doubt.profile}: ${what}`;
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
