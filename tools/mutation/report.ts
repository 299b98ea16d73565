// Reads what Stryker reports: the score, what survived, and what noticed what.

import type { EquivalentMutant } from './equivalent-mutants.ts';

/** The parts of the mutation testing report schema that are read here. */
export interface MutationReport {
  /** By path relative to the package. */
  readonly files: Readonly<Record<string, MutatedFile>>;
  readonly testFiles?: Readonly<Record<string, { readonly tests: readonly ReportedTest[] }>>;
}

interface ReportedTest {
  readonly id: string;
  readonly name: string;
}

interface MutatedFile {
  readonly source: string;
  readonly mutants: readonly ReportedMutant[];
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly killedBy?: readonly string[];
}

/** Counted from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** One mutant that no test noticed. */
interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly within: string;
  readonly code: string;
  readonly replacement: string;
  readonly mutator: string;
}

export interface MutationScore {
  /** Those that could be run. */
  readonly mutants: number;
  readonly killed: number;
  readonly survivors: readonly Survivor[];
}

const NOTICED = new Set(['Killed', 'Timeout']);
const UNNOTICED = new Set(['Survived', 'NoCoverage']);

export function mutationScore(report: MutationReport): MutationScore {
  let killed = 0;
  const survivors: Survivor[] = [];
  for (const [path, { source, mutants }] of Object.entries(report.files)) {
    const lines = source.split('\n');
    for (const mutant of mutants) {
      if (NOTICED.has(mutant.status)) killed += 1;
      if (!UNNOTICED.has(mutant.status)) continue;
      const { line } = mutant.location.start;
      survivors.push({
        file: path.replace(/^src\//u, ''),
        line,
        within: enclosing(lines, line),
        code: oneLine(textAt(lines, mutant.location)),
        replacement: oneLine(mutant.replacement ?? ''),
        mutator: mutant.mutatorName,
      });
    }
  }
  return { mutants: killed + survivors.length, killed, survivors };
}

function textAt(lines: readonly string[], { start, end }: ReportedMutant['location']): string {
  const taken = lines.slice(start.line - 1, end.line);
  const last = taken.length - 1;
  return taken
    .map((line, index) => (index === last ? line.slice(0, end.column - 1) : line))
    .map((line, index) => (index === 0 ? line.slice(start.column - 1) : line))
    .join('\n');
}

/** Formatting is no part of what a mutant is. */
function oneLine(code: string): string {
  return code.replaceAll(/\s+/gu, ' ').trim();
}

const DECLARATION =
  /^(?:export )?(?:async )?(?:function|class|const|let|interface|type) (?<name>\w+)/u;
const METHOD = /^ {2}(?:static |async |get |set )*(?<name>#?\w+)\(.*\{$|^ {2}(?<field>#?\w+)\($/u;

/** The function, `Class.method` or constant around the line (from 1). */
function enclosing(lines: readonly string[], line: number): string {
  let method: string | undefined;
  for (let index = line - 1; index >= 0; index--) {
    const text = lines[index] ?? '';
    const declared = DECLARATION.exec(text)?.groups?.['name'];
    if (declared !== undefined) {
      return method !== undefined && /\bclass /u.test(text) ? `${declared}.${method}` : declared;
    }
    const found = METHOD.exec(text)?.groups;
    method ??= found?.['name'] ?? found?.['field'];
  }
  return '';
}

export interface Judgement {
  /** No proof says that these are equivalent. */
  readonly unproven: readonly Survivor[];
  /** What is proven of nothing that survived, or of fewer mutants than it says. */
  readonly stale: readonly EquivalentMutant[];
  readonly proven: number;
}

/** Compares what survived with the proofs; of proofs, only those about the files that were mutated. */
export function judge(report: MutationReport, proofs: readonly EquivalentMutant[]): Judgement {
  const left = new Map<string, number>();
  for (const proof of proofs) {
    const key = keyOf(proof);
    left.set(key, (left.get(key) ?? 0) + (proof.times ?? 1));
  }
  let proven = 0;
  const unproven = mutationScore(report).survivors.filter((survivor) => {
    const key = keyOf(survivor);
    const times = left.get(key) ?? 0;
    if (times === 0) return true;
    left.set(key, times - 1);
    proven += 1;
    return false;
  });
  const stale = proofs.filter(
    (proof) => `src/${proof.file}` in report.files && (left.get(keyOf(proof)) ?? 0) > 0,
  );
  return { unproven, stale, proven };
}

function keyOf({ file, within, code, replacement }: Survivor | EquivalentMutant): string {
  return JSON.stringify([file, within, oneLine(code), oneLine(replacement)]);
}

/** How many mutants one of these noticed; they are ids of cases or tests. */
export function noticedBy(report: MutationReport, ids: ReadonlySet<string>): number {
  return noticings(report).filter((noticers) => noticers.some((id) => ids.has(id))).length;
}

/**
 * For each of these, of the mutants that it noticed, by how many of them the one was noticed that fewest
 * noticed: 1 where it stands alone. Of those that noticed nothing, nothing.
 */
export function sharpnessOf(
  report: MutationReport,
  ids: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const least = new Map<string, number>();
  for (const noticers of noticings(report)) {
    const among = noticers.filter((id) => ids.has(id));
    for (const id of among) least.set(id, Math.min(least.get(id) ?? Infinity, among.length));
  }
  return least;
}

/** What noticed each mutant that something noticed. */
function noticings({ files, testFiles = {} }: MutationReport): readonly (readonly string[])[] {
  const names = new Map(
    Object.values(testFiles).flatMap(({ tests }) => tests.map(({ id, name }) => [id, name])),
  );
  return Object.values(files)
    .flatMap(({ mutants }) => mutants)
    .flatMap(({ killedBy }) => (killedBy === undefined ? [] : [killedBy]))
    .map((noticers) => noticers.map((id) => names.get(id) ?? id));
}
