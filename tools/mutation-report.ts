// Reads what Stryker reports: the score, what survived, and which cases killed anything.

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

/** Where there is something that no test noticed, as Stryker's `mutate` has it. */
export function placesOfSurvivors({ files }: MutationReport): string[] {
  const places = Object.entries(files).flatMap(([path, { mutants }]) =>
    mutants
      .filter(({ status }) => UNNOTICED.has(status))
      // Stryker reads lines from 1 and columns from 0 there.
      .map(({ location: { start, end } }) =>
        [path, `${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`].join(':'),
      ),
  );
  return [...new Set(places)];
}

/** The first report, with what only the second one's tests noticed. */
export function withFurtherKills(first: MutationReport, second: MutationReport): MutationReport {
  const files = Object.entries(first.files).map(([path, file]) => {
    const later = second.files[path]?.mutants ?? [];
    const noticed = new Set(later.filter(({ status }) => NOTICED.has(status)).map(identityOf));
    const mutants = file.mutants.map((mutant) =>
      noticed.has(identityOf(mutant)) ? { ...mutant, status: 'Killed' } : mutant,
    );
    return [path, { ...file, mutants }] as const;
  });
  return { ...first, files: Object.fromEntries(files) };
}

function identityOf({ mutatorName, replacement, location }: ReportedMutant): string {
  return JSON.stringify([mutatorName, replacement, location.start, location.end]);
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

/** Ids of the cases that noticed at least one mutant; they are the names of their tests. */
export function killingCases({ files, testFiles = {} }: MutationReport): ReadonlySet<string> {
  const names = new Map(
    Object.values(testFiles).flatMap(({ tests }) => tests.map(({ id, name }) => [id, name])),
  );
  const killers = Object.values(files)
    .flatMap(({ mutants }) => mutants)
    .flatMap(({ killedBy = [] }) => killedBy);
  return new Set(killers.map((id) => names.get(id) ?? id));
}
